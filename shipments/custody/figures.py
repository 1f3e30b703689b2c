"""What metrics tell of devices: counts, never codes."""

from datetime import timedelta

from postal import clock, db
from postal.observability.figures import Figure

UNCOVERED = db.load_sql(__package__, "uncovered.sql")
HEARD_WITHIN = timedelta(days=30)
"""A device that nobody uses any more must not be an alarm for ever."""

SILENT_AFTER = timedelta(days=1)


async def of_devices() -> list[Figure]:
    """Tell of how many devices something is missing, and how many have not been heard of for a day."""
    now = await clock.now()
    row = await db.fetch_row(UNCOVERED, now - HEARD_WITHIN, now - SILENT_AFTER)
    if row is None:
        return []
    longest = 0.0 if row["longest"] is None else max(0.0, (now - row["longest"]).total_seconds())
    return [
        Figure(
            "postal_devices_uncovered", "Devices with scans that we know of and do not have", row["uncovered"]
        ),
        Figure(
            "postal_device_uncovered_contact_seconds",
            "Longest silence of a device with scans missing",
            longest,
        ),
        Figure(
            "postal_devices_silent", "Devices of this month that were not heard of for a day", row["silent"]
        ),
    ]
