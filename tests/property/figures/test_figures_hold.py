"""Figures in any order, distributions that can be added, and intervals that contain what they estimate."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shipments.figures.rules import (
    VERDICTS,
    ClockRow,
    DossierFacts,
    Rate,
    bounds,
    bucket_of,
    contribution_of,
    deltas,
    quantile,
    worst_first,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
instants = st.integers(0, 400 * 24).map(lambda hours: START + timedelta(hours=hours))
maybe = st.one_of(st.none(), instants)
lengths = st.integers(0, 10**13)


@st.composite
def clocks(draw):
    stopped = draw(maybe)
    return ClockRow(
        clock=draw(st.sampled_from(["C1", "C3", "C6", "C7"])),
        ordinal=0,
        started_at=draw(instants),
        stopped_at=stopped,
        calendar_us=draw(lengths),
        working_us=draw(lengths),
        due=draw(maybe),
        verdict=draw(st.sampled_from([None, *VERDICTS[:4]])),
        verdict_extended=draw(st.sampled_from([None, "on_time", "late"])),
        paused_since=draw(maybe),
    )


@st.composite
def dossiers(draw):
    return DossierFacts(
        code=draw(st.sampled_from("ABCDEFGH")),
        procedure=draw(st.sampled_from(["1", "2"])),
        authority=draw(st.sampled_from(["X", "Y"])),
        desk=draw(st.sampled_from(["M", "N"])),
        office=draw(st.sampled_from([None, "O"])),
        service_mode=draw(st.sampled_from(["submit", "return", "both"])),
        registered_at=draw(instants),
        completed_at=draw(maybe),
        closed_at=draw(maybe),
        supplements=draw(st.integers(0, 3)),
        extensions=draw(st.integers(0, 2)),
        clocks=tuple({each.clock: each for each in draw(st.lists(clocks(), max_size=4))}.values()),
    )


@given(st.lists(dossiers(), max_size=20), st.randoms(use_true_random=False))
def test_any_order_of_arrivals_and_changes_gives_the_sums_of_what_stands_at_the_end(
    arrivals, shuffled: random.Random
):
    kept, sums = {}, Counter()
    for facts in arrivals:
        old = [kept[facts.code]] if facts.code in kept else []
        kept[facts.code] = contribution_of(facts)
        for cell, amount in deltas(old, [kept[facts.code]]).items():
            sums[cell] = sums.get(cell) + amount if sums.get(cell) else amount
    last = list(kept.values())
    shuffled.shuffle(last)
    assert {cell: amount for cell, amount in sums.items() if amount} == dict(deltas([], last))


@given(dossiers())
def test_each_dossier_is_received_once_and_done_at_most_once(facts):
    parts = contribution_of(facts).parts
    counts = Counter(part.measure for part in parts)
    assert counts["registered"] == 1
    assert counts["received"] == any(each.clock == "C3" for each in facts.clocks)
    done = sum(counts[f"C3.{verdict}"] for verdict in VERDICTS)
    assert done == counts["completed"] + counts["returned"] <= counts["received"]
    assert counts["past_due_done"] <= counts["past_due"] <= counts["received"]
    assert len({(part.measure, part.ordinal) for part in parts}) == len(parts)


@given(st.integers(0, 10**9))
def test_a_bucket_holds_its_lengths_within_the_stated_error(seconds):
    low, high = bounds(bucket_of(seconds))
    assert low <= seconds < high
    assert abs(Fraction(low + high - 1, 2) - seconds) * 16 <= seconds


@given(st.lists(st.integers(0, 10**8), min_size=1, max_size=60), st.integers(1, 99))
def test_a_quantile_of_added_distributions_is_near_that_of_all_lengths(values, percent):
    half = len(values) // 2
    spread = Counter(map(bucket_of, values[:half])) + Counter(map(bucket_of, values[half:]))
    rank = max(1, -(-len(values) * percent // 100))
    exact = sorted(values)[rank - 1]
    assert abs(quantile(spread, Fraction(percent, 100)) - exact) * 16 <= exact


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_lies_around_the_share_and_within_zero_and_one(counts):
    hits, of = counts
    low, high = Rate(hits, of).interval
    assert 0 <= low <= hits / of <= high <= 1
    assert low < high
    wider = Rate(hits * 10, of * 10).interval
    assert wider[1] - wider[0] < high - low


@given(st.lists(st.integers(0, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), max_size=20))
def test_nobody_stands_before_one_who_is_surely_worse(counts):
    ranked = [rate for _, rate in worst_first([(None, Rate(*each)) for each in counts])]
    for earlier, later in pairwise(ranked):
        assert not (earlier.of and later.of) or earlier.interval[1] <= later.interval[1]
        assert earlier.of or not later.of


@given(st.integers(0, 1), st.integers(20, 500), st.integers(0, 100))
def test_one_envelope_never_ranks_worse_than_many_of_which_half_are_late(hit, many, percent):
    # At 95 % one failure of one proves no more than a rate of 79 %.
    share = Rate(many * min(percent, 50) // 100, many)
    ranked = worst_first([("one", Rate(hit, 1)), ("many", share)])
    assert ranked[0][0] == "many"
