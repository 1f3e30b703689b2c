"""Messages: kept with their change, run until done, in the order of their key, effective once."""

import asyncio
from datetime import timedelta

import pytest

from postal import clock as clock_port
from postal import db, plugin
from postal.outbox import drain, publish, repository
from postal.outbox.rules import LEASE, MAX_ATTEMPTS, Outcome
from postal.outbox.service import claim, forget, revive, run


@pytest.fixture
def ran(monkeypatch):
    """Give the payloads that the handler of `test.noted` has seen."""
    seen = []

    async def note(payload):
        seen.append(payload)

    monkeypatch.setitem(plugin.OUTBOX_HANDLERS, "test.noted", note)
    return seen


@pytest.fixture
def failing(monkeypatch):
    """Let `test.failing` fail as long as the list is not empty."""
    errors = [ValueError("Nguyễn Văn A")]

    async def fail(_payload):
        await db.execute("UPDATE simulated_clock SET now = now")
        if errors:
            raise errors[0]

    monkeypatch.setitem(plugin.OUTBOX_HANDLERS, "test.failing", fail)
    return errors


async def published(*payloads, topic="test.noted", key=None):
    async with db.unit_of_work():
        return [await publish(topic, payload, key=key) for payload in payloads]


async def without_pauses():
    await db.execute("UPDATE outbox SET available_at = $1", clock_port.machine_now())


async def without_leases():
    await db.execute("UPDATE outbox SET leased_until = created_at, running_until = created_at")


async def test_a_message_outside_a_unit_of_work_is_refused(database):
    with pytest.raises(RuntimeError, match="outside a unit of work"):
        await publish("test.noted", {})


async def test_a_message_of_a_change_that_is_undone_never_was(database, ran):
    async def undone():
        async with db.unit_of_work():
            await publish("test.noted", {"n": 1})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await undone()
    assert await drain() == 0
    assert ran == []


async def test_messages_run_once_and_stay_done(database, ran):
    await published({"n": 1}, {"n": 2})
    assert await drain() == 2
    assert await drain() == 0
    assert ran == [{"n": 1}, {"n": 2}]


async def test_a_message_carries_any_json_value(database, ran):
    payload = {"mã": "DH123456785VN", "list": [1, None, True], "deep": {"x": 1.5}}
    await published(payload)
    await drain()
    assert ran == [payload]


async def test_messages_published_by_a_handler_run_in_the_same_drain(database, ran, monkeypatch):
    async def pass_on(payload):
        await publish("test.noted", payload)

    monkeypatch.setitem(plugin.OUTBOX_HANDLERS, "test.passed", pass_on)
    await published({"n": 7}, topic="test.passed")
    assert await drain() == 2
    assert ran == [{"n": 7}]


async def test_a_failed_run_leaves_nothing_but_its_type_and_waits(database, failing):
    (identifier,) = await published({}, topic="test.failing")
    with pytest.raises(ExceptionGroup):
        await drain()
    (waiting,) = await repository.list_live(dead=False, limit=10)
    assert (waiting.id, waiting.attempts, waiting.error) == (identifier, 1, "builtins.ValueError")
    assert waiting.available_at > clock_port.machine_now()
    assert await drain() == 0


async def test_a_message_that_failed_runs_when_its_pause_is_over(database, failing):
    (identifier,) = await published({}, topic="test.failing")
    assert await run(identifier) is Outcome.FAILED
    failing.clear()
    await db.execute("UPDATE outbox SET available_at = $1", clock_port.machine_now())
    assert await drain() == 1


async def test_a_message_that_never_succeeds_dies_and_can_be_revived(database, failing):
    (identifier,) = await published({}, topic="test.failing")
    outcomes = []
    for _ in range(MAX_ATTEMPTS + 1):
        await without_pauses()
        outcomes.append(await run(identifier))
    assert outcomes == [Outcome.FAILED] * MAX_ATTEMPTS + [Outcome.ELSEWHERE]
    (dead,) = await repository.list_live(dead=True, limit=10)
    assert dead.id == identifier
    assert (await repository.backlog()).dead == 1
    failing.clear()
    assert await revive([identifier]) == 1
    assert await drain() == 1


async def test_a_topic_without_a_handler_is_a_failure_that_names_no_payload(database):
    await published({"secret": 1}, topic="test.unheard")
    with pytest.raises(ExceptionGroup):
        await drain()
    (waiting,) = await repository.list_live(dead=False, limit=10)
    assert waiting.error == "builtins.LookupError"


async def test_a_claimed_message_is_left_alone_until_its_lease_ends(database, ran):
    await published({"n": 1})
    (first,) = await claim()
    assert not first.overdue
    assert await claim() == []
    await db.execute(
        "UPDATE outbox SET leased_until = leased_until - $1::interval", LEASE + timedelta(seconds=1)
    )
    (again,) = await claim()
    assert again.overdue
    assert await run(again.id) is Outcome.DONE
    assert ran == [{"n": 1}]


async def test_messages_of_one_key_are_claimed_one_after_the_other(database, ran):
    first, second = await published({"n": 1}, {"n": 2}, key="A")
    (other,) = await published({"n": 3}, key="B")
    assert [each.id for each in await claim()] == [first, other]
    await run(first)
    assert [each.id for each in await claim()] == [second]


async def test_a_dead_message_does_not_hold_up_its_key(database, ran):
    first, second = await published({"n": 1}, {"n": 2}, key="A")
    async with db.unit_of_work():
        await repository.bury(first, 0, "test", clock_port.machine_now())
    assert [each.id for each in await claim()] == [second]


async def test_a_message_rung_for_by_many_takes_effect_once(database, ran):
    (identifier,) = await published({"n": 1})
    outcomes = await asyncio.gather(*(run(identifier) for _ in range(4)))
    assert outcomes.count(Outcome.DONE) == 1
    assert ran == [{"n": 1}]


async def test_claims_of_many_processes_never_overlap(database, ran):
    await published(*({"n": n} for n in range(40)))
    claims = await asyncio.gather(*(claim(10) for _ in range(4)))
    identifiers = [each.id for batch in claims for each in batch]
    assert len(identifiers) == len(set(identifiers)) == 40


async def test_the_number_of_statements_of_a_run_is_small_and_fixed(database, ran):
    (identifier,) = await published({"n": 1})
    with db.count_statements() as counted:
        await run(identifier)
    assert counted.total == 5


async def test_a_handler_that_takes_too_long_is_stopped_and_its_change_undone(database, monkeypatch):
    from postal.outbox import service

    async def dawdle(_payload):
        await publish("test.noted", {})
        await asyncio.sleep(30)

    monkeypatch.setitem(plugin.OUTBOX_HANDLERS, "test.slow", dawdle)
    monkeypatch.setattr(service, "RUN_LIMIT", timedelta(seconds=0.2))
    (identifier,) = await published({}, topic="test.slow")
    assert await run(identifier) is Outcome.FAILED
    assert await db.fetch_value("SELECT count(*) FROM outbox") == 1


async def test_long_done_messages_are_forgotten_and_others_kept(database, ran):
    await published({"n": 1})
    await drain()
    await published({"n": 2})
    later = clock_port.machine_now() + timedelta(days=8)
    assert await forget(later) == 1
    assert await db.fetch_value("SELECT count(*) FROM outbox") == 1
