"""Months of the ledger, made ahead by the owner; rows of a month that waited in the default partition move with it."""

from datetime import UTC, datetime

from postal import db

ADD_MONTH = "SELECT ledger_add_month($1)"
MONTHS = "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'ledger'::regclass ORDER BY name"
STRAYS = "SELECT ledger_stray_rows($1)"
MOST_STRAYS = 100_000
BEHIND = 1


async def ensure_months(now: datetime, ahead: int = 3) -> list[str]:
    """Make the months from the last one to `ahead` months after now, inside `as_owner`; gives what was made.

    Each month in a transaction of its own: making one locks out writers of strange clocks, and only for a moment.
    """
    made = []
    for offset in range(-BEHIND, ahead + 1):
        month = month_after(now, offset)
        if await db.fetch_value(ADD_MONTH, month):
            made.append(f"ledger_{month:%Y_%m}")
    return made


async def stray_rows() -> int:
    """Count rows outside every month, up to 100,000; reading them through the parent would read every month."""
    return int(await db.fetch_value(STRAYS, MOST_STRAYS))


async def months() -> list[str]:
    """Name the partitions, the default one included."""
    return [row["name"] for row in await db.fetch(MONTHS)]


def month_after(now: datetime, offset: int) -> datetime:
    """Give the first instant of the UTC month that lies `offset` months after the one of `now`."""
    at = now.astimezone(UTC)
    number = at.year * 12 + at.month - 1 + offset
    return datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC)
