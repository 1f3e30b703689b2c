"""Where a page ends, and where the reader goes on: over what was examined, never over what was not."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.feed.rules import EXAMINED, START, Cursor, Event, Examined, most_examined, page
from postal.errors import BadInput
from postal.http.paging import decode_cursor, encode_cursor
from postal.ledger.rules import Stream

INSTANT = datetime(2026, 11, 23, tzinfo=UTC)


def event(number):
    return Event(
        at=Cursor(number, 0, UUID(int=number), ""), id=UUID(int=number), content_hash=b"", stream=Stream.SCAN,
        kind="hold", code="X", occurred_at=INSTANT, corrected_at=INSTANT, received_at=INSTANT, organisation=None,
        verdict="accepted", place=None, manifest=None, container=None, counterparty=None, condition=None,
        reason=None, corrects=None,
    )  # fmt: skip


def look(rows, after, most, limit):
    """Examine rows, given as (number, may be shown), as the statement does."""
    examined = [row for row in rows if row[0] > after.position][:most]
    shown = [event(number) for number, visible in examined if visible][:limit]
    last = Cursor(examined[-1][0], 0, UUID(int=examined[-1][0]), "") if examined else None
    return Examined(events=tuple(shown), count=len(examined), last=last, settled=2**62)


@given(st.lists(st.booleans(), max_size=60), st.integers(1, 9), st.integers(0, 9))
def test_any_sizes_of_pages_give_what_may_be_shown_and_nothing_twice(visible, limit, more):
    rows = list(enumerate(visible, 1))
    after, got, most = START, [], limit + more
    for _ in range(len(rows) + 2):
        found = page(after, look(rows, after, most, limit), limit=limit, most=most)
        got += [each.at.position for each in found.events]
        after = found.following
        if found.caught_up:
            break
    assert found.caught_up
    assert got == [number for number, shown in rows if shown]


def test_a_full_page_ends_at_its_last_event_and_not_behind_what_was_not_shown():
    rows = [(1, True), (2, False), (3, True), (4, True)]
    found = page(START, look(rows, START, 10, 2), limit=2, most=10)
    assert found.following.position == 3
    assert not found.caught_up


def test_an_empty_page_goes_on_behind_what_was_examined():
    rows = [(number, False) for number in range(1, 9)]
    found = page(START, look(rows, START, 5, 2), limit=2, most=5)
    assert (found.events, found.following.position, found.caught_up) == ((), 5, False)
    found = page(found.following, look(rows, found.following, 5, 2), limit=2, most=5)
    assert (found.events, found.following.position, found.caught_up) == ((), 8, True)


def test_who_sees_everything_examines_no_more_than_is_shown():
    assert most_examined(7, shows_all=True) == 7
    assert most_examined(7, shows_all=False) == EXAMINED
    assert most_examined(EXAMINED + 1, shows_all=False) == EXAMINED + 1


def test_a_cursor_comes_back_as_it_was():
    for cursor in (START, Cursor(2**63 - 1, 5, UUID(int=7), "ab" * 32)):
        assert decode_cursor(encode_cursor(cursor), Cursor, name="after") == cursor


@pytest.mark.parametrize(
    "key",
    [[], [1, 2], [-1, 0, str(UUID(int=0)), ""], [2**63, 0, str(UUID(int=0)), ""], [1, 0, "x", ""],
     [1, 0, str(UUID(int=0)), "AB"], [1, 0, str(UUID(int=0)), "", 1], {"position": 1}, "x", None],
)  # fmt: skip
def test_what_is_no_cursor_of_the_feed_is_refused_with_its_place(key):
    with pytest.raises(BadInput) as refused:
        decode_cursor(encode_cursor(key), Cursor, name="after")
    assert (refused.value.code, refused.value.pointer) == ("request.cursor", "/query/after")
