"""Each id once, whatever comes how often in which order."""

import asyncio
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from postal import db
from postal.identifiers import new_id
from postal.ledger.repository import find_rows, row_set, rows_of
from postal.ledger.rules import Stream, content_hash
from postal.ledger.service import authored, record
from tests.factories.ledger import row

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


async def recorded(*rows):
    async with db.unit_of_work():
        return await record(rows)


def other(first, **changes):
    content = replace(first.content, **changes)
    return replace(first, content=content, content_hash=content_hash(content))


async def test_a_row_comes_back_as_it_went_in(database):
    first = row(
        body={"place": "X", "counted": {"documents": 5}, "note": "ă"}, subjects=("B", "A"), source="log"
    )
    outcomes = await recorded(first)
    assert outcomes[first.content.id].status == "new"
    assert (await row_set(first.content.code)).rows == (first,)
    assert await find_rows([first.content.id]) == {first.content.id: (first, False)}


async def test_the_same_content_again_changes_nothing(database):
    first = row()
    await recorded(first)
    again = replace(first, received_at=first.received_at.replace(year=2027), skew_ms=77)
    outcome = (await recorded(again))[first.content.id]
    assert (outcome.status, outcome.row, outcome.disputed) == ("same", first, False)
    assert await db.fetch_value("SELECT count(*) FROM ledger") == 1


async def test_another_content_is_kept_beside_the_first_once(database):
    first = row()
    second = other(first, organisation="BC-200000")
    await recorded(first)
    assert (await recorded(second))[first.content.id].status == "other"
    before = await row_set(first.content.code)
    assert before.rows == (first,)
    assert sorted(r.content.organisation for r in before.disputed[first.content.id]) == [
        "BC-100000",
        "BC-200000",
    ]
    again = (await recorded(first))[first.content.id]
    assert (again.status, again.disputed, again.row) == ("same", True, first)
    assert (await recorded(second))[first.content.id].status == "other"
    assert await row_set(first.content.code) == before


async def test_a_dispute_concerns_the_code_of_each_content(database):
    first = row(code="DH000000015VN")
    second = other(first, code="DH000000029VN")
    await recorded(first)
    await recorded(second)
    sets = await rows_of(["DH000000015VN", "DH000000029VN", "DH000000032VN"])
    assert len(sets["DH000000015VN"].disputed[first.content.id]) == 2
    assert sets["DH000000029VN"].disputed == sets["DH000000015VN"].disputed
    assert sets["DH000000029VN"].rows == ()
    assert sets["DH000000032VN"].disputed == {}


async def test_two_contents_of_one_id_in_one_batch_are_disputed(database):
    first = row()
    second = other(first, kind="refuse")
    outcome = (await recorded(first, second, first))[first.content.id]
    assert (outcome.status, outcome.row, outcome.disputed) == ("other", first, True)
    assert len((await row_set(first.content.code)).disputed[first.content.id]) == 2


async def test_a_piece_sees_the_rows_of_the_manifests_that_name_it(database):
    sealed = authored(
        stream=Stream.RECORD, kind="manifest.sealed", code="M-1", occurred_at=NOW, now=NOW,
        actor_organisation="BC-1", subjects=("P-1", "P-2"), body={"lines": ["P-1", "P-2"]},
    )  # fmt: skip
    closed = authored(
        stream=Stream.RECORD,
        kind="manifest.closed",
        code="M-1",
        occurred_at=NOW,
        now=NOW,
        actor_organisation="BC-1",
    )
    scan = row(code="P-1")
    await recorded(sealed, closed, scan)
    with db.count_statements() as counted:
        sets = await rows_of(["P-1", "P-2", "M-1"])
    assert counted.total == 1
    assert {r.content.id for r in sets["P-1"].rows} == {r.content.id for r in (sealed, closed, scan)}
    assert {r.content.id for r in sets["P-2"].rows} == {r.content.id for r in (sealed, closed)}
    assert {r.content.id for r in sets["M-1"].rows} == {r.content.id for r in (sealed, closed)}


@pytest.fixture
def projected(monkeypatch):
    """Collect what the projectors are asked to refresh."""
    calls = []

    async def projector(touched):
        calls.append(set(touched.codes))

    monkeypatch.setattr("postal.registry.projectors", lambda: (projector,))
    return calls


async def test_projectors_get_the_codes_their_subjects_and_the_subjects_of_earlier_rows(database, projected):
    sealed = authored(
        stream=Stream.RECORD, kind="manifest.sealed", code="M-1", occurred_at=NOW, now=NOW,
        actor_organisation="BC-1", subjects=("P-1", "P-2"),
    )  # fmt: skip
    await recorded(sealed, row(code="P-3"))
    closed = authored(
        stream=Stream.RECORD,
        kind="manifest.closed",
        code="M-1",
        occurred_at=NOW,
        now=NOW,
        actor_organisation="BC-1",
    )
    await recorded(closed)
    await recorded(closed)
    assert projected == [{"M-1", "P-1", "P-2", "P-3"}, {"M-1", "P-1", "P-2"}]


async def test_a_dispute_refreshes_both_codes(database, projected):
    first = row(code="P-1")
    await recorded(first)
    await recorded(other(first, code="P-2"))
    await recorded(other(first, code="P-2"))
    assert projected == [{"P-1"}, {"P-1", "P-2"}]


@pytest.mark.usefixtures("projected")
async def test_the_number_of_statements_does_not_depend_on_the_size(database):
    totals, repeated = [], []
    for size in (1, 100, 1000):
        rows = [row(code=f"P-{number}") for number in range(size)]
        with db.count_statements() as counted:
            await recorded(*rows)
        totals.append(counted.total)
        with db.count_statements() as counted:
            await recorded(*rows, other(rows[0], kind="refuse"))
        repeated.append(counted.total)
    assert totals == [4, 4, 4]
    assert repeated == [6, 6, 6]


async def test_overlapping_batches_in_opposite_order_neither_deadlock_nor_double(database):
    rows = [row(code=f"P-{number % 7}") for number in range(60)]
    batches = [rows, rows[::-1], rows[20:], rows[40::-1], [*rows[30:], *rows[:30]]]
    results = await asyncio.gather(*(recorded(*batch) for batch in batches))
    assert await db.fetch_value("SELECT count(*) FROM ledger") == len(rows)
    for made in rows:
        statuses = [result[made.content.id].status for result in results if made.content.id in result]
        assert sorted(statuses) == ["new"] + ["same"] * (len(statuses) - 1)


async def test_ids_of_other_codes_in_opposite_order_do_not_deadlock(database):
    """The same ids under other codes share no code lock, so the order of inserts alone must prevent it."""
    ids = [new_id(NOW) for _ in range(40)]
    left = [row(id=id_, code="P-LEFT") for id_ in ids]
    right = [row(id=id_, code="P-RIGHT") for id_ in reversed(ids)]
    for _ in range(3):
        await asyncio.gather(recorded(*left), recorded(*right))
    assert await db.fetch_value("SELECT count(*) FROM ledger") == len(ids)
    assert await db.fetch_value("SELECT count(*) FROM ledger_dispute") == 2 * len(ids)


async def test_clocks_that_are_years_off_are_kept(database):
    past = row(occurred_at=datetime(1970, 1, 2, tzinfo=UTC))
    mad = replace(past, skew_ms=-56 * 365 * 86_400_000)
    future = row(occurred_at=datetime(2090, 1, 1, tzinfo=UTC))
    await recorded(mad, future)
    assert {r.skew_ms for r in (await row_set(past.content.code)).rows} == {mad.skew_ms, 0}
    async with db.as_owner(database):
        assert await db.fetch_value("SELECT count(*) FROM ledger_default") == 2
