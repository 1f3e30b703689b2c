"""Sums of steps that are kept are those that the rule makes of all cases, and a rebuild gives them to the byte."""

import random
from datetime import date, datetime, timedelta, timezone

import pytest
from msgspec.structs import replace

from postal.db import as_owner, execute, fetch_value, unit_of_work
from postal.identity.rules import Actor
from postal.ledger.projections import rebuild
from postal.outbox.service import drain
from shipments.dossiers import repository as dossiers
from shipments.steps import repository
from shipments.steps.repository import Asked
from shipments.steps.rules import Basis, Planned, StepTime, longest_first, parts_of, summed
from shipments.steps.service import export
from shipments.steps.service.measuring import MOST_SUMS, _named, measure
from tests.factories.dossiers import AUTHORITY, DESK, OFFICE, Desks
from tests.factories.pieces import scan

VIETNAM = timezone(timedelta(hours=7))
HOUR = 3_600_000_000
PLAN = tuple(
    Planned(number=number, name_vi=f"Bước {number}", name_en=f"Step {number}", hours=number, unit_kind="unit")
    for number in (1, 2)
)
PERIOD = Asked(begin=date(2026, 1, 1), end=date(2027, 1, 1))
INSPECTOR = Actor(kind="key", id="tt", reads_everything=True)
HEAD = Actor(kind="key", id="a", sees=frozenset({"A1", "M2"}))


@pytest.fixture
async def desks(client, clock):
    return await Desks(client, clock.instant).prepare()


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=VIETNAM)


def some_steps(chance):
    return tuple(
        StepTime(
            ordinal=ordinal,
            party=chance.choice(["P1", "P2", None]),
            step=None if planned else chance.choice([None, "look"]),
            planned=planned,
            started_at=at(1, 8),
            taken_up_at=None,
            stopped_at=None if chance.random() < 0.1 else at(2, 8),
            basis=chance.choice(list(Basis)),
            waiting_us=chance.randrange(3 * HOUR),
            worked_us=chance.randrange(3 * HOUR),
            person=None,
            row=None,
        )
        for ordinal in range(chance.randrange(4))
        for planned in [chance.choice([*PLAN, None])]
    )


async def read(actor, asked=PERIOD):
    found = await repository.sums(actor, asked, MOST_SUMS)
    return found.cases, sorted((_named(each, PLAN) for each in found.found), key=longest_first)


async def test_any_order_of_changes_gives_what_the_rule_makes_of_all_cases(desks, database):
    chance = random.Random(5)
    some = (await dossiers.find_many([code := await desks.dossier()]))[code]
    cases = {}
    for _ in range(6):
        changed = [f"H57-{number}" for number in chance.sample(range(40), 18)]
        for code in changed:
            ended = None if chance.random() < 0.2 else at(1, 9) - timedelta(days=chance.randrange(200))
            dossier = replace(
                some,
                code=code,
                procedure=chance.choice(["1.1", "1.2"]),
                procedure_version=chance.choice([1, 2]),
                authority=chance.choice(["A1", "A2"]),
                desk=chance.choice(["M1", "M2"]),
                unit=chance.choice([None, "U1"]),
                received_at=at(1, 8),
                ended_at=ended,
            )
            cases[code] = (dossier, some_steps(chance))
        async with unit_of_work():
            await repository.count(changed, [part for code in changed for part in parts_of(*cases[code])])
    for actor, whole in ((INSPECTOR, True), (HEAD, False)):
        for procedure in (None, "1.2"):
            ours = [
                (dossier, times)
                for dossier, times in cases.values()
                if dossier.ended_at and procedure in (None, dossier.procedure)
                if whole or {dossier.authority, dossier.desk} & HEAD.sees
            ]
            wanted = summed(
                ((one.procedure, one.procedure_version, time) for one, times in ours for time in times),
                whole=whole,
            )
            assert len(wanted) > 5
            assert await read(actor, replace(PERIOD, procedure=procedure)) == (len(ours), list(wanted))
    slow, after = [], None
    while page := await repository.exceeded(HEAD, PERIOD, after, 3):
        slow += [(one.dossier, one.ordinal) for one in page]
        after = (page[-1].ended_at, page[-1].dossier, page[-1].ordinal)
    assert sorted(slow) == sorted(
        (dossier.code, time.ordinal)
        for dossier, times in cases.values()
        if dossier.ended_at and {dossier.authority, dossier.desk} & HEAD.sees
        for time in times
        if time.exceeded and time.stopped_at
    )
    assert len(slow) > 5


async def test_a_scan_within_a_step_moves_its_sum_and_a_rebuild_gives_the_same_to_the_byte(
    desks, clock, database
):
    clock.set(at(23, 8))
    first, second = await desks.dossier(), await desks.dossier(service_mode="return", office=None)
    await scan("accept", first, OFFICE, at(23, 9))
    clock.set(at(24, 10))
    await desks.states(first, "received", "step_done", "completed")
    await desks.states(second, "received")
    await drain()
    assert await fetch_value("SELECT count(*) FROM step_part WHERE dossier = $1", second) == 0
    before = await read(INSPECTOR)
    assert before[0] == 1
    clock.set(at(25, 10))
    await desks.states(second, "step_done", "completed")
    await scan("receive", first, DESK, at(23, 11), counterparty=OFFICE)
    await drain()
    cases, sums = await read(INSPECTOR)
    assert (cases, len(sums) > 0) == (2, True)
    own = Actor(kind="key", id="a", sees=frozenset({AUTHORITY}))
    found = await dossiers.find_many([first, second])
    times = await measure([first, second], clock.instant)
    wanted = summed(
        (found[code].procedure, found[code].procedure_version, each) for code in times for each in times[code]
    )
    assert sum(each.n for each in wanted) == sum(each.n for each in sums)
    held = (await repository.sums(own, PERIOD, MOST_SUMS)).found
    assert sorted(
        (one.number, one.party, one.waiting_us, one.worked_us, one.unseen) for one in held
    ) == sorted(
        (each.number or 0, each.party or "", each.waiting_us, each.worked_us, each.unseen) for each in wanted
    )
    kept = await export()
    async with as_owner(database):
        await execute("UPDATE step_sum SET n = n + 1")
        await execute("DELETE FROM step_part WHERE ordinal = 0")
        await rebuild(chunk=2)
        assert await export() == kept
    await drain()
    assert await export() == kept
