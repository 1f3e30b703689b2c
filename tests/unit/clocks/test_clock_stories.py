"""Clocks in telling situations, each a story of a few rows."""

from datetime import datetime, timedelta, timezone
from itertools import count
from uuid import UUID

import pytest

from postal.law.rules import Reading, Zone
from shipments.clocks.rules import ClockName, Facts, Verdict, compute
from shipments.custody.rules import CITIZEN, Phase, Step
from shipments.dossiers.rules import CaseEvent, CaseKind
from tests.factories.law import procedure, standard, terms

VIETNAM = timezone(timedelta(hours=7))
OFFICE, DESK, AUTHORITY = "BC-1", "DESK-1", "H24.1"
numbers = count(1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=VIETNAM)


def step(kind: str, when: str, *claims: str, phase: Phase = Phase.HELD, by: str | None = None) -> Step:
    return Step(
        row=UUID(int=next(numbers)),
        kind=kind,
        at=at(when),
        organisation=by or (claims[0] if claims else None),
        claims=claims,
        phase=phase,
    )


def event(kind: str, when: str, **body) -> CaseEvent:
    if "due" in body:
        body["due"] = at(body["due"])
    return CaseEvent(
        id=UUID(int=next(numbers)), kind=CaseKind(kind), at=at(when), organisation=DESK, body=body
    )


def story(*told, result=(), uncertain=0, **different) -> Facts:
    events = tuple(each for each in told if isinstance(each, CaseEvent))
    papers = tuple(each for each in told if isinstance(each, Step))
    errors = {each.row: uncertain for each in (*papers, *result)} if uncertain else {}
    return Facts(
        code="H24-20261125-0000001",
        authority=AUTHORITY,
        desk=DESK,
        events=events,
        papers=papers,
        result=tuple(result),
        uncertainty_ms=errors,
        **different,
    )


def clock(name: str, facts: Facts, now: str, **rules):
    return compute(facts, terms(**rules), at(now)).get(ClockName(name))


def test_a_leg_is_in_time_until_its_last_day_is_over():
    facts = story(step("accept", "11-23 16:00", OFFICE), step("receive", "11-26 23:59", DESK))
    inbound = standard(Zone.INTER, 2)
    leg = clock("C1", facts, "11-30 08:00", inbound=inbound)
    assert (leg.verdict, leg.limit, leg.citation) == (Verdict.ON_TIME, "J+2", "TT 17/2017/TT-BTTTT Đ7")
    assert leg.due == at("11-26 23:59:59.999999"), "the holiday on Tuesday is no working day"
    late = story(step("accept", "11-23 16:00", OFFICE), step("receive", "11-27 00:10", DESK))
    assert clock("C1", late, "11-30 08:00", inbound=inbound).verdict is Verdict.LATE
    early = story(step("accept", "11-23 16:00", OFFICE), step("receive", "11-25 10:00", DESK))
    assert clock("C1", early, "11-30 08:00", inbound=inbound).verdict is Verdict.EARLY


def test_a_device_whose_clock_may_err_past_the_due_instant_decides_nothing():
    rows = (step("accept", "11-23 16:00", OFFICE), step("receive", "11-27 00:10", DESK))
    inbound = standard(Zone.INTER, 2)
    sure, doubtful = story(*rows, uncertain=60_000), story(*rows, uncertain=900_000)
    assert clock("C1", sure, "11-30 08:00", inbound=inbound).verdict is Verdict.LATE
    assert clock("C1", doubtful, "11-30 08:00", inbound=inbound).verdict is Verdict.UNDECIDED


def test_what_comes_after_three_in_the_afternoon_is_passed_on_next_morning():
    friday = story(
        step("accept", "02-12 16:00", OFFICE),
        step("receive", "02-13 15:05", DESK),
        event("received", "02-23 08:10"),
    )
    intake = clock("C2", friday, "02-24 08:00")
    assert (intake.due, intake.verdict) == (at("02-23 08:30"), Verdict.ON_TIME), "across Tết"
    morning = story(step("accept", "02-12 16:00", OFFICE), step("receive", "02-13 14:55", DESK))
    assert clock("C2", morning, "02-13 16:00").due == at("02-13 17:00")
    assert clock("C2", morning, "02-23 08:00").verdict is Verdict.LATE


def test_a_supplement_may_be_asked_within_three_working_days():
    facts = story(
        step("accept", "11-25 08:00", OFFICE),
        step("receive", "11-25 09:00", DESK),
        event("supplement_requested", "11-30 16:00"),
    )
    intake = clock("C2", facts, "12-01 08:00")
    assert (intake.rule, intake.verdict) == ("intake.supplement_notice_days", Verdict.ON_TIME)


def test_the_statutory_clock_starts_where_the_reading_says():
    told = (
        step("accept", "11-25 08:00", OFFICE),
        step("receive", "11-25 09:00", DESK),
        event("received", "11-25 10:00"),
        step("receive", "11-26 09:00", AUTHORITY),
    )
    for reading, start in (
        (None, "11-25 10:00"),
        (Reading.HANDOVER, "11-25 09:00"),
        (Reading.COMPLETE, "11-25 09:00"),
        (Reading.AUTHORITY, "11-26 09:00"),
    ):
        found = clock("C3", story(*told), "11-27 08:00", procedure=procedure(reading=reading))
        assert found.started.at == at(start), reading
        assert set(found.readings) == {"handover", "complete", "slip", "authority"}
    territory_free = procedure(territory_free=True)
    assert clock("C3", story(*told), "11-27 08:00", procedure=territory_free).started.at == at("11-26 09:00")


def test_a_promise_in_writing_holds_before_the_published_limit():
    facts = story(event("received", "11-25 10:00", due="11-27 17:00"), event("completed", "11-30 09:00"))
    assert clock("C3", facts, "12-01 08:00").verdict is Verdict.LATE
    unpromised = story(event("received", "11-25 10:00"), event("completed", "11-30 09:00"))
    assert clock("C3", unpromised, "12-01 08:00").verdict is Verdict.ON_TIME


def test_an_extension_is_judged_beside_the_first_promise():
    facts = story(
        event("received", "11-25 10:00", due="11-27 17:00"),
        event("extended", "11-26 10:00", due="12-04 17:00", apology="1"),
        event("completed", "12-03 09:00"),
    )
    found = clock("C3", facts, "12-05 08:00")
    assert (found.verdict, found.verdict_extended) == (Verdict.LATE, Verdict.EARLY)
    assert (found.due, found.due_extended) == (at("11-27 17:00"), at("12-04 17:00"))


def test_a_second_supplement_is_late_for_the_index_and_not_by_that_alone_for_the_law():
    facts = story(
        event("received", "11-25 08:00"),
        event("supplement_requested", "11-25 09:00"),
        event("supplemented", "11-26 09:00"),
        event("supplement_requested", "11-26 10:00", override=True, reason="LAW"),
        event("supplemented", "11-27 09:00"),
        event("completed", "11-30 09:00"),
    )
    restart, subtract = clock("C3", facts, "12-01 08:00").alternatives
    assert (restart.verdict, subtract.verdict) == (Verdict.EARLY, Verdict.LATE)
    assert restart.due == at("12-02 17:00")


def test_while_the_citizen_is_waited_for_the_clock_stands():
    facts = story(event("received", "11-25 08:00"), event("supplement_requested", "11-26 08:00"))
    early, late = (clock("C3", facts, now) for now in ("11-26 09:00", "12-28 09:00"))
    assert early.working_us == late.working_us == int(7.5 * 3600e6)
    assert late.verdict in (Verdict.RUNNING, Verdict.NEAR_DUE)


@pytest.mark.parametrize(
    ("now", "verdict"),
    [
        ("11-26 08:00", "running"),
        ("11-30 14:30", "near_due"),
        ("11-30 17:00", "near_due"),
        ("11-30 17:01", "late"),
    ],
)
def test_an_open_clock_says_how_it_stands(now, verdict):
    facts = story(event("received", "11-25 10:00"))
    assert clock("C3", facts, now).verdict.value == verdict


def test_a_counter_leg_ends_when_the_citizen_is_told_to_come():
    facts = story(
        event("received", "11-25 10:00"),
        event("completed", "11-26 10:00"),
        event("result_at_desk", "11-26 11:00"),
        result=(
            step("receive", "11-26 15:00", OFFICE),
            step("hold", "11-27 09:00", OFFICE, phase=Phase.AWAITING_PICKUP),
            step("deliver", "12-03 16:00", CITIZEN, phase=Phase.DELIVERED, by=OFFICE),
        ),
    )
    rules = terms(outbound=standard(Zone.INNER, 1))
    found = compute(facts, rules, at("12-05 08:00"))
    leg, whole = found.get(ClockName.RETURN), found.get(ClockName.END_TO_END)
    assert (leg.stopped.at, leg.verdict) == (at("11-27 09:00"), Verdict.ON_TIME)
    assert whole.stopped.at == at("12-03 16:00")
    parts = {part.name: part.calendar_us // 3_600_000_000 for part in found.parts}
    assert parts == {"processing": 24, "other": 1, "pickup_wait": 4, "return": 18, "citizen_wait": 151}


def test_a_result_that_went_back_leaves_the_whole_open():
    facts = story(
        event("received", "11-25 10:00"),
        event("completed", "11-26 10:00"),
        result=(
            step("receive", "11-26 15:00", OFFICE),
            step("attempt_failed", "11-27 09:00", OFFICE),
            step("attempt_failed", "12-01 09:00", OFFICE),
            step("receive", "12-03 09:00", DESK),
        ),
    )
    found = compute(facts, terms(outbound=standard(Zone.INNER, 1)), at("12-05 08:00"))
    assert found.get(ClockName.RETURN).stopped.at == at("12-03 09:00")
    assert found.get(ClockName.END_TO_END).stopped is None


def test_each_step_of_a_case_belongs_to_the_unit_that_did_it():
    facts = story(
        event("received", "11-25 08:00"),
        event("step_done", "11-25 10:00", step="kiểm tra", unit="PHONG-1"),
        event("transferred", "11-25 11:00", unit="PHONG-2", due="11-26 17:00"),
        event("step_done", "11-27 10:00", step="thẩm định", unit="PHONG-2"),
        event("completed", "11-27 11:00"),
    )
    found = [
        each for each in compute(facts, terms(), at("12-01 08:00")).clocks if each.clock is ClockName.STEP
    ]
    assert [(each.party, each.step, each.verdict) for each in found] == [
        ("PHONG-1", "kiểm tra", None),
        (DESK, None, None),
        ("PHONG-2", "thẩm định", Verdict.LATE),
        ("PHONG-2", None, Verdict.LATE),
    ]


def test_a_row_from_a_mad_clock_starts_nothing():
    mad = Step(row=UUID(int=1), kind="accept", at=datetime(1971, 1, 1, tzinfo=VIETNAM), organisation=OFFICE)
    facts = story(mad, step("receive", "11-25 09:00", DESK), event("received", "11-25 10:00"))
    assert clock("C1", facts, "11-26 08:00").verdict is Verdict.NOT_STARTED
    assert clock("C7", facts, "11-26 08:00").started.at == at("11-25 09:00")


def test_a_dossier_that_nothing_happened_to_has_no_running_clock():
    found = compute(story(), terms(), at("11-26 08:00"))
    assert {each.verdict for each in found.clocks} == {Verdict.NOT_STARTED}
    assert found.parts == found.holders == ()
