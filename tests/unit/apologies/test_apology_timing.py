"""When a letter of apology must go out and from when on it is drafted; edge case 15 of the domain's list."""

from datetime import date, datetime, timedelta, timezone

import pytest

from shipments.apologies.rules import Timing, draft_from, proposed_due, reach, send_by
from tests.factories.calendars import administrative

VIETNAM = timezone(timedelta(hours=7))
WORKING, CALENDAR = Timing(1, True, 50, 2), Timing(1, False, 50, 2)


def at(day, clock="17:00"):
    return datetime.fromisoformat(f"{day}T{clock}:00+07:00")


def test_edge_case_15_a_promise_for_monday_asks_for_the_letter_on_friday_or_by_setting_on_sunday():
    time = administrative()
    assert at("2026-11-30").weekday() == 0
    assert send_by(time, at("2026-11-30"), WORKING) == at("2026-11-27")
    assert send_by(time, at("2026-11-30"), CALENDAR) == at("2026-11-29")
    begun = at("2026-11-16", "09:00")
    for timing in (WORKING, CALENDAR):
        assert draft_from(time, begun, at("2026-11-30"), timing) == time.opens(date(2026, 11, 27))


@pytest.mark.parametrize(
    ("due", "timing", "expected"),
    [
        (("2026-11-26", "10:00"), WORKING, ("2026-11-25", "10:00")),
        (("2026-11-30", "17:00"), Timing(3, True, 50, 2), ("2026-11-25", "17:00")),
        (("2026-11-26", "10:00"), Timing(3, False, 50, 2), ("2026-11-23", "10:00")),
    ],
)
def test_the_letter_goes_out_at_the_time_of_day_of_the_promise(due, timing, expected):
    assert send_by(administrative(), at(*due), timing) == at(*expected)


def test_holidays_are_no_day_before():
    time = administrative()
    assert send_by(time, at("2026-11-25"), WORKING) == at("2026-11-23")


def test_a_short_limit_is_half_used_before_anybody_drafts_an_apology():
    time = administrative()
    begun, due = at("2026-11-25", "10:00"), at("2026-11-26")
    drafted = draft_from(time, begun, due, WORKING)
    assert begun < drafted < due
    assert time.between(begun, drafted) == time.between(begun, due) // 2


def test_what_may_be_drafted_for_now_lies_within_reach():
    time = administrative()
    friday = at("2026-11-27", "08:00")
    for timing in (WORKING, CALENDAR):
        assert at("2026-11-30") <= reach(time, friday, timing)


def test_a_new_date_is_proposed_after_the_promise_and_after_today():
    time = administrative()
    assert proposed_due(time, at("2026-11-27"), at("2026-11-26"), WORKING) == at("2026-12-01")
    assert proposed_due(time, at("2026-11-20"), at("2026-11-26"), WORKING) == at("2026-11-30")
    assert proposed_due(time, at("2026-11-27"), at("2026-11-26"), Timing(1, True, 50, 1)) == at("2026-11-30")
