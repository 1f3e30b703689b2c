from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from manifests.reports.rules.indicators import (
    UNITS_US,
    Case,
    attained,
    average_time,
    end_of,
    group_points,
    is_on_time,
    rate,
    satisfaction,
)

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 400 * 24).map(lambda hours: BEGIN + timedelta(hours=hours))
MAYBE = st.none() | INSTANTS
CASES = st.builds(
    Case,
    processed=MAYBE,
    returned=MAYBE,
    stopped=MAYBE,
    waiting_since=MAYBE,
    promised=MAYBE,
    limited=MAYBE,
    requests=st.integers(0, 3),
)
COUNTS = st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)).map(sorted)


@given(CASES, INSTANTS)
def test_a_dossier_is_on_time_just_when_its_end_is_not_after_its_due_day(case, end):
    judged = is_on_time(case, end)
    due = case.promised or case.limited
    if case.requests > 1:
        assert judged is False
    elif due is None:
        assert judged is None
    else:
        assert judged == (end_of(case, end) <= due)


@given(CASES, INSTANTS)
def test_the_end_is_never_after_the_period_and_unfinished_ones_end_with_it_or_at_the_request(case, end):
    found = end_of(case, end)
    assert found <= end
    unfinished = replace(case, processed=None, returned=None, stopped=None)
    assert end_of(unfinished, end) == min(end, case.waiting_since or end)
    if case.processed is not None:
        assert found == min(case.processed, end)
    elif case.returned is not None:
        assert found == min(case.returned, end)


@given(CASES, INSTANTS, st.integers(0, 1000))
def test_time_only_makes_an_unfinished_dossier_late_never_on_time_again(case, end, hours):
    unfinished = replace(case, processed=None, returned=None, stopped=None)
    if is_on_time(unfinished, end) is False:
        assert is_on_time(unfinished, end + timedelta(hours=hours)) is False


@given(CASES, INSTANTS)
def test_a_second_request_is_overdue_and_a_later_due_day_never_harms(case, end):
    assert is_on_time(replace(case, requests=2), end) is False
    if case.promised is not None and is_on_time(case, end):
        assert is_on_time(replace(case, promised=case.promised + timedelta(days=1)), end)


@given(COUNTS)
def test_a_rate_lies_between_0_and_100_with_two_decimals_and_nothing_of_nothing(counts):
    n, d = counts
    found = rate(n, d)
    if d == 0:
        assert found is None
        return
    assert 0 <= found <= 100
    assert found == found.quantize(Decimal("0.01"))
    assert abs(found - Decimal(100 * n) / d) <= Decimal("0.005")
    assert rate(d, d) == 100


@given(COUNTS, st.integers(1, 100))
def test_points_grow_with_the_rate_and_are_full_from_the_mark_on(counts, full):
    n, d = counts
    share = attained(rate(n, d), full)
    if d == 0:
        assert share is None
        return
    assert 0 <= share <= 1
    assert (share == 1) == (rate(n, d) >= full)
    assert 0 <= group_points(22, [share]) <= 22
    assert group_points(22, []) is None


@given(COUNTS, COUNTS)
def test_satisfaction_loses_what_is_late_and_what_is_complained_of(lateness, complaints):
    late, judged = lateness
    complained, counted = complaints
    found = satisfaction(late, judged, complained, counted)
    if judged == counted == 0:
        assert found is None
        return
    assert 0 <= found <= 100
    if late == 0 and complained == 0:
        assert found == 100
    if judged:
        worse = satisfaction(min(late + 1, judged), judged, complained, counted)
        assert worse <= found


@given(st.sampled_from(sorted(UNITS_US)), st.integers(1, 60), st.integers(1, 1000))
def test_the_mean_of_equal_times_is_that_time_in_the_own_unit(unit, length, n):
    whole = UNITS_US[unit] * length * n
    assert average_time(whole, whole, n, unit) == length
    assert average_time(whole, whole, 0, unit) is None


def test_edge_case_2_a_second_supplement_is_overdue_however_early_the_dossier_ends():
    case = Case(processed=BEGIN, promised=BEGIN + timedelta(days=5), requests=2)
    assert is_on_time(case, BEGIN + timedelta(days=30)) is False


def test_a_working_day_has_eight_hours_and_hours_of_the_night_count_only_for_calendar_units():
    eight, day = 8 * 3_600_000_000, 86_400_000_000
    assert average_time(3 * day, 2 * eight, 1, "ngay_lam_viec") == 2
    assert average_time(3 * day, 2 * eight, 1, "ngay") == 3
    assert average_time(3 * day, 2 * eight, 1, "gio_lam_viec") == 16
    assert average_time(3 * day, 2 * eight, 1, "gio") == 72
