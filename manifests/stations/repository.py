"""Every SQL statement of stations."""

from collections.abc import Collection
from datetime import datetime

import msgspec

from manifests.stations.rules import Epoch, Known
from postal.db import fetch, fetch_row, load_sql

KNOWN = load_sql(__package__, "known.sql")
EPOCHS = load_sql(__package__, "epochs.sql")
MOST = 20_000
"""More than any office holds at a time; a station with more is told of these only."""


async def known(organisations: Collection[str]) -> list[Known]:
    """List what organisations hold or are offered, by code."""
    rows = await fetch(KNOWN, sorted(organisations), MOST)
    return [msgspec.convert(dict(row), Known) for row in rows]


async def epochs(device: str) -> tuple[Epoch, ...]:
    """List what the installations of a device have stated, latest contact last."""
    rows = await fetch(EPOCHS, device)
    return tuple(
        Epoch(
            epoch=row["epoch"],
            last_seq=row["last_seq"],
            missing=tuple(zip(row["firsts"], row["lasts"], strict=True)),
        )
        for row in rows
    )


async def open_shift_of(device: str) -> tuple[str, datetime] | None:
    """Find the shift that is open on a device, and since when."""
    row = await fetch_row(
        "SELECT id, opened_at FROM shift WHERE device = $1 AND closed_at IS NULL ORDER BY opened_at DESC LIMIT 1",
        device,
    )
    return None if row is None else (str(row["id"]), row["opened_at"])
