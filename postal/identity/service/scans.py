"""Who made the scans of a batch, and whose scans may still be under way."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec

from postal.identity.repository import scans
from postal.identity.repository.scans import OnDuty
from postal.identity.rules import ScanIdentity


async def scan_identities(
    devices: Collection[str],
    persons: Collection[str],
    shifts: Collection[str],
    places: Collection[str],
) -> dict[str, ScanIdentity]:
    """Read all that `rules.judge` needs for scans of some devices, by device: one statement, whatever their number.

    Shifts are keyed as they were written; what is no UUID names no shift.
    """
    named = {text: parsed for text in shifts if (parsed := _uuid(text)) is not None}
    found = await scans.read_scan_identities(devices, persons, set(named.values()), places)
    return {
        device: msgspec.structs.replace(
            identity,
            shifts={
                text: shift for text, parsed in named.items() if (shift := identity.shifts.get(str(parsed)))
            },
        )
        for device, identity in found.items()
    }


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
