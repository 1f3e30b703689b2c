"""Claims against a model: a share for each destination, a key's messages one by one in order, none left over."""

import itertools
import random
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from integrations.deliveries import repository
from integrations.deliveries.rules import Finished, Outcome, Outgoing, State
from integrations.deliveries.service.delivering import AHEAD
from postal.db import fetch, unit_of_work
from tests.factories.deliveries import destination, queued
from tests.factories.reading import read_by

QUEUE = ("delivery", "delivery_attempt")
UNENDED = ("waiting", "behind", "sending")


async def claimed(now, machine, most=50):
    until = machine + timedelta(seconds=60)
    async with unit_of_work():
        found = await repository.claim(now, machine, until, AHEAD, most, {"test"})
    return [each for each, _ in found]


async def rows():
    return {
        row["id"]: row
        for row in await fetch("SELECT id, number, destination, key, state, tried, attempts FROM delivery")
    }


def older(message, before):
    """Give the unended messages before one, of its key."""
    return [
        row
        for row in before.values()
        if message.key is not None
        and (row["destination"], row["key"]) == (message.destination, message.key)
        and row["number"] < before[message.delivery]["number"]
        and row["state"] in UNENDED
    ]


def finished(message, state, now, due=None):
    outcome = Outcome.DELIVERED if state is State.DONE else Outcome.LATER
    return Finished(
        delivery=message.delivery, number=message.attempt, state=state, due_at=due, outcome=outcome,
        status=None, code=None, milliseconds=1,
    )  # fmt: skip


@pytest.mark.parametrize(
    "seed", [1, pytest.param(2, marks=pytest.mark.slow), pytest.param(3, marks=pytest.mark.slow)]
)
async def test_any_course_of_claims_and_ends_keeps_order_and_share(database, clock, seed):
    drawn = random.Random(seed)
    now = machine = clock.instant
    rooms = {}
    for at_once in (1, 2, 4):
        rooms[await destination(now, at_once=at_once)] = at_once * AHEAD
    held, ends = [], []
    for _ in range(25):
        now += timedelta(seconds=drawn.randint(0, 3))
        for to in rooms:
            if drawn.random() < 0.5:
                await queued(to, now, drawn.randint(1, 5), key=lambda _: drawn.choice([None, "a", "b"]))
        before = await rows()
        took = await claimed(now, machine)
        held += took
        for to, room in rooms.items():
            assert sum(each.destination == to for each in held) <= room
        assert not any(older(message, before) for message in took), "one before it has not ended"
        drawn.shuffle(held)
        ending, held = held[: len(held) // 2], held[len(held) // 2 :]
        again = {each.delivery for each in ending if drawn.random() < 0.3}
        told = [
            finished(each, State.WAITING, now, now + timedelta(seconds=drawn.randint(0, 4)))
            if each.delivery in again
            else finished(each, State.DONE, now)
            for each in ending
        ]
        ends += [each for each in ending if each.delivery not in again]
        async with unit_of_work():
            assert await repository.finish(told, now) == {each.delivery for each in ending}
    while True:
        now += timedelta(seconds=10)
        async with unit_of_work():
            await repository.finish([finished(each, State.DONE, now) for each in held], now)
        ends += held
        held = await claimed(now, machine)
        if not held:
            break
    kept = await rows()
    assert {row["state"] for row in kept.values()} == {"done"}
    assert len(ends) == len(kept) == len({each.delivery for each in ends})
    for to, key in itertools.product(rooms, "ab"):
        numbers = [
            kept[each.delivery]["number"] for each in ends if (each.destination, each.key) == (to, key)
        ]
        assert numbers == sorted(numbers)


async def test_a_hundred_times_more_for_one_takes_nothing_from_another(database, clock):
    now = clock.instant
    full, *others = [await destination(now, at_once=4) for _ in range(6)]
    await queued(full, now, 2_000, key=lambda number: f"k{number % 700}")
    for each in others:
        await queued(each, now, 3)
    took = await claimed(now, now, most=30)
    share = {to: sum(each.destination == to for each in took) for to in (full, *others)}
    assert share[full] == 4 * AHEAD
    assert [share[to] for to in others] == [3] * 5
    # Where there is less room in all than is due, each gets its turn.
    async with unit_of_work():
        await repository.give_back([(each.delivery, each.attempt) for each in took])
    took = await claimed(now, now, most=6)
    assert len({each.destination for each in took}) == 6


async def test_a_message_whose_writer_missed_the_end_before_it_goes_on(database, clock):
    now = clock.instant
    to = await destination(now)
    await queued(to, now, 3, key="k")
    await fetch("UPDATE delivery SET state = 'done', ended_at = $1 WHERE state = 'waiting'", now)
    assert await claimed(now, now) == []
    async with unit_of_work():
        assert await repository.promote(0, 100) == (1, None)
    assert len(await claimed(now, now)) == 1


async def known(database, now, before):
    """Let statistics know of messages that went, and of nothing after them."""
    owner = await asyncpg.connect(database.owner_dsn)
    try:
        await owner.execute("ALTER TABLE delivery SET (autovacuum_enabled = false)")
        if before == "one for each":
            for _ in range(50):
                await queued(await destination(now), now, 1, key=lambda _: "k1")
        elif before != "nothing":
            await queued(await destination(now), now, 300, key=lambda _: before)
        if before == "ended":
            await owner.execute("UPDATE delivery SET state = 'done', ended_at = $1", now)
        if before != "nothing":
            await owner.execute("ANALYZE delivery")
        await owner.execute("DELETE FROM delivery")
    finally:
        await owner.close()


@pytest.mark.parametrize("before", ["nothing", "k1", None, "one for each", "ended"])
async def test_a_message_more_reads_no_more_of_a_queue_that_grew_before_statistics_knew(
    own_database, clock, before
):
    now = machine = clock.instant
    await known(own_database, now, before)
    place = await destination(now, at_once=4)
    for count in (300, 1_500):
        for _ in range(2):
            await queued(place, now, count, key=lambda number: f"k{number}")
        for _ in range(8):  # From the sixth time on a statement may be planned for any values.
            message = Outgoing(id=uuid4(), topic="t", subject="S-1", key="k1", payload={})
            read, _ = await read_by(repository.enqueue(place, [message], now), *QUEUE)
            assert read <= 4
            lease = machine + timedelta(seconds=60)
            read, took = await read_by(repository.claim(now, machine, lease, AHEAD, 8, {"test"}), *QUEUE)
            assert read <= 60
            done, later, *others = [each for each, _ in took]
            ends = [finished(done, State.DONE, now), finished(later, State.WAITING, now, now)]
            read, ended = await read_by(repository.finish(ends, now), *QUEUE)
            assert read <= 60
            assert ended == {done.delivery, later.delivery}
            async with unit_of_work():
                await repository.give_back([(each.delivery, each.attempt) for each in others])
