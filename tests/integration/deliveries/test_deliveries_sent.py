"""Deliveries end to end: once each, in order within a key, tried again, left alone, given up, sent again."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from integrations.deliveries import service
from integrations.deliveries.rules import Outgoing, Selection
from integrations.outgoing import service as outgoing
from postal.db import execute, fetch, unit_of_work
from postal.errors import BadInput, Conflict, NotFound
from postal.identity.rules import Role
from tests.factories.deliveries import destination, plain, queued
from tests.factories.gateway import gateway
from tests.factories.identity import actor
from tests.factories.network import organisation


def sent(there):
    return [json.loads(body)["n"] for _, _, body in there.calls]


async def test_messages_go_once_in_order_within_their_key_and_are_tried_again_under_the_same_id(
    database, clock
):
    now = clock.instant
    async with gateway() as there:
        with plain(there.origin) as adapter:
            to = await destination(now)
            adapter.addresses[to] = f"{there.origin}/in"
            ids = await queued(to, now, 12, key=lambda number: "k" if number % 2 else None)
            async with unit_of_work():
                again = [Outgoing(id=each, topic="x") for each in ids]
                assert await service.enqueue("test", to, again, now=now) == 0
            # The first of the key fails: those behind it wait, the others go.
            there.says = [(202, ""), (500, ""), (202, ""), (202, "")]
            while 1 not in sent(there):
                await service.deliver_due(now)
            failed = [n for n, state in zip(sent(there), (202, 500, 202, 202), strict=False) if state == 500]
            await service.deliver_due(clock.advance(timedelta(seconds=6)))
            await service.deliver_due(clock.advance(timedelta(minutes=6)))
            assert sorted(sent(there)) == sorted([*range(12), *failed])
            keyed = [n for n in sent(there) if n % 2]
            assert list(dict.fromkeys(keyed)) == sorted(set(keyed))
            seen = {}
            for _, headers, body in there.calls:
                seen.setdefault(json.loads(body)["n"], set()).add(headers["webhook-id"])
            assert all(len(each) == 1 for each in seen.values())
            listed = await service.deliveries_of(to)
            assert {each.state.value for each in listed} == {"done"}
            assert sum(len(each.attempts) for each in listed) == len(there.calls)
            assert sorted(adapter.ended) == sorted((each, "done") for each in ids)
            await outgoing.close()


async def test_a_dead_destination_slows_nobody_and_is_asked_by_one_call_whether_it_is_well(database, clock):
    now = clock.instant
    async with gateway() as there:
        with plain(there.origin, "http://127.0.0.1:9") as adapter:
            dead, *alive = [await destination(now, code=code) for code in "XAB"]
            adapter.addresses = dict.fromkeys(alive, f"{there.origin}/in") | {dead: "http://127.0.0.1:9/x"}
            await queued(dead, now, 300)
            for each in alive:
                await queued(each, now, 20)
            await service.deliver_due(now)
            assert len(there.calls) == 40
            state = await service.state_of(dead, now)
            assert (state.circuit, state.waiting, state.failure) == ("open", 300, "unreached")
            tries = sum(len(each.attempts) for each in await service.deliveries_of(dead, limit=300))
            assert 5 <= tries <= 8
            # Half open, one call asks; it fails, and the pause doubles.
            later = clock.advance(timedelta(seconds=31))
            assert await service.deliver_due(later) == 1
            assert (await service.state_of(dead, later)).destination.open_until == later + timedelta(
                seconds=60
            )
            # Well again: everything goes.
            adapter.addresses[dead] = f"{there.origin}/in"
            clock.advance(timedelta(minutes=10))
            await service.deliver_due(clock.instant)
            assert (await service.state_of(dead, clock.instant)).waiting == 0
            await outgoing.close()


async def test_ten_tries_by_the_table_then_given_up_then_sent_again_by_a_person_for_a_reason(database, clock):
    now = clock.instant
    await organisation("BC-1")
    boss = await actor("BC-1", Role.ADMIN, now=now)
    async with gateway() as there:
        with plain(there.origin) as adapter:
            to = await destination(now)
            adapter.addresses[to] = f"{there.origin}/in"
            [message] = await queued(to, now)
            there.says = [(500, "")] * 10
            for _ in range(600):
                await service.deliver_due(clock.instant)
                [one] = await service.deliveries_of(to)
                if one.state != "waiting":
                    break
                until = (await service.state_of(to)).destination.open_until
                clock.set(max(one.due_at, until or one.due_at))
            assert (one.state, len(one.attempts), one.why) == ("dead", 10, "500")
            assert adapter.ended == [(message, "dead")]
            spent = one.attempts[-1].began_at - one.attempts[0].began_at
            assert timedelta(hours=75) < spent < timedelta(hours=84)
            with pytest.raises(BadInput):
                await service.replay(to, Selection(), actor=boss, reason="why not", now=clock.instant)
            stranger = await actor("BC-2", Role.ADMIN, now=now)
            with pytest.raises(NotFound):
                await service.replay(to, Selection(), actor=stranger, reason="fixed", now=clock.instant)
            assert await service.replay(to, Selection(), actor=boss, reason="fixed", now=clock.instant) == 1
            with pytest.raises(Conflict):
                await service.replay_one(one.id, actor=boss, reason="fixed", now=clock.instant)
            clock.advance(timedelta(minutes=16))
            await service.deliver_due(clock.instant)
            [one] = await service.deliveries_of(to)
            assert (one.state, one.replays, len(one.attempts)) == ("done", 1, 11)
            assert {headers["webhook-id"] for _, headers, _ in there.calls} == {str(message)}
            noted = await fetch("SELECT detail FROM audit WHERE action = 'deliveries.replayed'")
            assert [json.loads(row["detail"])["reason"] for row in noted] == ["fixed"]
            await outgoing.close()


async def test_one_that_wants_no_more_gets_no_more_and_pausing_loses_nothing(database, clock):
    now = clock.instant
    await organisation("BC-1")
    boss = await actor("BC-1", Role.ADMIN, now=now)
    async with gateway() as there:
        with plain(there.origin) as adapter:
            to = await destination(now, at_once=1)
            adapter.addresses[to] = f"{there.origin}/in"
            await queued(to, now, 5, key="k")
            await service.pause(to, actor=boss, now=now)
            assert await service.deliver_due(now) == 0
            await service.resume(to, actor=boss, now=now)
            there.says = [(202, ""), (410, "")]
            await service.deliver_due(now)
            assert sent(there) == [0, 1]
            state = await service.state_of(to)
            assert (state.destination.state, state.waiting, state.dead) == ("gone", 0, 4)
            assert sorted(end for _, end in adapter.ended) == ["dead"] * 4 + ["done"]
            assert await queued(to, now, 1, first=9)
            assert (await service.state_of(to)).waiting == 0
            with pytest.raises(Conflict):
                await service.replay(to, Selection(), actor=boss, reason="asked", now=now)
            await service.resume(to, actor=boss, now=now)
            chosen = Selection(since=now, until=now + timedelta(days=1), states=("dead", "done"))
            assert await service.replay(to, chosen, actor=boss, reason="asked", now=now) == 5
            await service.deliver_due(now)
            assert sent(there)[2:] == [0, 1, 2, 3, 4]
            await outgoing.close()


async def test_what_was_never_opened_or_stands_outside_a_unit_of_work_is_a_mistake(database, clock):
    async with unit_of_work():
        with pytest.raises(LookupError):
            await service.enqueue("test", uuid4(), [Outgoing(id=uuid4(), topic="x")], now=clock.instant)
    with pytest.raises(RuntimeError):
        await service.enqueue("test", uuid4(), [], now=clock.instant)


async def test_what_waits_too_long_for_a_circuit_is_given_up_and_what_is_old_is_dropped(database, clock):
    now = clock.instant
    with plain("http://127.0.0.1:9") as adapter:
        to = await destination(now)
        adapter.addresses[to] = "http://127.0.0.1:9/x"
        await queued(to, now, 3, key="k")
        await service.deliver_due(now)
        await service.clear(now + timedelta(hours=80))
        assert {each.state.value for each in await service.deliveries_of(to)} == {"waiting", "behind"}
        await service.clear(now + timedelta(hours=90))
        assert {(each.state.value, each.why) for each in await service.deliveries_of(to)} == {
            ("dead", "expired")
        }
        assert len(adapter.ended) == 3
        await service.clear(now + timedelta(days=100))
        assert len(await service.deliveries_of(to)) == 3
        await service.clear(now + timedelta(days=200))
        assert await service.deliveries_of(to) == []
        assert (await fetch("SELECT count(*) AS n FROM delivery_attempt"))[0]["n"] == 0


async def test_a_broken_kind_harms_its_own_messages_alone(database, clock):
    now = clock.instant
    async with gateway() as there:
        with plain(there.origin) as adapter:
            good, bad = await destination(now), await destination(now)
            adapter.addresses[good] = f"{there.origin}/in"
            await queued(good, now, 5)
            await queued(bad, now, 5)
            # The address of `bad` is not known: building its calls raises.
            await service.deliver_due(now)
            assert len(there.calls) == 5
            assert {each.attempts[0].outcome for each in await service.deliveries_of(bad)} == {"unprepared"}
            await outgoing.close()


async def test_a_try_without_an_end_is_told_as_unknown_and_sent_again_after_its_lease(database, clock):
    now = clock.instant
    async with gateway() as there:
        with plain(there.origin) as adapter:
            to = await destination(now)
            adapter.addresses[to] = f"{there.origin}/in"
            await queued(to, now, 3)
            # As a worker that was killed leaves it.
            deliverer = service.Deliverer()
            await deliverer.take(now)
            await deliverer.rest()
            assert len(there.calls) == 3
            assert await service.deliver_due(now) == 0
            await execute("UPDATE delivery SET leased_until = leased_until - interval '1 hour'")
            assert await service.deliver_due(now) == 3
            # The first worker wakes late: what it knows is noted, and moves nothing.
            await deliverer.flush(now)
            for one in await service.deliveries_of(to):
                assert (one.state.value, [each.outcome.value for each in one.attempts]) == (
                    "done",
                    ["delivered"] * 2,
                )
            assert len(there.calls) == 6
            await outgoing.close()
