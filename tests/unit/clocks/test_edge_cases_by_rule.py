"""The edge cases of the domain's list (section 11), by their numbers: those that a rule alone decides.

The others (4, 5, 6, 12, 13, 20) need a database: tests/integration/clocks/test_edge_cases_stored.py.
"""

from datetime import UTC, date, datetime
from itertools import count
from uuid import UUID

import pytest

from manifests.incidents.rules import Cause, Fare, compensation_of, fare_of, paid_fare
from postal.calendars.rules import Change, DayChange, Decision, editions_of
from postal.errors import Conflict, Unprocessable
from postal.law.rules import Constant, Constants, Status, Zone
from shipments.apologies.rules import Timing, send_by
from shipments.clocks.rules import ClockName, Verdict, compute, derive, moved_by, told
from shipments.custody.rules import CITIZEN, Phase
from shipments.deliveries.rules import Invitation, ReturnRule, oddities, too_early
from shipments.dossiers.rules import CaseKind, Eligibility, ServiceMode, fold, judge, refuse_unless_eligible
from shipments.figures.rules.intervals import Rate
from tests.factories.calendars import administrative
from tests.factories.law import procedure, standard, terms
from tests.unit.clocks.test_clock_stories import AUTHORITY, DESK, OFFICE, at, clock, event, step, story

numbers = count(1)


def test_case_01_handed_over_after_three_on_the_friday_before_tet():
    """Handed over 15:05: passed on the next working day; J + n runs across Tết and a weekend on each side."""
    rows = (step("accept", "02-13 14:00", OFFICE), step("receive", "02-13 15:05", DESK))
    intake = clock("C2", story(*rows), "02-13 16:00")
    assert intake.due == at("02-23 08:30")
    steps = [vi for vi, _ in told(derive(intake, at("02-13 16:00"))).steps]
    assert steps[0].startswith("Thứ Sáu 13/02/2026: nhận từ 15:00 trở đi")
    assert "Thứ Bảy 14/02/2026: nghỉ cuối tuần, không tính." in steps
    assert sum("ngày nghỉ, không tính" in said for said in steps) == 5
    leg = clock("C1", story(rows[0]), "02-13 16:00", inbound=standard(Zone.INTER, 2))
    assert leg.due == at("02-24 23:59:59.999999")
    counted = [line.day for line in derive(leg, at("02-13 16:00")).steps if line.why == "counted"]
    assert counted == [date(2026, 2, 23), date(2026, 2, 24)]


def test_case_02_a_second_supplement_is_refused_and_late_for_the_index():
    told_so_far = [
        event("registered", "11-25 08:00"),
        event("received", "11-25 08:30"),
        event("supplement_requested", "11-26 09:00"),
        event("supplemented", "11-27 09:00"),
    ]
    second = event("supplement_requested", "12-01 09:00")
    with pytest.raises(Conflict) as refused:
        judge(told_so_far, second, at("12-01 09:00"))
    assert refused.value.code == "case.second_supplement"
    assert fold([*told_so_far, second]).supplements == 2, "an imported one is kept and counted"
    _, index = clock("C3", story(*told_so_far, second), "12-01 10:00").alternatives
    assert index.verdict is Verdict.LATE


def test_case_03_both_readings_of_a_supplement_stand_side_by_side():
    facts = story(
        event("received", "11-25 08:00"),
        event("supplement_requested", "11-26 08:00"),
        event("supplemented", "11-30 08:00"),
    )
    restart, subtract = clock("C3", facts, "11-30 09:00").alternatives
    assert (restart.citation, subtract.citation) == ("NĐ 61/2018/NĐ-CP Đ19 k4", "QĐ 766/QĐ-TTg, chỉ số 2.1")
    assert restart.due == at("12-03 17:00"), "three working days anew, from Monday"
    assert subtract.due == at("12-02 17:00"), (
        "two of the three were left: Thursday and Friday were waited away"
    )


def test_case_07_an_early_result_is_early_and_its_way_home_is_judged_by_itself():
    facts = story(
        event("received", "11-25 08:00", due="12-04 17:00"),
        event("completed", "11-27 09:00"),
        result=(
            step("receive", "11-27 15:00", OFFICE),
            step("deliver", "12-02 10:00", CITIZEN, phase=Phase.DELIVERED, by=OFFICE),
        ),
    )
    found = compute(facts, terms(outbound=standard(Zone.INNER, 1)), at("12-05 08:00"))
    assert found.get(ClockName.STATUTORY).verdict is Verdict.EARLY
    assert found.get(ClockName.RETURN).verdict is Verdict.LATE, (
        "delivered before the promise, and late for J+1"
    )


def test_case_08_a_second_invitation_on_the_next_working_day_does_not_count():
    rule = ReturnRule(invitations=2, gap_days=2, at_once=frozenset(), citation="TT 17/2017/TT-BTTTT Đ5")
    first, next_day, later = (Invitation(at(day)) for day in ("11-26 09:00", "11-27 09:00", "11-30 09:00"))
    early = too_early([first, next_day], at("11-27 10:00"), rule, administrative())
    assert (early.invitations, early.needed, early.earliest) == (1, 2, date(2026, 11, 30))
    assert too_early([first, next_day, later], at("11-30 10:00"), rule, administrative()) is None


def test_case_09_a_proxy_without_authorisation_is_flagged_on_the_delivery():
    """A scan is evidence and is kept; what it lacks is said on it, and a failed attempt has a reason for it."""
    assert "deliver.no_authorisation" in oddities({"role": "proxy", "identity": "cccd"})
    assert oddities({"role": "proxy", "identity": "cccd", "authorisation": "UQ-12/2026"}) == []


def test_case_10_presence_bars_the_way_in_and_not_the_way_home():
    asks = Eligibility(procedure="1.001776", eligible=True, requires_presence=True, state_secret=False)
    for mode in (ServiceMode.SUBMIT, ServiceMode.BOTH):
        with pytest.raises(Unprocessable, match=r"dossier\.presence_required|có mặt"):
            refuse_unless_eligible(asks, mode)
    refuse_unless_eligible(asks, ServiceMode.RETURN)


def test_case_11_independent_of_territory_the_clock_begins_where_the_authority_receives():
    facts = story(
        step("accept", "11-25 08:00", OFFICE),
        step("receive", "11-25 14:00", DESK),
        event("received", "11-25 14:30"),
        step("receive", "11-30 09:00", AUTHORITY),
    )
    found = compute(facts, terms(procedure=procedure(territory_free=True)), at("12-01 08:00"))
    statutory, whole = found.get(ClockName.STATUTORY), found.get(ClockName.END_TO_END)
    assert (statutory.started.at, statutory.reading) == (at("11-30 09:00"), "authority")
    assert statutory.due == at("12-03 17:00")
    assert whole.started.at == at("11-25 08:00"), "the leg between them is inside the whole"


def swap(entered: str) -> Decision:
    return Decision(
        id=UUID(int=next(numbers)),
        calendar="VN-HC",
        number="55/TB",
        decided_on=date(2026, 11, 26),
        title="Hoán đổi ngày làm việc",
        status="test",
        entered_at=at(entered).astimezone(UTC),
        entered_by="nv-1",
        organisation=None,
        days=(
            DayChange(day=date(2026, 11, 27), change=Change.OFF, name="Nghỉ hoán đổi"),
            DayChange(day=date(2026, 12, 5), change=Change.WORK, as_weekday=4, name="Làm bù ngày 27/11"),
        ),
    )


def test_case_14_a_swap_that_is_announced_late_moves_what_is_open_and_keeps_the_old_date():
    calendar = administrative().calendar
    versions = editions_of(calendar, calendar.days, (), [swap("11-26 10:00")])
    rules = terms(working=versions.latest)
    rules = type(rules)(
        **{name: getattr(rules, name) for name in rules.__struct_fields__ if name != "editions"},
        editions={"VN-HC": versions},
    )
    running = story(event("received", "11-25 08:00"))
    ended = story(event("received", "11-23 08:00"), event("completed", "11-25 16:00"))
    found = compute(running, rules, at("11-26 11:00"))
    statutory = found.get(ClockName.STATUTORY)
    assert (statutory.due_before, statutory.due) == (at("11-30 17:00"), at("12-01 17:00"))
    assert statutory.time.calendar.version == 2
    moves = [each for each in moved_by(at("11-26 10:00"), found, rules.editions) if each.clock == "C3"]
    assert [(each.before, each.after, each.version) for each in moves] == [
        (at("11-30 17:00"), at("12-01 17:00"), 2)
    ]
    said = " ".join(vi for vi, _ in told(derive(statutory, at("11-26 11:00"))).opening)
    assert "Trước khi lịch thay đổi, hạn là 17:00 thứ Hai 30/11/2026; cả hai ngày đều được lưu." in said
    finished = compute(ended, rules, at("11-30 08:00")).get(ClockName.STATUTORY)
    assert (finished.time.calendar.version, finished.due_before) == (1, None)


def test_case_15_an_apology_for_monday_goes_out_on_friday_or_by_setting_on_sunday():
    monday = at("11-30 17:00")
    assert send_by(administrative(), monday, Timing(1, True, 50, 2)) == at("11-27 17:00")
    assert send_by(administrative(), monday, Timing(1, False, 50, 2)) == at("11-29 17:00")


def test_case_16_what_is_rejected_at_the_desk_goes_home_on_a_leg_of_its_own():
    """The clocks say whose step each was; who pays for the leg, `tests/unit/fees/test_second_leg.py`."""
    facts = story(
        step("accept", "11-25 08:00", OFFICE),
        step("receive", "11-26 09:00", DESK),
        event("rejected", "11-26 14:00", reason="NOT_COMPETENT"),
        step("receive", "11-27 09:00", OFFICE),
        step("deliver", "11-30 09:00", CITIZEN, phase=Phase.DELIVERED, by=OFFICE),
    )
    found = compute(facts, terms(outbound=standard(Zone.INNER, 1)), at("12-01 08:00"))
    intake, home = found.get(ClockName.INTAKE), found.get(ClockName.RETURN)
    assert (intake.stopped.kind, intake.verdict) == (CaseKind.REJECTED, Verdict.ON_TIME)
    assert (home.started.at, home.stopped.at) == (at("11-27 09:00"), at("11-30 09:00"))
    assert home.verdict is Verdict.ON_TIME
    assert found.get(ClockName.END_TO_END).stopped.at == at("11-30 09:00")
    assert sum(part.calendar_us for part in found.holders) == found.get(ClockName.END_TO_END).calendar_us


def test_case_17_of_nothing_there_is_no_share():
    assert Rate(0, 0).share is None
    assert Rate(0, 5).share == 0.0


def law_of(**values) -> Constants:
    return Constants(
        {
            name: Constant(
                name=name,
                value=value,
                valid_from=date(2011, 1, 1),
                valid_to=None,
                citation="test",
                status=Status.TEST,
            )
            for name, value in ((key.replace("__", "."), value) for key, value in values.items())
        }
    )


def test_case_18_who_pays_no_fare_is_compensated_by_the_list_price():
    """Four times nothing would be nothing: where no fare was taken the table's price is the base."""
    constants = law_of(fare__inter=26_000, compensation__floor_fares=4)
    assert paid_fare([]) is None
    base = paid_fare([]) or fare_of(Zone.INTER, constants)
    assert base == Fare(amount=26_000, citation="test", status="test")
    assert compensation_of(Cause.LOST, base, 0, constants).least == 104_000


def test_case_19_state_secrets_never_go_by_the_public_post():
    secret = Eligibility(procedure="1.009999", eligible=True, requires_presence=False, state_secret=True)
    for mode in ServiceMode:
        with pytest.raises(Unprocessable) as refused:
            refuse_unless_eligible(secret, mode)
        assert refused.value.code == "dossier.state_secret"


# Bad input of the clocks themselves: each a stated rule, said in words beside the answer.


def codes_of(facts, now="12-10 08:00", **rules):
    return [each.code for each in compute(facts, terms(**rules), at(now)).oddities]


def test_completion_without_a_receipt_counts_from_the_handover():
    facts = story(
        event("registered", "11-25 07:00"),
        step("accept", "11-25 08:00", OFFICE),
        step("receive", "11-25 09:00", DESK),
        event("completed", "12-02 09:00"),
    )
    found = clock("C3", facts, "12-10 08:00")
    assert (found.started.at, found.reading, found.verdict) == (at("11-25 09:00"), "handover", Verdict.LATE)
    assert codes_of(facts) == ["clock.completed_without_receipt"]


def test_an_event_before_the_receipt_starts_and_stops_nothing():
    facts = story(
        event("registered", "11-25 07:00"),
        event("step_done", "11-25 08:00", step="thẩm định", unit="PHONG-1"),
        event("completed", "11-25 08:30"),
        event("received", "11-25 09:00"),
    )
    found = compute(facts, terms(), at("11-26 08:00"))
    assert found.get(ClockName.STATUTORY).stopped is None
    assert [each.step for each in found.clocks if each.clock is ClockName.STEP] == [None]
    assert codes_of(facts) == ["clock.event_before_receipt"] * 2


def test_of_two_completions_the_first_counts():
    facts = story(
        event("received", "11-25 09:00"), event("completed", "11-27 09:00"), event("completed", "12-09 09:00")
    )
    found = clock("C3", facts, "12-10 08:00")
    assert (found.stopped.at, found.verdict) == (at("11-27 09:00"), Verdict.EARLY)
    assert codes_of(facts) == ["clock.completed_twice"]


def test_without_a_version_in_force_only_a_promise_is_judged():
    facts = story(event("received", "11-25 09:00"), event("completed", "11-27 09:00"))
    found = clock("C3", facts, "12-10 08:00", procedure=None)
    assert (found.due, found.verdict) == (None, None)
    assert codes_of(facts, procedure=None) == ["clock.no_procedure_in_force"]


def test_an_undecided_verdict_gives_both_figures():
    rows = (step("accept", "11-23 16:00", OFFICE), step("receive", "11-27 00:10", DESK))
    leg = clock("C1", story(*rows, uncertain=900_000), "11-30 08:00", inbound=standard(Zone.INTER, 2))
    assert leg.verdict is Verdict.UNDECIDED
    assert (leg.doubt.best, leg.doubt.worst) == (Verdict.ON_TIME, Verdict.LATE)
    assert (leg.doubt.ends_from, leg.doubt.ends_to) == (at("11-26 23:55"), at("11-27 00:25"))


def test_legs_between_agencies_have_their_own_limits_and_the_dossier_one_clock():
    facts = story(
        event("received", "11-25 08:00"),
        event("transferred", "11-25 11:00", unit="SO-1", due="11-27 17:00"),
        event("transferred", "11-30 09:00", unit="SO-2", due="12-02 17:00"),
        event("step_done", "12-01 09:00", step="thẩm định", unit="SO-2"),
        event("completed", "12-01 10:00"),
    )
    found = compute(facts, terms(), at("12-03 08:00"))
    legs = [each for each in found.clocks if each.clock is ClockName.STEP]
    assert [(leg.party, leg.rule, leg.due, leg.verdict) for leg in legs] == [
        (DESK, "step", None, None),
        ("SO-1", "step.leg", at("11-27 17:00"), Verdict.LATE),
        ("SO-2", "step.leg", at("12-02 17:00"), Verdict.EARLY),
        ("SO-2", "step.leg", at("12-02 17:00"), Verdict.EARLY),
    ]
    assert len([each for each in found.clocks if each.clock is ClockName.STATUTORY]) == 1
    assert sum(leg.working_us for leg in legs) == found.get(ClockName.STATUTORY).working_us


def test_a_financial_duty_stops_the_clock_until_it_is_paid():
    facts = story(
        event("received", "11-25 08:00"),
        event("step_done", "11-25 09:00"),
        event("fee_due", "11-25 10:00"),
        event("fee_paid", "11-27 10:00"),
    )
    found = clock("C3", facts, "11-27 11:00")
    assert [wait.kind for wait in found.waits] == ["fee"]
    assert found.due == at("12-02 17:00"), "30 November 17:00, and fifteen working hours waited"
    assert found.working_us == 3 * 3_600_000_000
    assert found.due == found.alternatives[1].due


def test_an_open_clock_says_whose_step_it_is():
    facts = story(
        event("received", "11-25 08:00"), event("transferred", "11-25 11:00", unit="SO-1", due="11-27 17:00")
    )
    assert clock("C3", facts, "11-26 08:00").holder == "SO-1"
    waiting = story(event("received", "11-25 08:00"), event("supplement_requested", "11-26 08:00"))
    assert clock("C3", waiting, "11-26 09:00").holder == CITIZEN
    on_the_way = story(step("accept", "11-25 08:00", OFFICE), step("receive", "11-25 12:00", "HUB-1"))
    assert clock("C1", on_the_way, "11-26 08:00").holder == "HUB-1"
    assert clock("C7", on_the_way, "11-26 08:00").holder == "HUB-1"


def test_a_day_with_hours_of_its_own_is_counted_by_them():
    calendar = administrative().calendar
    half = Decision(
        id=UUID(int=next(numbers)),
        calendar="VN-HC",
        number="56/TB",
        decided_on=date(2026, 11, 25),
        title="Nghỉ buổi chiều",
        status="test",
        entered_at=datetime(2026, 11, 25, tzinfo=UTC),
        entered_by="nv-1",
        organisation=None,
        days=(DayChange(day=date(2026, 11, 30), change=Change.HOURS, hours=((450, 660),), name="Nửa ngày"),),
    )
    time = editions_of(calendar, calendar.days, (), [half]).latest
    found = clock("C3", story(event("received", "11-25 08:00")), "11-26 08:00", working=time)
    assert found.due == at("11-30 11:00"), "closing time of the last day"
