"""Any order and repetition of contents gives the same ledger, and every row reads back as it was written."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal import db
from postal.identifiers import new_id
from postal.ledger.repository import rows_of
from postal.ledger.rules import Content, Row, Stream, content_hash
from postal.ledger.service import record

START = datetime(2026, 11, 23, tzinfo=UTC)
IDS = [new_id(START + timedelta(days=40 * day)) for day in range(4)]
CODES = ("P-1", "P-2", "M-1")

words = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
values = st.recursive(
    words | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e9, 1e9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=5,
)
contents = st.builds(
    Content,
    id=st.sampled_from(IDS),
    stream=st.sampled_from(Stream),
    kind=st.sampled_from(("offer", "receive")),
    code=st.sampled_from(CODES),
    occurred_at=st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    organisation=st.none() | words,
    seq=st.none() | st.integers(0, 2**53 - 1),
    body=st.dictionaries(words, values, max_size=3),
    subjects=st.lists(st.sampled_from(CODES), max_size=2, unique=True).map(tuple),
)


def received(content: Content) -> Row:
    return Row(
        content=content, received_at=START, corrected_at=START, content_hash=content_hash(content), skew_ms=1
    )


@st.composite
def uploads(draw):
    """The same rows twice: in two orders, cut into batches, with repetitions."""
    rows = [received(content) for content in draw(st.lists(contents, min_size=1, max_size=6))]

    def batches():
        order = draw(st.permutations(rows + draw(st.lists(st.sampled_from(rows), max_size=3))))
        cut = draw(st.integers(0, len(order)))
        return [batch for batch in (order[:cut], order[cut:]) if batch]

    return rows, batches(), batches()


async def state() -> tuple[object, object]:
    """What is known, without what only tells which content came first."""
    sets = await rows_of(CODES)
    told = {
        code: (
            {row.content.id: row for row in found.rows if row.content.id not in found.disputed},
            found.disputed,
        )
        for code, found in sets.items()
    }
    links = await db.fetch(
        "SELECT id, content_hash FROM ledger UNION SELECT id, content_hash FROM ledger_dispute"
    )
    return told, {(link["id"], link["content_hash"]) for link in links}


async def play(batches: list[list[Row]]) -> dict[UUID, str]:
    last = {}
    for batch in batches:
        async with db.unit_of_work():
            outcomes = await record(batch)
        last |= {id_: outcome.status for id_, outcome in outcomes.items()}
    return last


@pytest.mark.timeout(600)
@given(uploads())
async def test_the_ledger_does_not_know_in_which_order_its_rows_came(database, clean, monkeypatch, drawn):
    rows, first, second = drawn
    monkeypatch.setattr("postal.registry.projectors", tuple)
    await clean()
    await play(first)
    told, hashes = await state()
    await clean()
    await play(second)
    assert await state() == (told, hashes)
    assert hashes == {(row.content.id, row.content_hash) for row in rows}
    # Everything again: nothing is new.
    assert "new" not in (await play(second)).values()
    assert await state() == (told, hashes)


@pytest.mark.timeout(600)
@given(st.lists(contents, min_size=1, max_size=4, unique_by=lambda content: content.id))
async def test_a_row_reads_back_with_the_hash_that_it_was_written_with(database, clean, monkeypatch, written):
    monkeypatch.setattr("postal.registry.projectors", tuple)
    await clean()
    await play([[received(content) for content in written]])
    read = {row.content.id: row for found in (await rows_of(CODES)).values() for row in found.rows}
    for content in written:
        assert (
            read[content.id].content_hash == content_hash(read[content.id].content) == content_hash(content)
        )
