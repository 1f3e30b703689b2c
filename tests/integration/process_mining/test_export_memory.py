"""However long a period is, writing it takes the same memory."""

import gc
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from integrations.process_mining import service
from integrations.process_mining.rules import Form
from tests.factories.feed import INSPECTOR

GROW = (Path(__file__).parents[2] / "benchmarks" / "grow_dossiers.sql").read_text(encoding="utf-8")
BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
MEGABYTE = 1_000_000


async def peak(form, until):
    """Give the memory that an export of the first days takes at most, and how much it wrote.

    Garbage is looked for at each megabyte: when the interpreter does it by itself depends on what ran before.
    """
    gc.collect()
    tracemalloc.start()
    try:
        body = await service.export(
            form, begin=BEGIN, end=until, actor=INSPECTOR, now=BEGIN + timedelta(days=40), key=b"key"
        )
        written = 0
        async for piece in body:
            if (written + len(piece)) // MEGABYTE > written // MEGABYTE:
                gc.collect()
            written += len(piece)
        return tracemalloc.get_traced_memory()[1], written
    finally:
        tracemalloc.stop()


@pytest.mark.slow
async def test_memory_does_not_grow_with_the_period(own_database):
    owner = await asyncpg.connect(own_database.owner_dsn)
    await owner.execute(GROW.replace("$1", f"'{BEGIN.isoformat()}'").replace("$2", "6000"))
    await owner.close()
    for form in (Form.XES, Form.OCEL_XML):
        await peak(form, BEGIN + timedelta(days=1))
        short, little = await peak(form, BEGIN + timedelta(days=7))
        long, much = await peak(form, BEGIN + timedelta(days=28))
        assert much > 3 * little
        assert long < 1.2 * short
