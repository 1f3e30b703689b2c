"""Estimates from history: ranks, silence, coverage measured with nothing of the future."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shipments.estimates.rules import (
    ANY_DAY,
    History,
    Key,
    Span,
    Terms,
    by_clock,
    chosen,
    histories,
    interval,
    walk_forward,
    wanted_keys,
)

BEGIN = datetime(2026, 3, 2, 1, tzinfo=UTC)
TERMS = Terms(confidence_percent=80, least=10, most=50, days=365)
lengths = st.lists(st.integers(0, 10**9), max_size=60).map(sorted)


def spans(worked, *, apart=timedelta(days=2)):
    return [
        Span(BEGIN + apart * at + timedelta(days=1), BEGIN + apart * at, f"D-{at:03}", each)
        for at, each in enumerate(worked)
    ]


def test_ranks_are_those_of_conformal_prediction():
    hundred = list(range(1, 100))
    assert interval(hundred, 0, TERMS) == (10, 90)
    assert interval(hundred, 50, TERMS) == (55, 95), "of those only that lasted longer than it has already"


def test_too_little_history_is_no_estimate():
    assert interval(list(range(1, 10)), 0, TERMS) is None
    assert interval(list(range(1, 100)), 95, TERMS) is None
    assert interval([], 0, TERMS) is None


@given(lengths, st.integers(0, 10**9))
def test_an_interval_lies_within_history_and_ahead_and_holds_its_share(worked, elapsed):
    if (told := interval(worked, elapsed, TERMS)) is None:
        assert len([each for each in worked if each > elapsed]) < TERMS.least
        return
    low, high = told
    assert elapsed < low <= high
    assert {low, high} <= set(worked)
    longer = [each for each in worked if each > elapsed]
    assert len([each for each in longer if low <= each <= high]) * 100 >= 80 * (len(longer) - 1)


def slow_walk(finished):
    """Judge each span anew from everything that had ended before it began."""
    judged = inside = 0
    for span in finished:
        before = sorted(each for each in finished if each.stopped_at < span.started_at)[-TERMS.most :]
        if told := interval(sorted(each.worked for each in before), 0, TERMS):
            judged += 1
            inside += told[0] <= span.worked <= told[1]
    return judged, inside


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(1, 100), st.integers(0, 50)), max_size=80),
    st.randoms(),
)
def test_coverage_is_what_would_have_been_told_then_in_any_order_of_rows(drawn, chance):
    finished = [
        Span(BEGIN + timedelta(hours=start + length), BEGIN + timedelta(hours=start), f"D-{at:03}", worked)
        for at, (start, length, worked) in enumerate(drawn)
    ]
    found = walk_forward(finished, TERMS)
    assert found == slow_walk(finished)
    shuffled = finished[:]
    chance.shuffle(shuffled)
    assert walk_forward(shuffled, TERMS) == found


def test_coverage_of_a_steady_route_is_near_what_it_aims_at_and_worse_where_things_change():
    steady = walk_forward(spans([(at * 7919) % 1000 for at in range(400)]), TERMS)
    assert 75 <= steady[1] * 100 / steady[0] <= 90
    slowing = walk_forward(spans([at * 1000 for at in range(400)]), TERMS)
    assert slowing[1] * 100 / slowing[0] < 10, "a measured coverage tells that estimates are no good"


def test_the_finest_history_that_can_tell_is_taken_and_one_without_procedure_never_tells_its_kind():
    monday = Key("C7", "A>B", "P", 0)
    finished = [(monday, span) for span in spans(range(40))]
    finished += [(Key("C7", "A>B", "P", 1), span) for span in spans(range(1000, 1005))]
    finished += [(Key("C7", "A>B", "Q", 1), span) for span in spans(range(5000, 5040))]
    known = {each.key: each for each in histories(finished, TERMS)}
    assert Key("C7", "A>B", "P", 1) not in known, "too thin"
    history, _ = chosen(wanted_keys("C7", "A>B", "P", BEGIN), known, 0, TERMS)
    assert history.key == monday
    history, _ = chosen(wanted_keys("C7", "A>B", "P", BEGIN + timedelta(days=1)), known, 0, TERMS)
    assert history.key == Key("C7", "A>B", "P"), "of all days"
    history, _ = chosen(wanted_keys("C7", "A>B", None, BEGIN), known, 0, TERMS)
    assert history.key == Key("C7", "A>B", "", 0)
    assert chosen(wanted_keys("C7", "A>C", None, BEGIN), known, 0, TERMS) is None
    unjudged = {Key("C7", "A>B"): History(key=Key("C7", "A>B"), spans=tuple(range(40)), judged=3, inside=3)}
    assert chosen(wanted_keys("C7", "A>B", None, BEGIN), unjudged, 0, TERMS) is None
    whole = known[Key("C7", "A>B", "", ANY_DAY)]
    assert by_clock(known.values()) == {"C7": (whole.judged, whole.inside)}
