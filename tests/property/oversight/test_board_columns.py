"""The columns of the board share all open and lately settled cases among them; a deadline is told in whole numbers."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from manifests.discrepancies.rules import Discrepancy, Standing
from manifests.oversight.rules import LATELY, Column, column_of, left_of

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
NEAR = st.timedeltas(min_value=timedelta(days=-20), max_value=timedelta(days=20)).map(lambda span: NOW + span)


@st.composite
def cases(draw):
    settled = draw(st.booleans())
    return Discrepancy(
        id=draw(st.uuids()),
        manifest="BK-261123-ABCDEF",
        piece="DH123456785VN",
        line_class=draw(st.sampled_from(["missing", "extra", "damaged"])),
        reason=draw(st.sampled_from([None, "unseen", "waiting_limit_over"])),
        owner="BC-10",
        state=Standing.RESOLVED if settled else Standing.OPEN,
        opened_at=NOW - timedelta(days=30),
        deadline=draw(NEAR),
        resolution="found" if settled else None,
        resolved_at=draw(NEAR.filter(lambda at: at <= NOW)) if settled else None,
        resolved_by=None,
        reopened=0,
        assignee=draw(st.sampled_from([None, "nv-1"])),
    )


@given(cases())
def test_every_case_of_the_board_is_in_one_column_and_it_says_why(case):
    column = column_of(case, NOW)
    settled = case.state is Standing.RESOLVED
    assert (column is None) == (settled and case.resolved_at < NOW - LATELY)
    assert (column is Column.RESOLVED) == (settled and column is not None)
    if not settled:
        late, awaited = case.deadline < NOW, case.reason == "waiting_limit_over"
        assert (column is Column.OVERDUE) == late
        assert (column is Column.AWAITING) == (awaited and not late)
        assert (column is Column.ASSIGNED) == (case.assignee is not None and not late and not awaited)


@given(NEAR)
def test_a_deadline_is_told_in_a_number_that_is_never_nothing(deadline):
    left = left_of(deadline, NOW)
    assert left.late == (deadline < NOW)
    assert left.number >= (2 if left.days else 1)
    span = abs(deadline - NOW)
    unit = timedelta(days=1) if left.days else timedelta(hours=1)
    assert abs(span - left.number * unit) <= unit
    assert not (left.pressing and (left.late or left.days))
