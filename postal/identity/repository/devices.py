"""Statements about devices, their enrolment, shifts and keys."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from postal.db import execute, fetch, fetch_row
from postal.identity.rules import Role
from postal.identity.tables import ApiKeyTable, DeviceTable, EnrolmentTable, ShiftTable


class Device(msgspec.Struct, frozen=True):
    """A device; before `enrolled_at` and from `revoked_at` on its scans do not count."""

    code: str
    organisation: str
    created_at: datetime
    enrolled_at: datetime | None
    revoked_at: datetime | None


class Shift(msgspec.Struct, frozen=True):
    """A person working with a device for an organisation."""

    id: UUID
    person: str
    device: str
    organisation: str
    opened_at: datetime
    closed_at: datetime | None


class Key(msgspec.Struct, frozen=True):
    """A key as it is kept: without its secret."""

    prefix: str
    organisation: str
    roles: tuple[Role, ...]
    device: str | None
    label: str | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


async def add_device(code: str, organisation: str, now: datetime) -> bool:
    """Add a device that is not enrolled yet; False when its code is taken."""
    added = await DeviceTable.insert(
        DeviceTable(code=code, organisation=organisation, created_at=now)
    ).on_conflict(action="DO NOTHING")
    return bool(added)


async def list_devices(
    organisations: Collection[str] | None,
    *,
    code: str | None = None,
    after: str | None = None,
    limit: int = 1,
) -> tuple[Device, ...]:
    """List devices of some organisations (None: all), by code."""
    return await _list("device", "code", Device, organisations, code, after, limit)


async def mark_enrolled(device: str, now: datetime) -> None:
    """Let a device's scans count from now on; one that was enrolled before keeps its earlier instant."""
    await DeviceTable.update({DeviceTable.enrolled_at: now}).where(
        (DeviceTable.code == device) & DeviceTable.enrolled_at.is_null()
    )


async def revoke_device(device: str, now: datetime) -> None:
    """Let a device's scans no longer count, end its shift and its keys."""
    await DeviceTable.update({DeviceTable.revoked_at: now}).where(DeviceTable.code == device)
    await revoke_keys_of(device, now)
    await close_shift_of(device, now)


async def add_enrolment(
    code_hash: bytes, device: str, created_by: str, now: datetime, expires_at: datetime
) -> None:
    """Add a one-time code; earlier codes of the device end."""
    await EnrolmentTable.update({EnrolmentTable.used_at: now}).where(
        (EnrolmentTable.device == device) & EnrolmentTable.used_at.is_null()
    )
    await EnrolmentTable.insert(
        EnrolmentTable(
            code_hash=code_hash, device=device, created_by=created_by, created_at=now, expires_at=expires_at
        )
    )


async def use_enrolment(code_hash: bytes, now: datetime) -> Device | None:
    """Use a code up and give its device; None when it is unknown, used or too old, or its device is revoked."""
    row = await fetch_row(
        """
        UPDATE enrolment AS e
        SET used_at = $2
        FROM device AS d
        WHERE e.code_hash = $1
          AND e.used_at IS NULL
          AND $2 < e.expires_at
          AND d.code = e.device
          AND d.revoked_at IS NULL
        RETURNING d.code, d.organisation, d.created_at, d.enrolled_at, d.revoked_at
        """,
        code_hash,
        now,
    )
    return None if row is None else msgspec.convert(dict(row), Device)


async def add_key(key: Key, key_hash: bytes) -> None:
    """Add a key."""
    await ApiKeyTable.insert(
        ApiKeyTable(
            prefix=key.prefix,
            hash=key_hash,
            organisation=key.organisation,
            roles=[role.value for role in key.roles],
            device=key.device,
            label=key.label,
            created_at=key.created_at,
            expires_at=key.expires_at,
        )
    )


async def list_keys(
    organisations: Collection[str] | None,
    *,
    prefix: str | None = None,
    after: str | None = None,
    limit: int = 1,
) -> tuple[Key, ...]:
    """List keys of some organisations (None: all), by prefix."""
    return await _list("api_key", "prefix", Key, organisations, prefix, after, limit)


async def revoke_key(prefix: str, now: datetime) -> None:
    """End a key; one that has ended stays as it is."""
    await ApiKeyTable.update({ApiKeyTable.revoked_at: now}).where(
        (ApiKeyTable.prefix == prefix) & ApiKeyTable.revoked_at.is_null()
    )


async def revoke_keys_of(device: str, now: datetime) -> None:
    """End every key of a device."""
    await ApiKeyTable.update({ApiKeyTable.revoked_at: now}).where(
        (ApiKeyTable.device == device) & ApiKeyTable.revoked_at.is_null()
    )


async def add_shift(shift: Shift) -> None:
    """Open a shift; the device's open one, if any, ends at the same instant."""
    await close_shift_of(shift.device, shift.opened_at)
    await ShiftTable.insert(ShiftTable(**msgspec.structs.asdict(shift)))


async def close_shift_of(device: str, now: datetime) -> None:
    """Close the open shift of a device, if there is one."""
    await execute(
        "UPDATE shift SET closed_at = greatest($2, opened_at) WHERE device = $1 AND closed_at IS NULL",
        device,
        now,
    )


async def close_shift(shift: UUID, now: datetime) -> None:
    """Close a shift that is open."""
    await execute(
        "UPDATE shift SET closed_at = greatest($2, opened_at) WHERE id = $1 AND closed_at IS NULL", shift, now
    )


async def list_shifts(
    organisations: Collection[str] | None,
    *,
    shift: UUID | None = None,
    after: UUID | None = None,
    limit: int = 1,
) -> tuple[Shift, ...]:
    """List shifts of some organisations (None: all), by id, and so by opening."""
    return await _list("shift", "id", Shift, organisations, shift, after, limit)


async def _list(
    table: str,
    key: str,
    of: type[Any],
    organisations: Collection[str] | None,
    one: str | UUID | None,
    after: str | UUID | None,
    limit: int,
) -> tuple[Any, ...]:
    cast, collated = ("uuid", key) if key == "id" else ("text", f'{key} COLLATE "C"')
    columns = ", ".join(of.__struct_fields__)
    rows = await fetch(
        f"""
        SELECT {columns}
        FROM {table}
        WHERE ($1::text[] IS NULL OR organisation = ANY($1))
          AND ($2::{cast} IS NULL OR {key} = $2)
          AND ($3::{cast} IS NULL OR {collated} > $3)
        ORDER BY {collated}
        LIMIT $4
        """,  # noqa: S608 names of our own, never input
        None if organisations is None else list(organisations),
        one,
        after,
        limit,
    )
    return tuple(msgspec.convert(dict(row), of) for row in rows)
