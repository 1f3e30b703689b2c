"""Statements about who may have made a scan."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from postal.db import fetch, fetch_row, load_sql
from postal.identity.rules import Assignment, EnrolledDevice, ScanIdentity, ShiftSpan, Span

SCAN_IDENTITY = load_sql(__package__, "scan_identity.sql")
DEVICES_ON_DUTY = load_sql(__package__, "devices_on_duty.sql")


class OnDuty(msgspec.Struct, frozen=True):
    """A device that may still hold scans of an organisation; `by_shift` says whether a shift proves it."""

    organisation: str
    device: str
    by_shift: bool


async def read_scan_identity(
    device: str, persons: Collection[str], shifts: Collection[UUID], places: Collection[str]
) -> ScanIdentity:
    """Read in one statement everything that the judgement of a batch needs."""
    row: Any = await fetch_row(SCAN_IDENTITY, device, list(persons), list(shifts), list(places))
    held = defaultdict(list)
    for assignment in msgspec.json.decode(row["assignments"], type=list[Assignment]):
        held[assignment.person].append(assignment)
    return ScanIdentity(
        device=msgspec.json.decode(row["device"], type=EnrolledDevice) if row["device"] else None,
        assignments=dict(held),
        shifts={shift.id: shift for shift in msgspec.json.decode(row["shifts"], type=list[ShiftSpan])},
        places=msgspec.json.decode(row["places"], type=dict[str, Span]),
    )


async def devices_on_duty(
    organisations: Collection[str], since: datetime, until: datetime
) -> tuple[OnDuty, ...]:
    """List the devices in question for handovers of these organisations between two instants (design 4)."""
    rows = await fetch(DEVICES_ON_DUTY, list(organisations), since, until)
    return tuple(msgspec.convert(dict(row), OnDuty) for row in rows)
