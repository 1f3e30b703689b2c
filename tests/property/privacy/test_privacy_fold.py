"""A request is a function of the set of its records, and a limit never lies before its beginning."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from postal.law.rules import Constant, Constants, Status
from shipments.privacy.rules import DONE, REFUSED, VERIFIED, State, fold_request, retention_of
from tests.factories.privacy import CODE, a_record, asked

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
BODIES = {
    VERIFIED: {"identity": "cccd"},
    REFUSED: {"reason": "PRIVACY_WITHDRAWN"},
    DONE: {"erased": ["feedback"]},
}
RECORDS = st.lists(st.tuples(st.sampled_from(sorted(BODIES)), st.integers(1, 60 * 24)), max_size=6)


@given(RECORDS, st.randoms(use_true_random=False))
def test_any_order_of_records_leaves_the_same_request(records, chance):
    rows = [
        asked(AT),
        *(a_record(kind, AT + timedelta(hours=hours), **BODIES[kind]) for kind, hours in records),
    ]
    request = fold_request(CODE, rows)
    assert fold_request(CODE, chance.sample(rows, len(rows))) == request
    assert (request.ended_at is not None) == (request.state in {State.DONE, State.REFUSED})
    assert request.state is not State.DONE or request.verified_at is not None
    if request.ended_at is not None:
        assert ("due" in request.late) == (request.ended_at > request.due)


@given(st.dates(date(2017, 8, 15), date(2090, 1, 1)), st.integers(1, 30))
def test_retention_ends_on_the_same_day_so_many_years_later(accepted, years):
    rule = Constant(
        name="retention.electronic_years",
        value=years,
        valid_from=date(2017, 8, 15),
        valid_to=None,
        citation="test",
        status=Status.TEST,
    )
    retention = retention_of(accepted, Constants({rule.name: rule}))
    assert retention.kept_until.year == accepted.year + years
    assert 365 * years <= (retention.kept_until - accepted).days <= 366 * years
    assert not retention.over_on(retention.kept_until - timedelta(days=1))
