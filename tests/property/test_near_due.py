"""Near due is one rule: the last working days before the due day, or the last share of the limit."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shipments.clocks.rules import Mark, NearDue, Verdict, near_from
from shipments.clocks.rules.due import stated
from shipments.clocks.rules.judging import judge
from shipments.clocks.rules.nearing import near_rule
from tests.factories.calendars import administrative
from tests.factories.law import constants

TIME = administrative()
BEGIN = datetime(2026, 2, 9, 1, tzinfo=UTC)  # a week before Tết

spans = st.integers(0, 40 * 86_400 * 1000).map(lambda ms: timedelta(milliseconds=ms))
near_rules = st.builds(
    NearDue,
    days=st.none() | st.integers(0, 12),
    percent=st.none() | st.integers(0, 100),
)


def is_near(begin, due, at, rule):
    """Say the rule as a text would, instant by instant."""
    by_days = rule.days is not None and (
        TIME.working_days_between(TIME.local_day(at), TIME.local_day(due)) <= rule.days
    )
    by_share = rule.percent is not None and (
        TIME.between(at, due) * 100 <= TIME.between(begin, due) * rule.percent
    )
    return by_days or by_share


@given(spans, spans, spans, near_rules)
def test_whichever_of_days_and_share_comes_first_makes_a_clock_near_due(after, limit, later, rule):
    begin = BEGIN + after
    due, at = begin + limit, begin + min(later, limit)
    started = Mark(at=begin, row=UUID(int=1), kind="received")
    verdict = judge(TIME, started, None, at, stated(due), near=rule)
    assert (verdict is Verdict.NEAR_DUE) == is_near(begin, due, at, rule)
    kept = near_from(TIME, begin, due, rule)
    assert (kept is None) == (rule.days is None and rule.percent is None)
    if kept is not None:
        assert (at >= kept) == (verdict is Verdict.NEAR_DUE)
        assert begin <= kept <= max(begin, due)


def test_each_constant_may_be_absent_and_one_working_day_begins_at_midnight():
    both = near_rule(constants(clock__near_due_days=1))
    assert both == NearDue(days=1, percent=20)
    assert near_rule(constants(clock__near_due_percent=None)) == NearDue(days=None, percent=None)
    begin, due = (datetime(2026, 11, day, hour, tzinfo=UTC) for day, hour in ((2, 1), (30, 10)))
    assert near_from(TIME, begin, due, NearDue(days=1, percent=None)) == datetime(
        2026, 11, 26, 17, tzinfo=UTC
    )
    assert near_from(TIME, begin, due, both) < datetime(2026, 11, 26, tzinfo=UTC)
