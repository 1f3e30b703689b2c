"""Followers inside the system: every row once, in order, and a cursor that moves only with what was done."""

import asyncio

import pytest

from integrations.feed.rules import START
from integrations.feed.service import cursor_of, follow, forget, place, read
from postal import db
from postal.ledger.service import record
from tests.factories.feed import INSPECTOR, reader_of
from tests.factories.ledger import row


async def recorded(*rows):
    async with db.unit_of_work():
        await record(rows)
    return [each.content.id for each in rows]


class GivenUpError(Exception):
    """What is handed on is not taken."""


class Taker:
    """Remembers what it was handed."""

    def __init__(self):
        self.events = []

    async def __call__(self, events):
        assert events
        self.events += [event.id for event in events]


async def test_a_new_follower_begins_now_and_is_handed_what_comes_after_in_order_and_once(database):
    await recorded(row())
    took = Taker()
    assert await follow("one", took) is False
    wanted = await recorded(*(row() for _ in range(5))) + await recorded(row())
    assert await follow("one", took, limit=3) is True
    assert await follow("one", took, limit=3) is True
    assert await follow("one", took, limit=3) is False
    assert await follow("one", took) is False
    assert len(took.events) == len(wanted)
    assert set(took.events) == set(wanted)
    assert took.events == [e.id for e in (await read(actor=INSPECTOR, after=None, limit=50)).events][1:]


async def test_what_is_raised_leaves_the_cursor_and_undoes_what_was_done(database):
    await follow("one", Taker())
    await recorded(row())
    before = await cursor_of("one")

    async def fails(events):
        await place("another", START)
        raise GivenUpError

    with pytest.raises(GivenUpError):
        await follow("one", fails)
    assert await cursor_of("one") == before
    assert await cursor_of("another") is None
    took = Taker()
    await follow("one", took)
    assert len(took.events) == 1


async def test_of_two_at_once_one_works_and_the_other_is_sent_away_at_once(database):
    await follow("one", Taker())
    wanted = await recorded(row(), row())
    inside, leave = asyncio.Event(), asyncio.Event()
    took = Taker()

    async def slowly(events):
        inside.set()
        await leave.wait()
        await took(events)

    working = asyncio.create_task(follow("one", slowly))
    await inside.wait()
    late = Taker()
    assert await follow("one", late) is False
    # Another follower is not in its way.
    await place("two", START)
    assert await follow("two", late, limit=1) is True
    leave.set()
    assert await working is False
    assert set(took.events) == set(wanted)
    assert len(late.events) == 1


async def test_two_that_begin_at_once_begin_at_one_place(database):
    await asyncio.gather(*(follow("one", Taker()) for _ in range(4)))
    wanted = await recorded(row())
    took = [Taker() for _ in range(4)]
    await asyncio.gather(*(follow("one", each) for each in took))
    await follow("one", took[0])
    assert [identifier for each in took for identifier in each.events] == wanted


async def test_a_follower_of_an_organisation_is_handed_what_that_one_sees_and_may_be_placed_anywhere(
    database,
):
    await place("one", START)
    await recorded(row())
    took = Taker()
    assert await follow("one", took, actor=reader_of("BC-1")) is False
    assert took.events == []
    assert await cursor_of("one") > START
    # A cursor made for the end of the feed is one that a reader from outside may use.
    await place("two")
    assert (await read(actor=INSPECTOR, after=await cursor_of("two"), limit=5)).caught_up
    await forget("one")
    assert await cursor_of("one") is None
