"""Limits in the five published units."""

from datetime import date, datetime, timedelta, timezone

import pytest

from postal.calendars.rules import (
    Calendar,
    Convention,
    DayRule,
    Hours,
    InvalidCalendar,
    Limit,
    Unit,
    WorkingTime,
    due_of,
)
from postal.calendars.rules.library import library_days
from postal.calendars.rules.limits import add_months
from tests.factories.calendars import administrative, around_the_clock, week

VIETNAM = timezone(timedelta(hours=7))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("begin", "value", "unit", "due"),
    [
        ("2026-11-25 10:00", 5, "gio", "2026-11-25 15:00"),
        ("2026-11-25 16:00", 2, "gio_lam_viec", "2026-11-26 08:30"),
        ("2026-11-25 20:00", 0, "gio_lam_viec", "2026-11-26 07:30"),
        ("2026-11-25 10:00", 3, "ngay_lam_viec", "2026-11-30 17:00"),
        ("2026-11-20 10:00", 3, "ngay_lam_viec", "2026-11-26 17:00"),  # Tuesday the 24th is a holiday
        ("2026-11-28 10:00", 1, "ngay_lam_viec", "2026-11-30 17:00"),  # begun on a Saturday
        ("2026-11-25 10:00", 3, "ngay", "2026-11-30 17:00"),  # the third day is a Saturday
        ("2026-02-13 15:05", 1, "ngay_lam_viec", "2026-02-23 17:00"),  # Friday before Tết
        ("2026-01-30 10:00", 1, "thang", "2026-03-02 17:00"),  # 28 February is a Saturday
        ("2026-08-21 10:00", 1, "ngay_lam_viec", "2026-08-22 17:00"),  # the swap Saturday is worked
    ],
)
def test_a_limit_falls_due(begin, value, unit, due):
    assert due_of(administrative(), at(begin), Limit(value, Unit(unit))) == at(due)


def test_the_same_hour_is_kept_within_the_day():
    limit, same = Limit(2, Unit.WORKING_DAYS), Convention.SAME_HOUR
    assert due_of(administrative(), at("2026-11-25 10:10"), limit, same) == at("2026-11-27 10:10")
    assert due_of(administrative(), at("2026-11-25 19:00"), limit, same) == at("2026-11-27 17:00")
    assert due_of(administrative(), at("2026-11-25 05:00"), limit, same) == at("2026-11-27 07:30")


def test_months_end_on_their_last_day():
    assert add_months(date(2027, 12, 31), 2) == date(2028, 2, 29)
    assert add_months(date(2026, 11, 30), 12) == date(2027, 11, 30)


def test_an_hour_skipped_by_summer_time_is_not_worked_and_a_repeated_one_twice():
    time = around_the_clock()
    spring, autumn, other = date(2011, 3, 27), date(2011, 10, 30), date(2011, 5, 1)
    hours = {
        day: sum(share.worked for share in time.shares(time.opens(day), time.closes(day)) if share.day == day)
        // 60_000_000
        for day in (spring, autumn, other)
    }
    # 00:30-02:30 and 02:40-24:00: the hour from 02:00 is missing in March and comes twice in October.
    assert hours[other] == 120 + 1280
    assert hours[spring] == 90 + 1260
    assert hours[autumn] == 150 + 1300


@pytest.mark.parametrize(
    "calendar",
    [
        Calendar(code="X", zone="Asia/Ho_Chi_Minh", hours=(Hours(weekday=0, opens=600, closes=600),)),
        Calendar(code="X", zone="Asia/Ho_Chi_Minh", hours=(Hours(weekday=7, opens=0, closes=600),)),
        Calendar(
            code="X",
            zone="Asia/Ho_Chi_Minh",
            hours=week(),
            days=(DayRule(day=date(2026, 1, 2), works=True), DayRule(day=date(2026, 1, 2), works=False)),
        ),
        Calendar(code="X", zone="Asia/Ho_Chi_Minh", hours=(*week(), Hours(weekday=0, opens=500, closes=510))),
    ],
)
def test_a_calendar_that_contradicts_itself_is_refused(calendar):
    with pytest.raises(InvalidCalendar):
        WorkingTime(calendar)


def test_a_calendar_without_hours_never_works():
    time = WorkingTime(Calendar(code="X", zone="Asia/Ho_Chi_Minh", hours=()))
    assert time.between(at("2026-01-01 00:00"), at("2027-01-01 00:00")) == 0
    assert not time.is_working_day(date(2026, 11, 25))


def test_the_library_says_which_release_computed_a_day():
    (eve,) = [rule for rule in library_days("VN", [2026], "vi") if rule.day == date(2026, 2, 16)]
    assert eve.source.startswith("holidays ")
    assert eve.name == "Giao thừa Tết Nguyên Đán"
