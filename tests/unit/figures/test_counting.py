"""What one dossier adds to the figures, by hand-checkable cases."""

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

import pytest

from shipments.figures.rules import (
    Channel,
    ClockRow,
    DossierFacts,
    Rate,
    best_first,
    bounds,
    bucket_of,
    contribution_of,
    deltas,
    quantile,
    worst_first,
)

VIETNAM = timezone(timedelta(hours=7))
HOUR_US = 3_600_000_000


def at(day, hour=8):
    return datetime(2026, 11, day, hour, tzinfo=VIETNAM)


def clock(name="C3", **different):
    values = {
        "clock": name,
        "ordinal": 0,
        "started_at": at(2),
        "stopped_at": at(4, 16),
        "calendar_us": 56 * HOUR_US,
        "working_us": 20 * HOUR_US,
        "due": at(5, 17),
        "verdict": "early",
    }
    return ClockRow(**values | different)


def facts(**different):
    values = {
        "code": "H57-1",
        "procedure": "1.000001",
        "authority": "H57.01",
        "desk": "MC-HUE",
        "office": "BC-530000",
        "service_mode": "both",
        "registered_at": at(1, 23),
        "completed_at": at(4, 16),
        "clocks": (clock(), clock("C1"), clock("C6")),
    }
    return DossierFacts(**values | different)


def days(found):
    return {part.measure: part.day.day for part in contribution_of(found).parts}


def test_a_dossier_is_counted_on_the_vietnamese_days_of_what_happened():
    late_evening = datetime(2026, 11, 1, 17, 30, tzinfo=UTC)
    assert days(facts(registered_at=late_evening)) == {
        "registered": 2,
        "result_by_post": 2,
        "received": 2,
        "C3.early": 4,
        "C1.early": 4,
        "C6.early": 4,
        "completed": 4,
        "past_due": 5,
        "past_due_done": 5,
        "promised": 4,
        "taken": 4,
    }


def test_lengths_are_summed_in_milliseconds_and_put_into_a_bucket_of_the_clocks_own_time():
    parts = {part.measure: part for part in contribution_of(facts()).parts}
    assert parts["C3.early"].calendar_ms == 56 * 3_600_000
    assert parts["C3.early"].working_ms == 20 * 3_600_000
    assert parts["C3.early"].bucket == bucket_of(20 * 3_600)
    assert parts["C1.early"].bucket == bucket_of(56 * 3_600)
    assert parts["promised"].calendar_ms == 81 * 3_600_000
    assert parts["taken"].calendar_ms == 56 * 3_600_000


@pytest.mark.parametrize(
    ("different", "expected"),
    [
        ({}, Channel.POST),
        ({"channel": Channel.ONLINE}, Channel.POST),
        ({"service_mode": "return"}, Channel.DIRECT),
        ({"service_mode": "return", "channel": Channel.ONLINE}, Channel.ONLINE),
    ],
)
def test_what_came_by_post_came_by_post_whatever_was_stated(different, expected):
    assert contribution_of(facts(**different)).place.channel is expected


def test_a_dossier_registered_for_the_post_that_came_without_it_is_formal():
    assert "formal_in" not in days(facts())
    assert days(facts(clocks=(clock(), clock("C6"))))["formal_in"] == 2
    assert "formal_in" not in days(facts(service_mode="return", clocks=(clock(),)))


def test_a_result_that_was_to_go_home_by_post_and_was_fetched_is_formal_once_the_case_is_closed():
    fetched = {"clocks": (clock(), clock("C1"))}
    assert "formal_out" not in days(facts(**fetched))
    assert days(facts(**fetched, closed_at=at(6)))["formal_out"] == 6
    assert "formal_out" not in days(facts(**fetched, closed_at=at(6), completed_at=None))
    assert "formal_out" not in days(facts(**fetched, closed_at=at(6), service_mode="submit"))


def test_an_open_dossier_is_past_due_on_its_day_and_not_while_it_waits_for_the_citizen():
    open_ = {"stopped_at": None, "calendar_us": None, "working_us": None, "verdict": None}
    running = days(facts(completed_at=None, clocks=(clock(**open_),)))
    assert running["past_due"] == 5
    assert "past_due_done" not in running
    waiting = days(facts(completed_at=None, clocks=(clock(**open_, paused_since=at(3)),)))
    assert "past_due" not in waiting
    too_late = days(facts(completed_at=None, clocks=(clock(**open_, paused_since=at(6)),)))
    assert too_late["past_due"] == 5


def test_a_late_one_stops_being_overdue_on_the_day_it_is_done():
    late = days(facts(clocks=(clock(stopped_at=at(9), verdict="late"), clock("C1"), clock("C6"))))
    assert (late["C3.late"], late["past_due"], late["past_due_done"]) == (9, 5, 9)


def test_ended_without_a_result_is_returned_and_an_extension_keeps_both_verdicts():
    found = days(
        facts(
            completed_at=None,
            extensions=1,
            clocks=(clock(verdict="late", verdict_extended="on_time", verdict_index="late"),),
        )
    )
    assert "completed" not in found
    assert {"returned", "extended", "C3.late", "C3.extended_on_time", "C3.index_late"} <= found.keys()


def test_digitised_is_a_file_for_each_paper_and_one_for_the_result():
    assert "digitised" not in days(facts(papers=2, paper_files=2))
    assert {"digitised", "digitised_papers"} <= days(facts(papers=2, paper_files=2, result_files=1)).keys()
    assert "digitised_papers" not in days(facts(papers=2, paper_files=1, result_files=1))
    assert "digitised_papers" not in days(facts(papers=0, paper_files=1, result_files=1))


def test_a_second_supplement_request_is_counted_apart():
    assert {"supplemented"} < days(facts(supplements=1)).keys()
    assert "supplemented_again" not in days(facts(supplements=1))
    assert "supplemented_again" in days(facts(supplements=2))


def test_a_step_is_counted_by_its_holder():
    step = contribution_of(facts(clocks=(clock("C4", ordinal=2, party="PHONG-1"),))).parts[0]
    assert (step.measure, step.ordinal, step.holder) == ("C4.early", 2, "PHONG-1")


def test_what_stays_the_same_changes_nothing():
    one = contribution_of(facts())
    assert deltas([one], [one]) == {}
    moved = deltas([one], [contribution_of(facts(procedure="1.000002"))])
    assert sum(amount.n for amount in moved.values()) == 0
    assert len(moved) == 2 * len(one.parts)


def test_buckets_are_exact_below_eight_seconds_and_contiguous():
    assert [bounds(bucket_of(seconds)) for seconds in (0, 7, 8, 16, 17)] == [
        (0, 1),
        (7, 8),
        (8, 9),
        (16, 18),
        (16, 18),
    ]
    assert [bounds(n)[1] for n in range(1, 100)] == [bounds(n)[0] for n in range(2, 101)]


def test_a_quantile_of_nothing_is_nothing():
    assert quantile({}, Fraction(1, 2)) is None
    assert quantile({bucket_of(3): 1, bucket_of(5): 1}, Fraction(1, 2)) == 3
    assert quantile({bucket_of(3): 1, bucket_of(5): 2}, Fraction(1, 2)) == 5


def test_one_late_envelope_does_not_make_the_worst_commune():
    rated = [("one of one late", Rate(0, 1)), ("sixty of a hundred", Rate(60, 100)), ("nothing", Rate(0, 0))]
    assert [name for name, _ in worst_first(rated)] == ["sixty of a hundred", "one of one late", "nothing"]
    assert [name for name, _ in best_first([("1 of 1", Rate(1, 1)), ("95 of 100", Rate(95, 100))])] == [
        "95 of 100",
        "1 of 1",
    ]
    assert Rate(0, 0).share is None
