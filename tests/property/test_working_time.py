from datetime import UTC, date, datetime, timedelta

import businesstimedelta
import numpy as np
import pytest
import pytz
from hypothesis import given
from hypothesis import strategies as st

from postal.calendars.rules import OutsideCalendar, WorkingTime, from_micros, micros
from tests.factories.calendars import administrative, around_the_clock, changing, dutch

MIDNIGHT = datetime(2000, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CALENDARS = {
    "administrative": (administrative, datetime(1990, 1, 2, tzinfo=UTC), datetime(2080, 6, 1, tzinfo=UTC)),
    "dutch": (dutch, datetime(2005, 1, 2, tzinfo=UTC), datetime(2017, 6, 1, tzinfo=UTC)),
    "around the clock": (
        around_the_clock,
        datetime(2005, 1, 2, tzinfo=UTC),
        datetime(2017, 6, 1, tzinfo=UTC),
    ),
    "changing": (changing, datetime(2024, 1, 2, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)),
}
TELLING = {
    "administrative": (
        datetime(2026, 2, 13, 8, 5, tzinfo=UTC),  # Friday before Tết, 15:05
        datetime(2026, 1, 9, 9, 0, tzinfo=UTC),  # Friday before the swap Saturday
        datetime(2026, 8, 21, 9, 59, tzinfo=UTC),
    ),
    "dutch": (datetime(2011, 3, 26, 22, 0, tzinfo=UTC), datetime(2011, 10, 29, 22, 0, tzinfo=UTC)),
    "around the clock": (datetime(2011, 3, 26, 22, 0, tzinfo=UTC), datetime(2011, 10, 29, 22, 0, tzinfo=UTC)),
    "changing": (datetime(2025, 6, 30, 9, 0, tzinfo=UTC), datetime(2025, 7, 4, 9, 0, tzinfo=UTC)),
}
LIMITS = st.integers(0, 400 * 3600 * 1_000_000)


@st.composite
def instants(draw, *, whole_minutes: bool = False):
    name = draw(st.sampled_from(sorted(CALENDARS)))
    build, first, last = CALENDARS[name]
    anywhere = st.integers(micros(first), micros(last)).map(from_micros)
    telling = st.tuples(st.sampled_from(TELLING[name]), st.integers(-3 * 86_400, 3 * 86_400)).map(
        lambda pair: pair[0] + timedelta(seconds=pair[1])
    )
    instant = draw(st.one_of(anywhere, telling))
    return build(), instant.replace(second=0, microsecond=0) if whole_minutes else instant


def worked_minute(time: WorkingTime, instant: datetime) -> bool:
    """The definition itself: does the wall clock read a time within the hours of that civil day?"""
    wall = instant.astimezone(time.zone)
    rule = next((rule for rule in time.calendar.days if rule.day == wall.date()), None)
    weekday = wall.weekday()
    if rule is not None:
        if not rule.works:
            return False
        weekday = weekday if rule.as_weekday is None else rule.as_weekday
    minute = wall.hour * 60 + wall.minute
    return any(
        row.weekday == weekday
        and row.opens <= minute < row.closes
        and (row.valid_from is None or row.valid_from <= wall.date())
        and (row.valid_to is None or wall.date() < row.valid_to)
        for row in time.calendar.hours
    )


@given(instants(whole_minutes=True), st.integers(0, 36 * 60))
def test_a_duration_is_what_a_minute_walker_counts(where, minutes):
    time, begin = where
    walked = sum(worked_minute(time, begin + n * MINUTE) for n in range(minutes))
    assert time.between(begin, begin + minutes * MINUTE) == walked * 60_000_000


@given(instants(whole_minutes=True), st.integers(1, 10 * 60))
def test_a_due_instant_is_where_a_minute_walker_stops(where, minutes):
    time, begin = where
    due = time.due(begin, minutes * MINUTE)
    assert due > begin
    assert time.between(begin, due) == minutes * 60_000_000
    assert worked_minute(time, due - MINUTE), "the limit is used up by working time, not by waiting"


@given(instants(), st.integers(0, 10**15))
def test_working_time_is_monotone_and_never_longer_than_time(where, step):
    time, begin = where
    end = min(begin + timedelta(microseconds=step), from_micros(time._high))
    assert 0 <= time.between(begin, end) <= (end - begin) // timedelta(microseconds=1)


@given(instants(), st.integers(0, 10**13), st.integers(0, 10**13))
def test_durations_add_up(where, first, second):
    time, begin = where
    middle = begin + timedelta(microseconds=first)
    end = middle + timedelta(microseconds=second)
    assert time.between(begin, middle) + time.between(middle, end) == time.between(begin, end)
    assert time.between(end, begin) == -time.between(begin, end)


@given(instants())
def test_the_inverse_gives_back_working_instants(where):
    time, instant = where
    earliest = time.at(time.worked(instant))
    assert earliest <= max(instant, earliest)
    assert time.worked(earliest) == time.worked(instant)
    assert time.between(earliest, instant) == 0


@given(instants(), LIMITS, LIMITS)
def test_limits_follow_one_another(where, first, second):
    time, begin = where
    one, two = timedelta(microseconds=first + 1), timedelta(microseconds=second + 1)
    assert time.due(time.due(begin, one), two) == time.due(begin, one + two)


@given(instants())
def test_a_zero_limit_falls_due_at_the_next_working_instant(where):
    time, begin = where
    due = time.due(begin, timedelta(0))
    assert due >= begin
    assert time.between(begin, due) == 0
    assert time.between(due, due + timedelta(microseconds=1)) == 1
    assert due <= time.due(begin, timedelta(microseconds=1))


@given(instants(), st.lists(st.tuples(st.integers(0, 10**14), LIMITS), max_size=20))
def test_arrays_agree_with_single_instants(where, steps):
    time, begin = where
    ends = [begin + timedelta(microseconds=step) for step, _ in steps]
    ends = [end for end in ends if micros(end) <= time._high - 10**13]
    limits = [limit for _, limit in steps][: len(ends)]
    points = np.array([micros(end) for end in ends], dtype=np.int64)
    amounts = np.array(limits, dtype=np.int64)
    starts = np.full(len(ends), micros(begin), dtype=np.int64)
    worked = [int(value) for value in time.between_many(starts, points)]
    assert worked == [time.between(begin, end) for end in ends]
    assert [from_micros(value) for value in time.due_many(points, amounts)] == [
        time.due(end, timedelta(microseconds=limit)) for end, limit in zip(ends, limits, strict=True)
    ]


@given(instants(), st.integers(0, 40 * 86_400 * 1_000_000))
def test_the_days_of_a_span_sum_to_the_span(where, step):
    time, begin = where
    end = begin + timedelta(microseconds=step)
    shares = list(time.shares(begin, end))
    assert sum(share.worked for share in shares) == time.between(begin, end)
    assert all(share.working_day or share.worked == 0 for share in shares)


@given(instants(), st.integers(0, 80), st.integers(0, 80))
def test_working_days_add_up_and_are_counted_back(where, first, second):
    time, begin = where
    day = time.local_day(begin)
    last = time.add_working_days(day, first + 1)
    assert time.is_working_day(last)
    assert time.working_days_between(day, last) == first + 1
    assert time.add_working_days(last, second) == time.add_working_days(day, first + 1 + second)


def business_calendar(time: WorkingTime):
    """The same rules in another library, which knows neither swaps nor a change of hours."""
    off = {rule.day: rule.name for rule in time.calendar.days}
    zone = pytz.timezone(time.calendar.zone)
    spans = sorted({(row.opens, row.closes) for row in time.calendar.hours})
    parts = [
        businesstimedelta.WorkDayRule(
            start_time=(MIDNIGHT + opens * MINUTE).time(),
            end_time=(MIDNIGHT + closes * MINUTE).time(),
            working_days=[0, 1, 2, 3, 4],
            tz=zone,
        )
        for opens, closes in spans
    ]
    return businesstimedelta.Rules([*parts, businesstimedelta.HolidayRule(off, tz=zone)])


@given(
    st.sampled_from(
        [
            (dutch, datetime(2010, 10, 4, 8, tzinfo=UTC)),
            (dutch, datetime(2011, 3, 25, 14, tzinfo=UTC)),
            (dutch, datetime(2011, 12, 23, 12, tzinfo=UTC)),
            (administrative, datetime(2027, 2, 1, 3, tzinfo=UTC)),
            (administrative, datetime(2024, 2, 6, 23, tzinfo=UTC)),
            (administrative, datetime(2023, 4, 27, 7, tzinfo=UTC)),
        ]
    ),
    st.integers(0, 30 * 86_400),
)
def test_durations_are_those_of_another_library(where, seconds):
    build, begin = where
    time = build()
    end = begin + timedelta(seconds=seconds)
    other = business_calendar(time).difference(begin, end).timedelta
    assert time.between(begin, end) == other // timedelta(microseconds=1)


def test_tet_across_a_weekend():
    time = administrative()
    friday = datetime(2026, 2, 13, 15, 5, tzinfo=time.zone)
    assert time.add_working_days(friday.date(), 1) == date(2026, 2, 23)
    assert time.due(friday, timedelta(hours=2)) == datetime(2026, 2, 23, 7, 35, tzinfo=time.zone)


def test_the_swap_saturday_is_worked_and_the_friday_is_not():
    time = administrative()
    assert not time.is_working_day(date(2026, 1, 2))
    assert time.is_working_day(date(2026, 1, 10))
    assert time.is_working_day(date(2026, 8, 22))
    assert not time.is_working_day(date(2026, 8, 31))


def test_decades_are_counted_in_one_step():
    time = administrative()
    begin, end = datetime(1990, 1, 2, tzinfo=time.zone), datetime(2080, 12, 30, tzinfo=time.zone)
    days = time.working_days_between(begin.date(), date(2080, 12, 29))
    assert time.between(datetime(1990, 1, 3, tzinfo=time.zone), end) == days * 27_000_000_000
    assert time.due(begin, timedelta(hours=7.5 * 20_000)) < end


def test_an_instant_outside_the_calendar_is_refused_with_its_years():
    time = dutch()
    with pytest.raises(OutsideCalendar) as caught:
        time.worked(datetime(2031, 1, 1, tzinfo=UTC))
    assert "2005-01-01" in caught.value.en
    with pytest.raises(OutsideCalendar):
        time.due(datetime(2019, 12, 1, tzinfo=UTC), timedelta(days=400))
    with pytest.raises(ValueError, match="naive"):
        time.worked(datetime(2011, 1, 1))  # noqa: DTZ001


def test_a_million_instants_are_quick():
    time = administrative()
    begins = np.linspace(10**15, 3 * 10**15, 1_000_000).astype(np.int64)
    due = time.due_many(begins, np.full_like(begins, 40 * 3_600_000_000))
    assert (time.between_many(begins, due) == 40 * 3_600_000_000).all()
