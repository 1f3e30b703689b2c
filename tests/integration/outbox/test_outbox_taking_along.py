"""A run may take waiting messages of its topic along, and answers for them: all end with it or none does."""

import pytest

from postal import clock as clock_port
from postal import db, plugin
from postal.outbox import publish, repository
from postal.outbox.rules import LEASE, Outcome
from postal.outbox.service import claim, drain, run, take_along

TOPIC = "test.along"


@pytest.fixture
def ran(monkeypatch):
    """Give what each run of `test.along` saw; one that meets the number 13 fails."""
    runs = []

    async def note(payload):
        others = await take_along(TOPIC, 3, lambda other: other["n"] < 100)
        seen = [payload["n"], *(other["n"] for other in others)]
        runs.append(seen)
        if 13 in seen:
            raise ValueError(13)

    monkeypatch.setitem(plugin.OUTBOX_HANDLERS, TOPIC, note)
    return runs


async def published(*numbers, key=None):
    async with db.unit_of_work():
        return [await publish(TOPIC, {"n": n}, key=key) for n in numbers]


async def undone():
    return [
        row["id"] for row in await db.fetch("SELECT id FROM outbox WHERE done_at IS NULL ORDER BY position")
    ]


async def test_messages_that_wait_end_with_the_run_that_took_them_along(database, ran):
    identifiers = await published(1, 2, 3, 4, 5)
    assert await run(identifiers[0]) is Outcome.DONE
    assert ran == [[1, 2, 3, 4]]
    assert await undone() == identifiers[4:]
    assert await run(identifiers[1]) is Outcome.ELSEWHERE
    assert await drain() == 1
    assert ran == [[1, 2, 3, 4], [5]]


async def test_what_does_not_fit_runs_by_itself(database, ran):
    first, large, last = await published(1, 100, 2)
    assert await run(first) is Outcome.DONE
    assert await undone() == [large, last]


async def test_a_run_that_fails_leaves_what_it_took_along_to_itself(database, ran):
    one, bad, other = await published(1, 13, 2)
    assert await run(one) is Outcome.FAILED
    assert await undone() == [one, bad, other]
    assert await run(bad) is Outcome.FAILED
    assert await run(other) is Outcome.DONE
    assert ran[-1] == [2], "what failed once is taken along by nobody"
    assert await undone() == [one, bad]


async def test_messages_in_order_and_messages_begun_are_not_taken_along(database, ran):
    first, begun = await published(1, 2)
    await published(3, key="piece")
    await claim()
    machine = clock_port.machine_now()
    assert await repository.begin(begun, machine, machine + LEASE) is not None
    assert await run(first) is Outcome.DONE
    assert ran == [[1]]
