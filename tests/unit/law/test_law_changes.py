"""What a change of law must keep to, without a database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal.calendars.rules import Limit, Unit
from postal.errors import PostalError
from postal.law.rules import (
    Component,
    Constant,
    Decision,
    ProcessStep,
    Status,
    check_constant,
    check_decision,
    check_end,
    check_flags,
    check_limit,
    check_papers,
    check_pattern,
    check_steps,
    in_force,
    not_in_force,
    place,
)
from tests.factories.law import procedure

TODAY = date(2026, 11, 23)


def rule(start, end=None, value=1) -> Constant:
    return Constant(
        name="x.days", value=value, valid_from=start, valid_to=end, citation="test", status=Status.TEST
    )


def code_of(wanted, *args, **named) -> str | None:
    """The code of the refusal, which says what to do in both languages and where."""
    try:
        wanted(*args, **named)
    except PostalError as error:
        refused = error
    else:
        return None
    assert all((refused.vi, refused.en, refused.pointer))
    return refused.code


@pytest.mark.parametrize(
    ("value", "unit", "code"),
    [
        (0, "ngay_lam_viec", "law.limit_not_positive"),
        (-1, "gio", "law.limit_not_positive"),
        (400, "ngay", "law.limit_too_long"),
        (400, "ngay_lam_viec", "law.limit_too_long"),
        (13, "thang", "law.limit_too_long"),
        (366, "ngay", None),
        (12, "thang", None),
        (400, "gio", None),
    ],
)
def test_a_limit_is_positive_and_within_a_year(value, unit, code):
    assert code_of(check_limit, Limit(value, Unit(unit))) == code


def test_a_decision_was_signed_before_it_is_entered():
    assert code_of(check_decision, Decision(number="1/QĐ", on=TODAY + timedelta(1)), TODAY) == (
        "law.decision_in_future"
    )
    assert code_of(check_decision, Decision(number="1/QĐ", on=TODAY), TODAY) is None


def test_flags_that_contradict_one_another_are_refused():
    flags = {"submit": False, "back": False, "presence": False, "secret": False}
    assert code_of(check_flags, **flags | {"secret": True, "back": True}) == "law.secret_by_post"
    assert code_of(check_flags, **flags | {"presence": True, "submit": True}) == "law.presence_by_post"
    assert code_of(check_flags, **flags | {"presence": True, "back": True}) is None


def test_papers_are_named_once_and_only_originals_come_back():
    paper = {"name_vi": "Tờ khai", "name_en": "Form"}
    original = Component(code="TK", form="original", to_return=True, **paper)
    assert code_of(check_papers, [original]) is None
    assert code_of(check_papers, [original, original]) == "law.paper_twice"
    assert code_of(check_papers, [Component(code="B", form="copy", to_return=True, **paper)]) == (
        "law.return_of_copy"
    )


def test_steps_fit_into_the_limit_that_is_counted_in_working_time():
    steps = [ProcessStep(name_vi="B", name_en="S", hours=8, unit_kind="unit", role="specialist")] * 3
    assert code_of(check_steps, steps, Limit(3, Unit.WORKING_DAYS)) is None
    assert code_of(check_steps, steps, Limit(2, Unit.WORKING_DAYS)) == "law.steps_exceed_limit"
    assert code_of(check_steps, steps, Limit(23, Unit.WORKING_HOURS)) == "law.steps_exceed_limit"
    assert code_of(check_steps, steps, Limit(1, Unit.MONTHS)) is None


@pytest.mark.parametrize(
    ("standing", "start", "end", "code"),
    [
        ([], date(2020, 1, 1), None, None),
        ([(date(2020, 1, 1), None)], TODAY, None, None),
        ([(date(2020, 1, 1), None)], TODAY - timedelta(1), None, "law.in_the_past"),
        ([(date(2020, 1, 1), None)], TODAY, TODAY, "law.end_before_start"),
        ([], date(2030, 1, 1), date(2029, 1, 1), "law.end_before_start"),
        ([(date(2020, 1, 1), date(2027, 1, 1)), (date(2027, 1, 1), None)], TODAY, None, "law.overlaps"),
        ([(date(2020, 1, 1), date(2027, 1, 1)), (date(2027, 1, 1), None)], TODAY, date(2027, 1, 1), None),
        ([(TODAY, None)], TODAY, None, "law.overlaps"),
        ([], date(2101, 1, 1), None, "law.too_far"),
    ],
)
def test_a_new_rule_begins_today_or_later_and_lies_over_none_that_begins_later(standing, start, end, code):
    assert code_of(place, [rule(*span) for span in standing], start, end, TODAY) == code


def test_a_rule_ends_once_and_not_in_the_past():
    assert code_of(check_end, rule(date(2020, 1, 1)), TODAY, TODAY) is None
    assert code_of(check_end, rule(date(2020, 1, 1)), TODAY - timedelta(1), TODAY) == "law.in_the_past"
    assert code_of(check_end, rule(date(2027, 1, 1)), date(2027, 1, 1), TODAY) == "law.end_before_start"
    assert code_of(check_end, rule(date(2020, 1, 1), TODAY), TODAY, TODAY) == "law.ended_already"


SPANS = st.lists(
    st.tuples(st.integers(0, 400), st.one_of(st.none(), st.integers(1, 400))), min_size=1, max_size=12
)


@given(SPANS)
def test_however_rules_follow_one_another_at_most_one_holds_on_a_day_and_no_past_day_changes(attempts):
    standing: list[Constant] = []
    today = TODAY
    for number, (ahead, length) in enumerate(attempts):
        start = today + timedelta(ahead)
        end = start + timedelta(length) if length is not None else None
        past = {back: in_force(standing, today - timedelta(back)) for back in range(1, 5)}
        try:
            closed = place(standing, start, end, today)
        except PostalError:
            pass
        else:
            if closed is not None:
                standing = [
                    rule(each.valid_from, start, each.value) if each is closed else each for each in standing
                ]
            standing.append(rule(start, end, number))
        days = {each.valid_from for each in standing} | {each.valid_to for each in standing} - {None}
        for near in days:
            for day in (near - timedelta(1), near, near + timedelta(1)):
                assert len(in_force(standing, day)) <= 1
        for back, held in past.items():
            now = in_force(standing, today - timedelta(back))
            assert [each.value for each in now] == [each.value for each in held]
        today += timedelta(30)


@pytest.mark.parametrize(
    ("name", "value", "standing", "code"),
    [
        ("feedback.resolve_days", 20, 15, None),
        ("feedback.resolve_days", 0, 15, "law.constant_range"),
        ("feedback.resolve_days", 400, 15, "law.constant_range"),
        ("feedback.resolve_days", "15", 15, "law.constant_form"),
        ("feedback.resolve_days", True, 15, "law.constant_form"),
        ("indicators.weight.online", 101, 22, "law.constant_range"),
        ("fare.inner", -1, 26000, "law.constant_range"),
        ("fare.inner", 0, 26000, None),
        ("report.unit.month_day", 29, 15, "law.constant_range"),
        ("report.post.year", "13-40", "01-10", "law.constant_choice"),
        ("report.post.year", "01-15", "01-10", None),
        ("clock.t0_reading", "noon", "slip", "law.constant_choice"),
        ("clock.t0_reading", "handover", "slip", None),
        ("clock.pauses", [1], ["supplement"], "law.constant_form"),
        ("clock.reading.slip", {"vi": "a"}, {"vi": "a", "en": "b"}, "law.constant_form"),
        ("clock.reading.slip", {"vi": "a", "en": " "}, {"vi": "a", "en": "b"}, "law.constant_choice"),
        ("supplement.max", 0, 1, None),
    ],
)
def test_a_constant_keeps_its_form_and_its_bounds(name, value, standing, code):
    assert code_of(check_constant, name, value, standing) == code


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+", "(?:[A-Z]{0,99}){0,99}", "[A-Z", "A{9,1}", ".*", "^A$", "(?:\\.[A-Z.]{1,9}){1,9}", "A" * 201,
     "[A-Z]{0,60}[A-Z]{0,60}[A-Z]{0,60}[A-Z]{0,60}"],
)  # fmt: skip
def test_a_pattern_of_codes_cannot_be_made_to_take_long(pattern):
    assert code_of(check_pattern, pattern, ()) == "law.pattern_form"


def test_a_pattern_matches_its_examples_whole():
    assert (
        code_of(check_pattern, r"[A-Y][0-9]{2}(?:\.[0-9]{2,3}){0,6}-[0-9]{8}", ("G09.20-20260609",)) is None
    )
    assert code_of(check_pattern, r"[A-Y][0-9]{2}", ("G09.20",)) == "law.pattern_example"


def test_a_procedure_that_is_not_in_force_says_when_it_was():
    ended = procedure(valid_from=date(2020, 1, 1), valid_to=date(2025, 1, 1))
    refused = not_in_force("1.004873", TODAY, [ended])
    assert (refused.code, refused.extra["valid_to"]) == ("procedure.not_in_force", "2025-01-01")
    assert "23/11/2026" in refused.vi
    assert not_in_force("1.004873", TODAY, []).code == "procedure.unknown"
