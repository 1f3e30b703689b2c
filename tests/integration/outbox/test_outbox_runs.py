"""Runs that end badly: never, too late, twice, or in the wrong moment."""

import asyncio
from datetime import timedelta

import pytest

from postal import clock as clock_port
from postal import db, plugin
from postal.outbox import drain, publish, repository
from postal.outbox.rules import LEASE, MAX_ATTEMPTS, Outcome
from postal.outbox.service import claim, revive, run, run_claimed


@pytest.fixture
def ran(monkeypatch):
    """Give the payloads that the handler of `test.noted` has seen."""
    seen = []

    async def note(payload):
        seen.append(payload["n"])

    monkeypatch.setitem(plugin.OUTBOX_HANDLERS, "test.noted", note)
    return seen


async def published(*numbers, key=None, topic="test.noted"):
    async with db.unit_of_work():
        return [await publish(topic, {"n": n}, key=key) for n in numbers]


async def begun(identifier):
    """Begin a run as a worker does that is killed then."""
    machine = clock_port.machine_now()
    return await repository.begin(identifier, machine, machine + LEASE, suspects=True)


async def later():
    """Let every lease, run and pause be over."""
    await db.execute(
        "UPDATE outbox SET available_at = $1,"
        " leased_until = CASE WHEN leased_until IS NOT NULL THEN $1::timestamptz END,"
        " running_until = CASE WHEN running_until IS NOT NULL THEN $1::timestamptz END",
        clock_port.machine_now(),
    )


async def messages():
    return {row["id"]: row for row in await db.fetch("SELECT * FROM outbox")}


async def test_a_message_that_kills_its_worker_each_time_ends_as_dead(database, ran):
    (identifier,) = await published(1)
    kills = 0
    for _ in range(3 * MAX_ATTEMPTS):
        await later()
        for claimed in await claim():
            if claimed.unended and (await run_claimed_unless_killed(claimed)) is Outcome.FAILED:
                continue
            kills += await begun(identifier) is not None
    row = (await messages())[identifier]
    assert (kills, row["attempts"], row["lost"], row["error"]) == (
        MAX_ATTEMPTS,
        MAX_ATTEMPTS,
        MAX_ATTEMPTS,
        "never ended",
    )
    assert row["dead_at"] is not None
    assert ran == []


async def run_claimed_unless_killed(claimed):
    """Do as the relay does, up to the handler, which kills."""
    from postal.outbox.rules import Verdict, judged

    return None if judged(claimed) is Verdict.RUN else await run_claimed(claimed)


async def test_a_message_whose_run_never_ended_is_run_by_a_relay_alone(database, ran):
    (identifier,) = await published(1)
    await begun(identifier)
    await later()
    assert await run(identifier) is Outcome.ELSEWHERE
    (claimed,) = await claim()
    assert (claimed.unended, claimed.lost, claimed.is_suspect) == (True, 1, True)
    assert await run(identifier) is Outcome.ELSEWHERE
    assert await run_claimed(claimed) is Outcome.DONE
    assert ran == [1]


async def test_a_late_bell_does_not_cut_a_pause_short(database, monkeypatch):
    runs = []

    async def fail(_payload):
        runs.append(1)
        raise ValueError

    monkeypatch.setitem(plugin.OUTBOX_HANDLERS, "test.failing", fail)
    (identifier,) = await published(1, topic="test.failing")
    assert await run(identifier) is Outcome.FAILED
    assert await run(identifier) is Outcome.ELSEWHERE
    assert len(runs) == 1


async def test_a_late_bell_does_not_run_a_message_before_an_older_one_of_its_key(database, ran):
    _, second = await published(1, 2, key="A")
    assert await run(second) is Outcome.ELSEWHERE
    assert await drain() == 2
    assert ran == [1, 2]


async def test_a_message_that_fails_holds_up_its_key_until_it_is_done_or_dead(database, ran, monkeypatch):
    errors = [ValueError()]

    async def fail(payload):
        if errors:
            raise errors[0]
        ran.append(payload["n"])

    monkeypatch.setitem(plugin.OUTBOX_HANDLERS, "test.failing", fail)
    (first,) = await published(1, key="A", topic="test.failing")
    await published(2, key="A")
    assert await run(first) is Outcome.FAILED
    assert await claim() == []
    await later()
    errors.clear()
    assert await drain() == 2
    assert ran == [1, 2]


async def test_a_revived_message_comes_behind_what_its_key_got_meanwhile(database, ran):
    first, _ = await published(1, 2, key="A")
    await repository.bury(first, 0, "test", clock_port.machine_now())
    assert await revive(None) == 1
    assert await drain() == 2
    assert ran == [2, 1]


async def test_one_that_wakes_after_its_lease_does_nothing(database, ran):
    from postal.outbox import service

    (identifier,) = await published(1)
    slept = await begun(identifier)
    await later()
    (claimed,) = await claim()
    assert await service._effect(slept) is Outcome.ELSEWHERE
    assert await run_claimed(claimed) is Outcome.DONE
    assert await service._effect(slept) is Outcome.ELSEWHERE
    await service._record_failure(slept, ValueError())
    assert (await messages())[identifier]["error"] is None
    assert ran == [1]


async def test_a_failure_of_an_old_run_does_not_touch_the_new_one(database, ran):
    from postal.outbox import service

    (identifier,) = await published(1)
    slept = await begun(identifier)
    await later()
    await claim()
    await later()
    await begun(identifier)
    await service._record_failure(slept, ValueError())
    row = (await messages())[identifier]
    assert (row["attempts"], row["error"]) == (2, None)
    assert row["running_until"] is not None


@pytest.mark.parametrize("kind", [SystemExit, asyncio.CancelledError, MemoryError, RecursionError])
async def test_whatever_a_handler_raises_is_its_own_failure(database, monkeypatch, kind):
    async def end(_payload):
        raise kind

    monkeypatch.setitem(plugin.OUTBOX_HANDLERS, "test.ending", end)
    (identifier,) = await published(1, topic="test.ending")
    assert await run(identifier) is Outcome.FAILED
    assert (await messages())[identifier]["error"].endswith(kind.__name__)


async def test_a_worker_that_is_told_to_end_leaves_its_message_to_the_next_at_once(database, monkeypatch):
    running = asyncio.Event()

    async def dawdle(_payload):
        running.set()
        await asyncio.sleep(60)

    monkeypatch.setitem(plugin.OUTBOX_HANDLERS, "test.slow", dawdle)
    (identifier,) = await published(1, topic="test.slow")
    task = asyncio.create_task(run(identifier))
    await running.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    (claimed,) = await claim()
    assert (claimed.overdue, claimed.unended, claimed.lost, claimed.attempts) == (False, False, 0, 0)


async def test_writers_of_one_key_get_positions_in_the_order_of_their_commits(database, ran):
    """A writer that pauses before its commit must not come behind one that ran already."""
    first_wrote, second_began = asyncio.Event(), asyncio.Event()

    async def slow():
        async with db.unit_of_work():
            await publish("test.noted", {"n": 1}, key="A")
            first_wrote.set()
            await second_began.wait()
            await asyncio.sleep(0.2)

    async def quick():
        await first_wrote.wait()
        async with db.unit_of_work():
            second_began.set()
            await publish("test.noted", {"n": 2}, key="A")
        assert await drain() == 2

    await asyncio.gather(slow(), quick())
    assert ran == [1, 2]


async def test_a_lost_run_waits_longer_each_time(database, ran):
    (identifier,) = await published(1)
    pauses = []
    for _ in range(3):
        await begun(identifier)
        await later()
        (claimed,) = await claim()
        if await run_claimed_unless_killed(claimed) is Outcome.FAILED:
            row = (await messages())[identifier]
            pauses.append(round((row["available_at"] - clock_port.machine_now()) / timedelta(seconds=1)))
            await later()
            await claim()
    assert pauses == [4, 9]
