"""Clocks of dossiers over HTTP, their stored copies, and lead times."""

from datetime import datetime, timedelta, timezone

import pytest

from postal.db import fetch
from postal.identity.rules import Role
from postal.outbox.rules import Outcome
from postal.outbox.service import drain, run
from tests.factories.dossiers import AUTHORITY, DESK, OFFICE, Desks
from tests.factories.identity import headers
from tests.factories.pieces import scan

VIETNAM = timezone(timedelta(hours=7))


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """A moment of the autumn of 2026 in Vietnam."""
    return datetime(2026, month, day, hour, minute, tzinfo=VIETNAM)


@pytest.fixture
async def desks(client, clock):
    return await Desks(client, clock.instant).prepare()


async def told(desks, clock, code, kind, when, **fields):
    clock.set(when)
    answer = await desks.state(code, kind, **fields)
    assert answer.status_code == 201, answer.text


async def both_ways(desks, clock) -> str:
    """A dossier from hand to hand: accepted on Monday, delivered on the Wednesday of the week after next."""
    clock.set(at(23, 8))
    code = await desks.dossier()
    await scan("accept", code, OFFICE, at(23, 8, 30))
    await scan("receive", code, DESK, at(25, 9), counterparty=OFFICE)
    await told(desks, clock, code, "received", at(25, 10))
    await told(desks, clock, code, "step_done", at(27, 10))
    await told(desks, clock, code, "completed", at(30, 10))
    await told(desks, clock, code, "result_at_desk", at(30, 11))
    await scan("receive", f"{code}-KQ", OFFICE, at(1, 9, month=12), counterparty=DESK)
    await scan("deliver", f"{code}-KQ", OFFICE, at(2, 16, month=12))
    clock.set(at(3, 8, month=12))
    return code


async def clocks_of(desks, code, by=None, **query):
    answer = await desks.client.get(f"/api/v1/dossiers/{code}/clocks", params=query, headers=by or desks.desk)
    assert answer.status_code == 200, answer.text
    return answer.json()


def named(answer, name):
    return next(clock for clock in answer["clocks"] if clock["clock"] == name)


async def test_every_clock_of_a_dossier_from_hand_to_hand(desks, clock):
    answer = await clocks_of(desks, await both_ways(desks, clock))
    worked = {name: named(answer, name)["working_seconds"] / 3600 for name in ("C1", "C2", "C3", "C5", "C7")}
    # Tuesday 24 November is a holiday since 2026; a day has 7.5 hours here.
    assert worked == {
        "C1": 6.5 + 1.5,
        "C2": 1.0,
        "C3": 5.0 + 15.0 + 2.5,
        "C5": 4.0 + 1.5,
        "C7": 6.5 + 5 * 7.5 + 6.5,
    }
    verdicts = {each["clock"]: each["verdict"] for each in answer["clocks"] if each["clock"] != "C4"}
    assert verdicts == {
        "C1": None,
        "C2": "on_time",
        "C3": "early",
        "C5": "on_time",
        "C6": None,
        "C7": "early",
    }
    assert named(answer, "C3")["due"] == "2026-12-02T10:00:00Z"
    assert named(answer, "C3")["citation"]
    assert named(answer, "C3")["readings"]["handover"]["at"] == "2026-11-25T02:00:00Z"
    assert sum(day["worked_seconds"] for day in answer["days"]) == named(answer, "C3")["working_seconds"]
    assert {part["name"] for part in answer["parts"]} == {
        "inbound", "intake", "processing", "other", "pickup_wait", "return"
    }  # fmt: skip
    for parts in (answer["parts"], answer["holders"]):
        assert sum(part["working_seconds"] for part in parts) == named(answer, "C7")["working_seconds"]
        assert sum(part["calendar_seconds"] for part in parts) == named(answer, "C7")["calendar_seconds"]
    assert [part["name"] for part in answer["holders"]] == [OFFICE, DESK]


async def test_a_dossier_as_it_stood_at_an_earlier_instant(desks, clock):
    code = await both_ways(desks, clock)
    answer = await clocks_of(desks, code, as_of="2026-11-26T08:00:00+07:00")
    assert named(answer, "C3")["stopped"] is None
    assert named(answer, "C3")["verdict"] == "running"
    assert named(answer, "C5")["verdict"] == "not_started"


async def test_both_readings_of_a_supplement_are_given_and_an_extension_whitens_nothing(desks, clock):
    clock.set(at(23, 8))
    code = await desks.dossier()
    await told(desks, clock, code, "received", at(23, 9))
    await told(desks, clock, code, "supplement_requested", at(25, 9))
    await told(desks, clock, code, "supplemented", at(27, 9))
    await told(desks, clock, code, "step_done", at(27, 10))
    await told(
        desks, clock, code, "extended", at(3, 9, month=12), due="2026-12-14T17:00:00+07:00", apology="1/VB"
    )
    await told(desks, clock, code, "completed", at(9, 9, month=12))
    statutory = named(await clocks_of(desks, code), "C3")
    restart, subtract = statutory["alternatives"]
    assert (restart["reading"], subtract["reading"]) == ("restart", "subtract")
    assert restart["due"] == "2026-12-04T10:00:00Z", "five working days after the supplement"
    assert subtract["due"] == "2026-12-03T10:00:00Z", "the promise moved by two working days"
    assert (statutory["verdict"], statutory["verdict_extended"]) == ("late", "early")
    assert statutory["due_extended"] == "2026-12-14T10:00:00Z"
    assert [wait["kind"] for wait in statutory["waits"]] == ["supplement"]


async def test_what_may_not_be_seen_is_not_there(desks, clock):
    code = await both_ways(desks, clock)
    hidden = await desks.client.get(f"/api/v1/dossiers/{code}/clocks", headers=desks.stranger)
    assert hidden.status_code == 404
    assert (await desks.client.get(f"/api/v1/dossiers/{code}/clocks")).status_code == 401
    by_post = await clocks_of(desks, code, by=desks.clerk)
    assert "C4" not in {clock["clock"] for clock in by_post["clocks"]}
    assert "C4" in {clock["clock"] for clock in (await clocks_of(desks, code))["clocks"]}


async def test_stored_clocks_follow_the_ledger_and_give_lead_times(desks, clock):
    code = await both_ways(desks, clock)
    clock.set(at(26, 8))
    waiting = await desks.dossier()
    await scan("accept", waiting, OFFICE, at(26, 9))
    clock.set(at(3, 8, month=12))
    assert await drain() > 0
    stored = await fetch("SELECT * FROM dossier_clock WHERE dossier = $1 AND clock = 'C7'", code)
    assert [row["working_us"] for row in stored] == [50.5 * 3_600_000_000]
    answer = (await desks.client.get("/api/v1/lead-times?clock=C7&by=agency", headers=desks.desk)).json()
    (group,) = answer["groups"]
    assert (group["group"], group["n"], group["on_time"], group["open"]) == (AUTHORITY, 1, 1, 1)
    assert group["working"] == dict.fromkeys(("mean", "p50", "p90", "p99"), 50.5 * 3600)
    for by, label in (("office", OFFICE), ("month", "2026-11"), ("route", f"{OFFICE}>{DESK}")):
        found = (await desks.client.get(f"/api/v1/lead-times?clock=C7&by={by}", headers=desks.desk)).json()
        assert [each["group"] for each in found["groups"]] == [label]
    empty = (await desks.client.get("/api/v1/lead-times?from=2026-12-01", headers=desks.desk)).json()
    assert empty["groups"] == []
    stranger = (await desks.client.get("/api/v1/lead-times?clock=C7", headers=desks.stranger)).json()
    assert stranger["groups"] == []
    control = await headers(DESK, Role.REGULATOR, now=clock.instant)
    assert (await desks.client.get("/api/v1/lead-times", headers=control)).json()["groups"][0]["n"] == 1


async def test_refreshing_again_changes_nothing(desks, clock):
    await both_ways(desks, clock)
    await drain()
    before = await fetch("SELECT dossier_clock::text FROM dossier_clock ORDER BY 1")
    clock.advance(timedelta(days=3))
    from postal.db import unit_of_work
    from shipments.clocks.service import refresh

    async with unit_of_work():
        await refresh({"dossiers": [row["code"] for row in await fetch("SELECT code FROM dossier")]})
    assert await fetch("SELECT dossier_clock::text FROM dossier_clock ORDER BY 1") == before


@pytest.mark.parametrize("query", ["clock=C9", "by=weekday", "from=yesterday"])
async def test_a_question_that_makes_no_sense_is_refused(desks, query):
    answer = await desks.client.get(f"/api/v1/lead-times?{query}", headers=desks.desk)
    assert answer.status_code == 400


async def test_the_changes_of_many_dossiers_are_computed_in_one_run(desks, clock):
    clock.set(at(23, 8))
    codes = [await desks.dossier() for _ in range(3)]
    for code in codes:
        await scan("accept", code, OFFICE, at(23, 9))
    (first, *_others) = await fetch("SELECT id FROM outbox WHERE topic = 'dossier.changed' ORDER BY position")
    assert await run(first["id"]) is Outcome.DONE
    assert await fetch("SELECT FROM outbox WHERE topic = 'dossier.changed' AND done_at IS NULL") == []
    assert {row["dossier"] for row in await fetch("SELECT dossier FROM dossier_clock")} == set(codes)
