"""Open clocks: what will be late and whose step holds it; refreshes side by side."""

import asyncio
from datetime import datetime, timedelta, timezone

import pytest

from postal.db import count_statements, fetch, fetch_value, unit_of_work
from postal.identity.rules import Role
from postal.network.rules import OPERATOR
from postal.outbox.service import drain
from shipments.clocks import repository, service
from shipments.clocks.rules import ClockName, Verdict
from tests.factories.dossiers import DESK, OFFICE, Desks
from tests.factories.identity import headers
from tests.factories.inspections import INSPECTOR
from tests.factories.pieces import scan

VIETNAM = timezone(timedelta(hours=7))


def at(day: int, hour: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=VIETNAM)


@pytest.fixture
async def desks(client, clock):
    clock.set(at(23, 8))
    return await Desks(client, clock.instant).prepare()


async def told(desks, clock, code, kind, when, **fields):
    clock.set(when)
    answer = await desks.state(code, kind, **fields)
    assert answer.status_code == 201, answer.text


async def test_open_clocks_say_how_they_stand_whose_step_it_is_and_page_by_due_instant(desks, clock):
    codes = [await desks.dossier() for _ in range(4)]
    overdue, near, waiting, done = codes
    for code in codes:
        await scan("accept", code, OFFICE, at(23, 9))
        await told(desks, clock, code, "received", at(25, 9), due="2026-11-30T17:00:00+07:00")
    await told(desks, clock, near, "step_done", at(26, 9))
    await told(desks, clock, near, "fee_due", at(26, 10))
    await told(desks, clock, near, "fee_paid", at(27, 10))
    await told(desks, clock, waiting, "supplement_requested", at(26, 11))
    await told(desks, clock, done, "step_done", at(26, 11))
    await told(desks, clock, done, "completed", at(26, 12))
    await drain()
    clock.set(at(1, 15, month=12))

    async def read(by=desks.desk, **query):
        answer = await desks.client.get("/api/v1/clocks/open", params=query, headers=by)
        assert answer.status_code == 200, answer.text
        return answer.json()

    found = await read()
    standing = {each["dossier"]: (each["standing"], each["holder"]) for each in found["items"]}
    assert standing == {overdue: ("overdue", DESK), near: ("near_due", DESK), waiting: ("paused", "CITIZEN")}
    assert [each["dossier"] for each in (await read(standing="overdue"))["items"]] == [overdue]
    assert [each["dossier"] for each in (await read(holder="CITIZEN"))["items"]] == [waiting]
    first = await read(limit=1)
    rest = await read(limit=2, cursor=first["next_cursor"])
    assert [each["dossier"] for each in first["items"] + rest["items"]] == [
        each["dossier"] for each in found["items"]
    ]
    assert (await read(by=desks.stranger))["items"] == []
    loads = (await desks.client.get("/api/v1/clocks/holders", headers=desks.desk)).json()
    assert loads[0] == {"holder": DESK, "open": 2, "near_due": 1, "overdue": 1, "paused": 0}
    everything = await repository.open_clocks(None, now=clock.instant, clocks=("C3", "C7"))
    assert {each.clock for each in everything} == {"C3", "C7"}
    inspector = await headers(OPERATOR, Role.REGULATOR, now=clock.instant)
    assert len((await read(by=inspector))["items"]) == 3


async def test_refreshes_of_other_dossiers_run_side_by_side_and_of_the_same_one_after_the_other(desks, clock):
    codes = sorted([await desks.dossier() for _ in range(6)])
    for code in codes:
        await scan("accept", code, OFFICE, at(23, 9))
    entered, leave = asyncio.Event(), asyncio.Event()

    async def hold(held):
        async with unit_of_work():
            await service.recompute(held)
            entered.set()
            await leave.wait()

    async def refreshed(wanted):
        async with unit_of_work():
            await service.recompute(wanted)

    holding = asyncio.create_task(hold(codes[:3]))
    await entered.wait()
    await asyncio.wait_for(refreshed(codes[3:]), 5)
    same = asyncio.create_task(refreshed([codes[0], codes[5]]))
    done, _ = await asyncio.wait({same}, timeout=0.2)
    assert not done, "it shares a dossier with a refresh under way"
    leave.set()
    await asyncio.gather(holding, same)
    assert await fetch_value("SELECT count(DISTINCT dossier) FROM dossier_clock") == 6


async def test_refreshes_that_overlap_in_every_way_end_without_a_deadlock(desks, clock):
    codes = [await desks.dossier() for _ in range(8)]
    for code in codes:
        await scan("accept", code, OFFICE, at(23, 9))

    at_once = asyncio.Semaphore(2)

    async def refreshed(turn):
        async with at_once, unit_of_work():
            # Given in every order; the locks are taken in one.
            await service.recompute((codes[turn % 8 :] + codes[: turn % 8])[:: 1 if turn % 2 else -1][:5])

    await asyncio.wait_for(asyncio.gather(*(refreshed(turn) for turn in range(10))), 60)
    before = await fetch("SELECT dossier_clock::text FROM dossier_clock ORDER BY 1")
    assert len({row["dossier"] for row in await fetch("SELECT dossier FROM dossier_clock")}) == 8
    async with unit_of_work():
        assert await service.recompute(codes) == [], "nothing differs, so nothing is written or told"
    assert await fetch("SELECT dossier_clock::text FROM dossier_clock ORDER BY 1") == before
    counted = []
    for some in (codes[:1], codes):
        async with unit_of_work():
            with count_statements() as statements:
                await service.recompute(some)
        counted.append(statements.total)
    assert counted[0] == counted[1], "as many statements for one dossier as for many"


async def test_lists_in_sql_and_verdicts_agree_on_near_due_at_every_edge(desks, clock):
    code = await desks.dossier()
    await scan("accept", code, OFFICE, at(23, 9))
    await told(desks, clock, code, "received", at(23, 10))
    await drain()
    kept = [
        each
        for each in await repository.open_clocks(None, now=clock.instant, clocks=tuple(ClockName))
        if each.near_at is not None
    ]
    named = {Verdict.LATE.value: "overdue"}
    assert {each.clock for each in kept} >= {"C3"}
    # The constants hold both: the last working day begins at midnight, here before the last fifth of the limit.
    legal = next(each for each in kept if each.clock == "C3")
    assert legal.near_at.astimezone(VIETNAM).hour == 0
    tick = timedelta(microseconds=1)
    for moment in sorted(
        {edge + d for each in kept for edge in (each.near_at, each.due) for d in (-tick, tick * 0, tick)}
    ):
        if moment <= clock.instant:
            continue
        told_by_rules = (await service.clocks_of(code, actor=INSPECTOR, now=moment)).clocks.clocks
        by_rules = {
            (each.clock.value, each.ordinal): named.get(each.verdict.value, each.verdict.value)
            for each in told_by_rules
            if each.due is not None and each.stopped is None and each.started is not None
        }
        by_sql = {
            (each.clock, each.ordinal): each.standing.value
            for each in await repository.open_clocks(None, now=moment, clocks=tuple(ClockName))
        }
        assert by_sql == by_rules, moment
