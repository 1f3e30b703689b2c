"""One rating stands, and few of them rank nobody."""

from datetime import UTC, datetime, timedelta

import pytest

from postal.errors import Conflict
from postal.proportions import interval
from shipments.ratings.rules import (
    Score,
    Target,
    rating_of,
    refuse_replacing,
    tally,
    versions_of,
    worst_first,
)
from tests.factories.ratings import a_rating

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TARGET = Target(90, "test", "test")


def test_the_last_rating_stands_and_those_before_it_stay_readable():
    rows = [a_rating("D", AT), a_rating("D", AT + timedelta(days=2), "dissatisfied", attitude="neutral")]
    standing = rating_of("D", rows)
    assert (standing.score, standing.attitude, standing.revisions) == (Score.DISSATISFIED, Score.NEUTRAL, 1)
    assert (standing.first_at, standing.given_at) == (AT, AT + timedelta(days=2))
    assert [version.score for version in versions_of(rows)] == [Score.DISSATISFIED, Score.SATISFIED]
    assert rating_of("D", []) is None


def test_a_rating_stands_for_good_once_its_window_is_over():
    refuse_replacing(AT, 30, AT + timedelta(days=30))
    with pytest.raises(Conflict) as refused:
        refuse_replacing(AT, 30, AT + timedelta(days=30, microseconds=1))
    assert refused.value.code == "rating.stands"
    assert "23/12/2026" in refused.value.vi


def test_the_interval_is_wilsons():
    # Checked by hand: 8 of 10 at 95 %.
    low, high = interval(8, 10)
    assert (round(low, 4), round(high, 4)) == (0.4902, 0.9433)
    assert interval(0, 0) is None
    with pytest.raises(ValueError, match="3 of 2"):
        interval(3, 2)


def test_one_bad_rating_makes_nobody_the_worst():
    small = tally("small", None, {Score.DISSATISFIED: 1}, TARGET)
    large = tally("large", None, {Score.SATISFIED: 50, Score.DISSATISFIED: 50}, TARGET)
    good = tally("good", None, {Score.SATISFIED: 200}, TARGET)
    none = tally("none", None, {}, TARGET)
    assert [one.key for one in worst_first([good, none, small, large])] == ["large", "small", "good", "none"]
    assert (small.verdict, large.verdict, good.verdict, none.verdict) == ("missed", "missed", "reached", None)
    assert (none.percent, none.total) == (None, 0)
    assert tally("two", None, {Score.SATISFIED: 2}, TARGET).verdict == "unclear"
