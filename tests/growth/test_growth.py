"""Ten times the rows, the same look-ups: 3 million and 30 million rows of 36 months beside each other on one server.

Both are asked in turns, so that whatever else the machine does hits both alike.
"""

import random
import shutil
import statistics
import tempfile
import time
import warnings
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from postal import db, registry
from postal.config import DatabaseSettings
from postal.db.embedded import EmbeddedPostgres
from postal.db.migrations import migrate
from postal.ledger import repository as ledger
from postal.ledger.partitions import ensure_months
from postal.ledger.repository import rows_of
from tests.growth.asking import PARTY, Asker, asking, furnish
from tests.growth.growing import LAST, Grown, grow
from tests.growth.reading import pages_read, partitions_read, scans_of_partitions

SMALL, LARGE = 3_000_000, 30_000_000
BYTES_PER_ROW = 620
"""With every projection, measured."""
SPARE_BYTES = 4 * 1024**3
AT_MOST = 3
RATIO = 1.5
ROUNDS = 12
WARM_UP = 5
BOTH = ("small", "large")
EACH = 23
SEED = 20_261_122

# One worker for all: the databases take minutes and gigabytes.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.filterwarnings("always:.* rows:UserWarning"),
]


@pytest.fixture(scope="session")
def _house() -> Iterator[dict[str, Any]]:
    """Run a server of this file's own, in a folder that goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="postal-growth-"))
    server = EmbeddedPostgres(folder, durable=False)
    server.start()
    try:
        yield {"server": server, "folder": folder}
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def house(_house: dict[str, Any], clock: Any) -> dict[str, Any]:
    """Grow both databases for the first test that asks; the large one as large as the disk allows."""
    if "large" not in _house:
        server, free = _house["server"], shutil.disk_usage(_house["folder"]).free
        large = min(LARGE, (free - SPARE_BYTES) // BYTES_PER_ROW - SMALL)
        if large < 2 * SMALL:
            pytest.skip(
                f"{free / 1e9:.0f} GB free: too few for a ledger that is much larger than {SMALL:,} rows"
            )
        await _migrated(server)
        begun = time.monotonic()
        for name, rows in (("small", SMALL), ("large", large)):
            _house[name] = await grow(server, name, rows)
            await furnish(_house[name], clock)
        _say(
            f"{_house['small'].rows:,} and {_house['large'].rows:,} rows"
            f"{'' if large == LARGE else f', fewer than {LARGE:,} since the disk has {free / 1e9:.0f} GB free'}"
            f", made in {time.monotonic() - begun:.0f} s",
        )
    return _house


class Growth(UserWarning):
    """What was measured: a warning reaches the summary from every worker."""


def _say(line: str) -> None:
    warnings.warn(line, Growth, stacklevel=2)


async def _migrated(server: EmbeddedPostgres) -> None:
    settings = DatabaseSettings(dsn=server.dsn, owner_dsn=server.owner_dsn)
    await migrate(settings)
    async with db.as_owner(settings):
        await ensure_months(LAST, ahead=1)
        for seed in registry.seeds():
            await seed()


async def test_a_look_up_reads_at_most_three_partitions_of_the_large_ledger(house: dict[str, Any]) -> None:
    grown: Grown = house["large"]
    choice = random.Random(SEED)
    connection = await asyncpg.connect(grown.settings.dsn)
    try:
        for number in choice.sample(grown.pieces_of(PARTY), 20):
            for plan in ("generic", "custom"):
                read = await partitions_read(connection, ledger.ROWS_OF, [grown.piece(number)], plan=plan)
                assert 1 <= len(read) <= AT_MOST, (SEED, number, plan, read)
    finally:
        await connection.close()


@pytest.mark.parametrize("way", ["history", "scan", "track", "plan", "reconcile"])
async def test_a_request_reads_at_most_three_partitions_of_the_large_ledger(
    house: dict[str, Any], clock: Any, tmp_path: Path, way: str
) -> None:
    grown: Grown = house["large"]
    dsn = house["server"].dsn_of("postgres", "large")
    async with asking(grown, tmp_path, clock):
        pass
    before = await scans_of_partitions(dsn)
    async with asking(grown, tmp_path, clock) as asker:
        await _ask(asker, way, random.Random(SEED).choice(grown.pieces_of(PARTY)))
    after = await scans_of_partitions(dsn)
    read = {name for name, scans in after.items() if scans > before.get(name, 0)}
    assert len(read) <= AT_MOST, (SEED, read)


@pytest.mark.parametrize("way", ["rows_of", "history", "scan", "track", "plan", "reconcile"])
async def test_a_look_up_takes_as_long_in_the_large_ledger_as_in_the_small_one(
    house: dict[str, Any], clock: Any, tmp_path: Path, way: str
) -> None:
    """Each question is asked twice and the second time counts: what the disk adds to the first is told, not judged."""
    choice = random.Random(f"{SEED} {way}")
    numbers = {name: iter(choice.sample(house[name].pieces_of(PARTY), ROUNDS * EACH)) for name in BOTH}
    first: dict[str, list[float]] = {name: [] for name in BOTH}
    again: dict[str, list[float]] = {name: [] for name in BOTH}
    ratios = []
    for _ in range(ROUNDS):
        for name in BOTH:
            async with asking(house[name], tmp_path, clock) as asker:
                for _turn in range(EACH):
                    number = next(numbers[name])
                    first[name].append(await _ask(asker, way, number))
                    again[name].append(await _ask(asker, way, number))
            # The first questions make plans.
            del first[name][-EACH : WARM_UP - EACH], again[name][-EACH : WARM_UP - EACH]
        # Of neighbours in time: what else the machine does comes and goes.
        small, large = (statistics.median(again[name][WARM_UP - EACH :]) for name in BOTH)
        ratios.append(large / small)
    small, large = (statistics.median(again[name]) for name in BOTH)
    ratio, cold = (
        statistics.median(ratios),
        statistics.median(first["large"]) / statistics.median(first["small"]),
    )
    _say(
        f"{way} takes {small * 1e3:.2f} ms of {house['small'].rows:,} rows and {large * 1e3:.2f} ms of"
        f" {house['large'].rows:,}, {ratio:.2f} times as long; {cold:.2f} times where pages come from disk"
        f" (medians of {len(again['small'])})"
    )
    assert len(again["small"]) >= 200
    assert ratio <= RATIO, (SEED, ratios)


async def test_a_look_up_reads_as_many_pages_of_the_large_ledger_as_of_the_small_one(
    house: dict[str, Any],
) -> None:
    pages = {}
    for name in BOTH:
        grown: Grown = house[name]
        chosen = random.Random(SEED).sample(grown.pieces_of(PARTY), 30)
        connection = await asyncpg.connect(grown.settings.dsn)
        try:
            asked = [
                [[grown.piece(number)], [grown.piece(number), grown.manifest(number)]] for number in chosen
            ]
            read = [
                await pages_read(connection, ledger.ROWS_OF, codes, plan="generic")
                for both in asked
                for codes in both
            ]
        finally:
            await connection.close()
        pages[name] = statistics.median(read)
    _say(
        f"rows_of reads {pages['small']:.0f} pages of the smaller ledger, {pages['large']:.0f} of the large one's rows"
    )
    assert pages["large"] <= RATIO * pages["small"], pages


async def _ask(asker: Asker, way: str, number: int) -> float:
    """Ask once, and tell how long the answer took."""
    if way == "rows_of":
        return await _timed(lambda: rows_of([asker.grown.piece(number)]))
    span = await _timed(lambda: getattr(asker, way)(number))
    if way == "plan":
        await asker.unplan()
    return span


async def _timed(asked: Callable[[], Awaitable[Any]]) -> float:
    begun = time.perf_counter()
    await asked()
    return time.perf_counter() - begun
