"""Statements about counter PINs."""

from datetime import datetime

from msgspec import Struct

from postal.db import execute, fetch_row


class Pin(Struct, frozen=True):
    """A person's PIN as it is kept, and how often it was wrong since it was last right."""

    pin_hash: str
    failures: int


async def put(person: str, pin_hash: str, now: datetime) -> None:
    """Set a person's PIN; wrong ones so far are forgotten."""
    await execute(
        """
        INSERT INTO counter_pin (person, pin_hash, set_at)
        VALUES ($1, $2, $3)
        ON CONFLICT (person) DO UPDATE SET pin_hash = EXCLUDED.pin_hash, set_at = EXCLUDED.set_at, failures = 0
        """,
        person,
        pin_hash,
        now,
    )


async def spend_attempt(person: str, most: int) -> Pin | None:
    """Count an attempt before it is judged, so that none goes uncounted; None without a PIN, or when it is dead."""
    row = await fetch_row(
        "UPDATE counter_pin SET failures = failures + 1 WHERE person = $1 AND failures < $2"
        " RETURNING pin_hash, failures",
        person,
        most,
    )
    return None if row is None else Pin(row["pin_hash"], row["failures"])


async def was_right(person: str) -> None:
    """Forget the attempts so far."""
    await execute("UPDATE counter_pin SET failures = 0 WHERE person = $1", person)


async def forget(person: str) -> bool:
    """Take a person's PIN away; False where there was none."""
    return await fetch_row("DELETE FROM counter_pin WHERE person = $1 RETURNING person", person) is not None
