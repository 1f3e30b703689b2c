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


async def read_scan_identities(
    wanted: Collection[str], persons: Collection[str], shifts: Collection[UUID], places: Collection[str]
) -> dict[str, ScanIdentity]:
    """Read in one statement everything that the judgement of some devices' scans needs, by device."""
    row: Any = await fetch_row(SCAN_IDENTITY, list(wanted), list(persons), list(shifts), list(places))
    held = defaultdict(list)
    for assignment in msgspec.json.decode(row["assignments"], type=list[Assignment]):
        held[assignment.person].append(assignment)
    known = {shift.id: shift for shift in msgspec.json.decode(row["shifts"], type=list[ShiftSpan])}
    spans = msgspec.json.decode(row["places"], type=dict[str, Span])
    devices = {
        device.code: device for device in msgspec.json.decode(row["devices"], type=list[EnrolledDevice])
    }
    return {
        code: ScanIdentity(device=devices.get(code), assignments=dict(held), shifts=known, places=spans)
        for code in wanted
    }


async def devices_on_duty(
    organisations: Collection[str], since: datetime, until: datetime
) -> tuple[OnDuty, ...]:
    """List the devices in question for handovers of these organisations between two instants (design 4)."""
    rows = await fetch(DEVICES_ON_DUTY, list(organisations), since, until)
    return tuple(msgspec.convert(dict(row), OnDuty) for row in rows)
