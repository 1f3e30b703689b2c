"""Thirty-six months in small: every way to a piece reads the months it lived in, and no others."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import asyncpg
import pytest

from manifests.discrepancies import repository as discrepancies
from manifests.manifests import repository as manifests
from manifests.planning import repository as planning
from manifests.reconciliation import repository as reconciliation
from postal.ledger import repository as ledger
from postal.ledger.repository import rows_of
from shipments.clocks import repository as clocks
from shipments.custody import repository as custody
from shipments.tracking import repository as tracking
from tests.growth.asking import DEVICES, PARTY, asking, furnish
from tests.growth.growing import MONTHS, ON_LIST, Grown, grow
from tests.growth.reading import partitions_read, scans_of_partitions

ROWS = MONTHS * 2 * ON_LIST * 8
AT_MOST = 3


@pytest.fixture(scope="session")
def _grown() -> dict[str, Grown]:
    return {}


@pytest.fixture
async def grown(_grown: dict[str, Grown], postgres: Any, clock: Any) -> Grown:
    """Make the database for the first test that asks for it; its months are those of the clock's last three years."""
    if not _grown:
        made = await grow(postgres, "grown_small", ROWS, offices=2)
        await furnish(made, clock)
        _grown["small"] = made
    return _grown["small"]


@pytest.fixture
async def connection(grown: Grown, postgres: Any) -> AsyncIterator[asyncpg.Connection]:
    opened = await asyncpg.connect(grown.settings.dsn)
    yield opened
    await opened.close()


def piece_at_a_turn(grown: Grown) -> int:
    """Find a piece that lives in two months."""
    return grown.many * 12 - 1


def statements(grown: Grown, number: int) -> dict[str, tuple[str, list[Any]]]:
    """Every statement on the way of a piece that reads the ledger, or might."""
    piece, manifest = grown.piece(number), grown.manifest(number)
    both, answering = [[piece, manifest]], [[piece, manifest], list(manifests.ANSWERING)]
    return {
        "rows_of": (ledger.ROWS_OF, both),
        "closure": (custody.CLOSURE, [[piece]]),
        "waiting": (planning.WAITING, [f"BC-{PARTY}", 5000]),
        "tracking": (tracking.FIND, [piece, date(2026, 11, 23), False]),
        "scans": (manifests.PROJECT_SCANS, both),
        "records": (manifests.PROJECT_RECORDS, [[manifest]]),
        "lines": (manifests.PROJECT_LINES, [[manifest]]),
        "receiving": (manifests.PROJECT_RECEIVING, answering),
        "open": (manifests.UNSETTLED_LINES, answering),
        "late": (reconciliation.LATE, both),
        "discrepancies": (discrepancies.PROJECT, [[manifest]]),
    }


@pytest.mark.parametrize("plan", ["generic", "custom"])
async def test_every_statement_about_a_piece_reads_the_months_it_lived_in(
    grown: Grown, connection: asyncpg.Connection, plan: str
) -> None:
    number = piece_at_a_turn(grown)
    lived = {
        row["name"]
        for row in await connection.fetch(
            "SELECT DISTINCT tableoid::regclass::text AS name FROM ledger WHERE code = ANY($1::text[])",
            [grown.piece(number), grown.manifest(number)],
        )
    }
    assert len(lived) == 2
    read = {
        name: await partitions_read(connection, statement, *args, plan=plan)
        for name, (statement, args) in statements(grown, number).items()
    }
    assert {name: found for name, found in read.items() if not found <= lived} == {}
    assert read["rows_of"] == lived


@pytest.mark.parametrize("plan", ["generic", "custom"])
async def test_rows_are_found_by_id_in_their_own_months(
    grown: Grown, connection: asyncpg.Connection, plan: str
) -> None:
    far_apart = [grown.piece(0), grown.piece(grown.many * MONTHS - 1)]
    found = await connection.fetch(
        "SELECT id, tableoid::regclass::text AS name FROM ledger WHERE code = ANY($1::text[])", far_apart
    )
    ids = [row["id"] for row in found]
    assert await partitions_read(connection, ledger.FIND_ROWS, ids, plan=plan) == {
        row["name"] for row in found
    }
    near = ids[:1]
    bounded = await partitions_read(connection, clocks.UNCERTAINTIES, near, near[0], near[0], plan=plan)
    assert bounded == {found[0]["name"]}


async def test_coverage_as_of_now_reads_no_partition(grown: Grown, connection: asyncpg.Connection) -> None:
    asked = (reconciliation.COVERAGE, list(DEVICES.values()))
    later, earlier = "2027-01-01T00:00:00Z", "2026-11-10T00:00:00Z"
    assert await partitions_read(connection, *asked, later, later, plan="generic") == set()
    past = await partitions_read(connection, *asked, earlier, earlier, plan="generic")
    assert "ledger_2026_11" in past


@pytest.mark.parametrize("way", ["history", "track", "scan", "reconcile", "plan"])
async def test_a_request_reads_at_most_three_partitions(
    grown: Grown, postgres: Any, clock: Any, tmp_path: Any, way: str
) -> None:
    dsn = postgres.dsn_of("postgres", "grown_small")
    async with asking(grown, tmp_path, clock):
        pass
    before = await scans_of_partitions(dsn)
    async with asking(grown, tmp_path, clock) as asker:
        await getattr(asker, way)(grown.pieces_of(PARTY)[ON_LIST - 1])
        if way == "plan":
            await asker.unplan()
    after = await scans_of_partitions(dsn)
    read = {name for name, scans in after.items() if scans > before.get(name, 0)}
    assert len(read) <= AT_MOST, read


@pytest.mark.slow
async def test_rows_of_pieces_of_all_months_are_those_of_a_plain_scan(
    grown: Grown, connection: asyncpg.Connection, tmp_path: Any, clock: Any
) -> None:
    codes = [grown.piece(number) for number in range(0, grown.many * MONTHS, 37)]
    plain = await connection.fetch(
        "SELECT id FROM ledger WHERE code = ANY($1::text[]) OR code IN"
        " (SELECT code FROM ledger_subject WHERE subject = ANY($1::text[]))",
        codes,
    )
    async with asking(grown, tmp_path, clock):
        found = await rows_of(codes)
    assert {row.content.id for each in found.values() for row in each.rows} == {row["id"] for row in plain}
    assert all(len(found[code].rows) == 10 for code in codes)
