"""Every statement of partners and their secrets."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from integrations.partners.rules import Direction, Partner, PartnerKind, Secret
from postal.db import execute, fetch, fetch_row, load_sql

SEEN_BY = load_sql(__package__, "seen_by.sql")
_COLUMNS = "id, code, kind, organisation, name, url, settings, state, state_why, state_at, made_at"
_FIND = f"SELECT {_COLUMNS} FROM partner WHERE code = $1"  # noqa: S608 - own names
_LOCK = f"{_FIND} FOR UPDATE"
_BY_ID = f"SELECT {_COLUMNS} FROM partner WHERE id = $1"  # noqa: S608 - own names
_BY_IDS = f"SELECT {_COLUMNS} FROM partner WHERE id = ANY($1::uuid[])"  # noqa: S608 - own names
_ACTIVE = f"SELECT {_COLUMNS} FROM partner WHERE kind = $1 AND state = 'active' ORDER BY code"  # noqa: S608 - own names
_LISTED = f"""
SELECT {_COLUMNS} FROM partner
WHERE ($1::text[] IS NULL OR organisation = ANY($1)) AND ($2::text IS NULL OR code > $2)
ORDER BY code
LIMIT $3
"""  # noqa: S608 - own names


async def add(partner: Partner) -> bool:
    """Keep a partner; False where its code is taken."""
    rows = await fetch(
        f"INSERT INTO partner ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10, $11)"  # noqa: S608 - own names
        " ON CONFLICT (code) DO NOTHING RETURNING id",
        partner.id,
        partner.code,
        partner.kind.value,
        partner.organisation,
        partner.name,
        partner.url,
        msgspec.json.encode(partner.settings).decode(),
        partner.state,
        partner.state_why,
        partner.state_at,
        partner.made_at,
    )
    return bool(rows)


async def put(partner: Partner) -> None:
    """Keep what may change of a partner."""
    await execute(
        "UPDATE partner SET name = $2, url = $3, settings = $4::jsonb, state = $5, state_why = $6, state_at = $7"
        " WHERE id = $1",
        partner.id,
        partner.name,
        partner.url,
        msgspec.json.encode(partner.settings).decode(),
        partner.state,
        partner.state_why,
        partner.state_at,
    )


async def find(code: str) -> Partner | None:
    """Find a partner by its code."""
    row = await fetch_row(_FIND, code)
    return _partner(row) if row else None


async def lock(code: str) -> Partner | None:
    """Find a partner and keep others from changing it until the unit of work ends."""
    row = await fetch_row(_LOCK, code)
    return _partner(row) if row else None


async def by_id(identifier: UUID) -> Partner | None:
    """Find a partner by its id."""
    row = await fetch_row(_BY_ID, identifier)
    return _partner(row) if row else None


async def by_ids(identifiers: Collection[UUID]) -> dict[UUID, Partner]:
    """Find partners by their ids."""
    return {row["id"]: _partner(row) for row in await fetch(_BY_IDS, list(identifiers))}


async def active(kind: str) -> list[Partner]:
    """List the active partners of a kind, by code."""
    return [_partner(row) for row in await fetch(_ACTIVE, kind)]


async def listed(scope: Collection[str] | None, after: str | None, limit: int) -> list[Partner]:
    """List the partners of some organisations, or of all."""
    rows = await fetch(_LISTED, None if scope is None else sorted(scope), after, limit)
    return [_partner(row) for row in rows]


async def seen_by(organisation: str, now: datetime) -> tuple[frozenset[str], bool]:
    """Give an organisation with its predecessors, and whether it stands above all others."""
    [row] = await fetch(SEEN_BY, organisation, now)
    return frozenset(row["sees"]), bool(row["national"])


async def add_secret(partner: UUID, secret: Secret) -> None:
    """Keep a secret, sealed."""
    await execute(
        "INSERT INTO partner_secret (id, partner, direction, sealed, made_at, valid_until)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        secret.id,
        partner,
        secret.direction,
        secret.sealed,
        secret.made_at,
        secret.valid_until,
    )


async def end_secrets(ends: Sequence[tuple[UUID, datetime]]) -> None:
    """Say until when secrets count."""
    await execute(
        "UPDATE partner_secret AS s SET valid_until = given.until"
        " FROM unnest($1::uuid[], $2::timestamptz[]) AS given (id, until) WHERE s.id = given.id",
        [each for each, _ in ends],
        [until for _, until in ends],
    )


async def drop_secrets(partner: UUID) -> None:
    """Forget every secret of a partner."""
    await execute("DELETE FROM partner_secret WHERE partner = $1", partner)


async def secrets_of(partner: UUID, now: datetime, direction: Direction | None = None) -> list[Secret]:
    """List the secrets that count at an instant, the newest first."""
    rows = await fetch(
        "SELECT id, direction, sealed, made_at, valid_until FROM partner_secret"
        " WHERE partner = $1 AND ($2::text IS NULL OR direction = $2) AND (valid_until IS NULL OR $3 < valid_until)"
        " ORDER BY direction, made_at DESC, id DESC",
        partner,
        direction,
        now,
    )
    return [Secret(**{name: row[name] for name in Secret.__struct_fields__}) for row in rows]


def _partner(row: Any) -> Partner:
    values = {name: row[name] for name in Partner.__struct_fields__}
    return Partner(
        **{**values, "kind": PartnerKind(values["kind"]), "settings": msgspec.json.decode(values["settings"])}
    )
