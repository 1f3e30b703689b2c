"""What stands follows from the set of rows, and an interval always holds the share that it is about."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from postal.proportions import interval
from shipments.ratings.rules import Score, Target, rating_of, tally, versions_of
from tests.factories.ratings import a_rating

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ROWS = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from([score.value for score in Score])), min_size=1, max_size=8
).map(lambda given: [a_rating("D", AT + timedelta(days=day), score) for day, score in given])


@given(ROWS, st.randoms(use_true_random=False))
def test_any_order_of_rows_leaves_the_same_rating(rows, chance):
    shuffled = chance.sample(rows, len(rows))
    assert rating_of("D", shuffled) == rating_of("D", rows)
    assert versions_of(shuffled) == versions_of(rows)
    standing = rating_of("D", rows)
    assert standing.revisions == len(rows) - 1
    assert standing.first_at == min(row.corrected_at for row in rows) <= standing.given_at
    assert versions_of(rows)[0].row_id == standing.row_id


@given(st.integers(0, 300), st.integers(0, 300))
def test_an_interval_holds_the_share_and_narrows_with_more_of_the_same(successes, failures):
    total = successes + failures
    if total == 0:
        assert interval(successes, total) is None
        return
    low, high = interval(successes, total)
    assert 0 <= low <= successes / total <= high <= 1
    wider_low, wider_high = interval(successes * 10, total * 10)
    assert wider_high - wider_low < high - low


@given(st.dictionaries(st.sampled_from(Score), st.integers(0, 50)), st.integers(0, 100))
def test_a_tally_counts_each_rating_once_and_judges_by_its_interval(counts, percent):
    one = tally("x", None, counts, Target(percent, "test", "test"))
    assert one.total == one.satisfied + one.neutral + one.dissatisfied == sum(counts.values())
    if one.total:
        assert one.low <= one.percent <= one.high
        assert (one.verdict == "missed") <= (one.percent < percent)
        assert (one.verdict == "reached") <= (one.percent >= percent)
