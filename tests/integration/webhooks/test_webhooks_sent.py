"""Subscribers are called once with each event, in order for each item, whatever became of them in between."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from integrations.deliveries import service as queue
from integrations.deliveries.service import deliver_due
from integrations.feed.rules import Cursor, Wanted
from integrations.signing.rules import verified
from integrations.webhooks import service
from integrations.webhooks.rules import SubscriptionChange
from postal import db, registry
from postal.http.paging import decode_cursor
from postal.ledger.service import record
from shipments.pieces.rules import PieceKind, Registration, s10
from shipments.pieces.service import register_pieces
from tests.factories.custody import OFFICE, OTHER, network
from tests.factories.feed import Reader, reader_of
from tests.factories.pieces import a_scan
from tests.factories.receivers import integrator, receiver, subscribed

ITEMS = [s10("DH", 50_000_000 + number) for number in range(4)]
DAY = timedelta(days=1)


@pytest.fixture
async def outside():
    async with receiver() as served:
        yield served


@pytest.fixture
async def made(settings, outside, clock):
    """An office whose items are registered, in a process that is configured to call the receiver."""
    configured = replace(settings, outgoing=replace(settings.outgoing, trusted=(outside.origin,)))
    registry.configure(configured)
    await network(clock.instant)
    await registered(clock.instant)
    return configured


async def registered(now, codes=ITEMS, owner=OFFICE):
    wanted = [Registration(code=code, kind=PieceKind.ITEM, origin=owner, destination=owner) for code in codes]
    await put(register_pieces(wanted, now=now, actor_organisation=owner))


async def put(rows):
    async with db.unit_of_work():
        await record(rows)
    return [str(each.content.id) for each in rows]


async def held(code, at, owner=OFFICE):
    return (await put([a_scan("hold", code, owner, at)]))[0]


async def work(now):
    """Do what the worker does until nothing is left to do."""
    await service.fan_out(now)
    return await deliver_due(now)


def ids(events):
    return [event["id"] for event in events]


async def test_each_event_that_is_seen_and_wanted_comes_once_signed_and_thin(made, outside, clock):
    now = clock.instant
    one, secret = await subscribed(OFFICE, outside.address, now, wanted=Wanted(kinds=frozenset({"hold"})))
    theirs = s10("DH", 70_000_000)
    await registered(now, [theirs], OTHER)
    await held(theirs, now, OTHER)
    wanted = [await held(ITEMS[0], now) for _ in range(3)]
    for _ in range(2):
        await work(now)
    assert ids(outside.events) == wanted
    assert len(outside.calls) == 3
    assert outside.all_verified([secret], now)
    [seen] = {frozenset(event) for event in outside.events}
    assert {"id", "code", "kind", "at", "cursor"} <= seen
    assert not seen & {"person", "note", "name"}
    # What the feed shows is what came, and its cursor leads on from there.
    reader = await Reader(reader_of(OFFICE), wanted=one.wanted).catch_up()
    assert [str(event.id) for event in reader] == wanted
    log = await service.deliveries_of(one.id, integrator(OFFICE), (), None, 10)
    assert [entry.state for entry in log] == ["done"] * 3
    assert {attempt.status for entry in log for attempt in entry.attempts} == {204}


async def test_a_failed_call_comes_again_with_its_id_and_holds_up_its_own_item_alone(made, outside, clock):
    now = clock.instant
    await subscribed(OFFICE, outside.address, now)
    first, second = await held(ITEMS[0], now), await held(ITEMS[0], now)
    outside.says = [404]
    await work(now)
    assert ids(outside.events) == []
    other = await held(ITEMS[1], now)
    await work(now)
    assert ids(outside.events) == [other]
    clock.advance(timedelta(seconds=6))
    await work(clock.instant)
    assert ids(outside.events) == [other, first, second]
    assert len({headers["webhook-id"] for headers, _, _ in outside.calls}) == 3
    stamps = [headers["webhook-timestamp"] for headers, body, _ in outside.calls if first.encode() in body]
    assert int(stamps[1]) - int(stamps[0]) >= 5


async def test_a_rotation_signs_with_both_secrets_for_a_day_and_then_with_the_new_one(made, outside, clock):
    now = clock.instant
    one, old = await subscribed(OFFICE, outside.address, now)
    new = (await service.rotate(one.id, actor=integrator(OFFICE), now=now)).secret
    for hours in (0, 23, 25):
        clock.set(now + timedelta(hours=hours))
        await service.ping(one.id, actor=integrator(OFFICE), now=clock.instant)
        await work(clock.instant)
    signatures = [headers["webhook-signature"].split() for headers, _, _ in outside.calls]
    assert [len(each) for each in signatures] == [2, 2, 1]
    for (headers, body, _), known in zip(outside.calls, ([old, new], [old, new], [new]), strict=True):
        assert all(signed_with(secret, headers, body) for secret in known)
    assert not signed_with(old, outside.calls[-1][0], outside.calls[-1][1])
    # Where the old one was betrayed it ends at once.
    newest = (await service.rotate(one.id, timedelta(), actor=integrator(OFFICE), now=clock.instant)).secret
    await service.ping(one.id, actor=integrator(OFFICE), now=clock.instant)
    await work(clock.instant)
    headers, body, _ = outside.calls[-1]
    assert signed_with(newest, headers, body)
    assert not signed_with(new, headers, body)


def signed_with(secret, headers, body):
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    return verified([secret], headers, body, at)


async def test_gone_ends_the_calls_and_going_on_sends_what_was_missed_or_leaves_it_out(made, outside, clock):
    now = clock.instant
    one, _ = await subscribed(OFFICE, outside.address, now)
    outside.status = 410
    missed = [await held(ITEMS[0], now)]
    await work(now)
    stopped = await service.get(one.id, integrator(OFFICE))
    assert (stopped.state, stopped.why) == ("disabled", "gone")
    assert await service.needing(integrator(OFFICE), now) == 1
    missed += [await held(ITEMS[0], now), await held(ITEMS[1], now)]
    clock.advance(3 * DAY)
    calls = len(outside.calls)
    await work(clock.instant)
    assert len(outside.calls) == calls == 1
    assert (await service.behind_of(stopped)).rows == 2
    outside.status = 204
    await service.enable(one.id, "stopped", actor=integrator(OFFICE), now=clock.instant)
    await work(clock.instant)
    assert sorted(ids(outside.events)) == sorted(missed)
    assert [each for each in ids(outside.events) if each in missed[:2]] == missed[:2]
    stop = SubscriptionChange(disabled=True)
    await service.change(one.id, stop, actor=integrator(OFFICE), now=clock.instant)
    await held(ITEMS[0], clock.instant)
    await work(clock.instant)
    await service.enable(one.id, "now", actor=integrator(OFFICE), now=clock.instant)
    last = await held(ITEMS[1], clock.instant)
    await work(clock.instant)
    assert ids(outside.events)[len(missed) :] == [last]


async def test_a_receiver_that_was_down_for_thirty_days_catches_up_in_order_by_cursor_and_by_replay(
    made, outside, clock
):
    await down_for_thirty_days(made, outside, clock, a_day=3)


async def down_for_thirty_days(made, outside, clock, a_day):
    """Nothing is lost for whoever reads on behind the last cursor, nor for whoever has it all sent again."""
    one, _ = await subscribed(OFFICE, outside.address, clock.instant)
    await held(ITEMS[0], clock.instant)
    await work(clock.instant)
    [known] = outside.events
    outside.status = 503
    written = []
    for number in range(30 * a_day):
        clock.advance(DAY / a_day)
        written.append((ITEMS[number % len(ITEMS)], await held(ITEMS[number % len(ITEMS)], clock.instant)))
        await work(clock.instant)
        await service.tend(clock.instant)
    stopped = await service.get(one.id, integrator(OFFICE))
    assert (stopped.state, stopped.why) == ("disabled", "failing")
    days = (stopped.state_at - stopped.made_at) / DAY
    assert 5 <= days < 7
    # (a) Behind the last event that it knows stands all that it missed.
    read = await Reader(reader_of(OFFICE), decode_cursor(known["cursor"], Cursor)).catch_up(7)
    assert [(event.code, str(event.id)) for event in read] == written
    # (b) So it stands in what is sent from where it stopped, and again in a replay.
    outside.status = 204
    await service.enable(one.id, "stopped", actor=integrator(OFFICE), now=clock.instant)
    await work(clock.instant)
    caught_up = outside.events[1:]
    assert len(caught_up) == len(written)
    for code in ITEMS:
        assert [event["id"] for event in caught_up if event["code"] == code] == [
            i for c, i in written if c == code
        ]
    outside.calls.clear()
    await service.replay(
        one.id,
        since=clock.instant - 10 * DAY,
        before=clock.instant,
        actor=integrator(OFFICE),
        now=clock.instant,
    )
    await work(clock.instant)
    for code in ITEMS:
        told = [event["id"] for event in outside.events if event["code"] == code]
        assert told == [i for c, i in written[20 * a_day - 1 : -1] if c == code]
    assert (await service.get(one.id, integrator(OFFICE))).replay is None


async def test_what_waits_while_a_range_is_sent_again_stays_in_order(made, outside, clock):
    now = clock.instant
    one, _ = await subscribed(OFFICE, outside.address, now)
    wanted = [await held(ITEMS[0], now) for _ in range(3)]
    await work(now)
    outside.status = 404
    wanted += [await held(ITEMS[0], now) for _ in range(2)]
    await work(now)
    start = (await Reader(reader_of(OFFICE)).catch_up())[len(ITEMS)].at
    outside.calls.clear()
    outside.status = 204
    await service.replay(one.id, after=start, actor=integrator(OFFICE), now=now)
    wanted.append(await held(ITEMS[0], now))
    await work(now)
    assert [said["data"]["id"] for _, said in outside.taken] == wanted[1:]


async def test_one_that_is_dead_and_one_that_hangs_slow_nobody(made, outside, clock):
    now = clock.instant
    async with AsyncExitStack() as stack:
        others = [await stack.enter_async_context(receiver()) for _ in range(4)]
        dead, hanging = others[0], others[1]
        origins = (outside.origin, *(other.origin for other in others))
        registry.configure(replace(made, outgoing=replace(made.outgoing, trusted=origins)))
        for other in (outside, *others):
            await subscribed(OFFICE, other.address, now)
        hanging.hangs = True
        dead.close()
        dead.status = 500
        wanted = [await held(ITEMS[number % 4], now) for number in range(40)]
        keeping = asyncio.create_task(queue.keep_delivering())
        await service.fan_out(now)
        try:
            async with asyncio.timeout(10):
                while any(len(other.events) < 40 for other in (outside, *others[2:])):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        finally:
            hanging.close()
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
        for other in (outside, *others[2:]):
            assert sorted(ids(other.events)) == sorted(wanted)
