"""Who made the scans of a batch, and whose scans may still be under way."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec

from postal.identity.repository import scans
from postal.identity.repository.scans import OnDuty
from postal.identity.rules import ScanIdentity


async def scan_identity(
    device: str,
    persons: Collection[str | None],
    shifts: Collection[str | None],
    places: Collection[str | None],
) -> ScanIdentity:
    """Read all that `rules.judge` needs for one batch: one statement, whatever its size.

    Shifts are keyed as they were written; what is no UUID names no shift.
    """
    named = {text: parsed for text in shifts if text is not None and (parsed := _uuid(text)) is not None}
    found = await scans.read_scan_identity(
        device,
        {person for person in persons if person is not None},
        set(named.values()),
        {place for place in places if place is not None},
    )
    known = {text: found.shifts[str(parsed)] for text, parsed in named.items() if str(parsed) in found.shifts}
    return msgspec.structs.replace(found, shifts=known)


async def devices_on_duty(
    organisations: Collection[str], since: datetime, until: datetime
) -> tuple[OnDuty, ...]:
    """List the devices in question for handovers of these organisations between two instants (design 4)."""
    return await scans.devices_on_duty(organisations, since, until)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
