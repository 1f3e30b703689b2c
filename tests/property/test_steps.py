"""Laws of steps: waiting and work sum to the span, and a nonconformity is the same in whatever order it is told."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from postal.ledger.rules import Content, Row, Stream
from shipments.clocks.rules import Clock, ClockName, Facts, Mark, Wait
from shipments.clocks.rules.spans import clipped, lengths
from shipments.dossiers.rules import CaseEvent, CaseKind
from shipments.steps.rules import Basis, Planned, fold_nonconformity, step_times
from tests.factories.calendars import administrative

START = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
PLAN = (
    Planned(number=1, name_vi="Tiếp nhận", name_en="Receipt", hours=1, unit_kind="desk"),
    Planned(number=2, name_vi="Thẩm định", name_en="Examination", hours=8, unit_kind="unit"),
)
KINDS = {"MC-HUE": "desk", "P2": "unit"}


def after(hours):
    return START + timedelta(hours=hours)


@given(
    begin=st.integers(0, 50),
    length=st.integers(0, 100),
    acted=st.integers(0, 150),
    wait=st.tuples(st.integers(0, 150), st.integers(1, 30)),
    open_=st.booleans(),
)
def test_waiting_and_work_sum_to_the_working_time_of_the_span(begin, length, acted, wait, open_):
    time = administrative()
    start, end = after(begin), after(begin + length)
    waits = clipped([Wait(kind="supplement", start=after(wait[0]), end=after(sum(wait)))], start, end)
    _, working = lengths(time, start, end, waits)
    stopped = None if open_ else Mark(at=end, row=UUID(int=2), kind="step_done")
    clock = Clock(
        clock=ClockName.STEP,
        party="P2",
        started=Mark(at=start, row=UUID(int=1), kind="transferred"),
        stopped=stopped,
        waits=waits,
        calendar="VN-HC",
        working_us=working,
        rule="step",
        verdict=None,
        time=time,
    )
    event = CaseEvent(id=UUID(int=3), kind=CaseKind.STEP_DONE, at=after(acted), organisation="P2")
    facts = Facts(code="X", authority="H57.01", desk="MC-HUE", events=(event,))
    (found,) = step_times([clock], facts, PLAN, KINDS, {UUID(int=2): "nv-2", UUID(int=3): "nv-3"}, end)
    assert found.total_us == working
    assert found.waiting_us >= 0
    assert found.worked_us >= 0
    inside = start < event.at <= end
    assert found.basis is (Basis.ACTED if inside else Basis.UNSEEN)
    assert found.waiting_us == 0 or found.taken_up_at == event.at
    assert found.person == ("nv-2" if stopped else "nv-3" if inside else None)
    assert found.planned == PLAN[1]
    assert found.exceeded == (working > 8 * 3_600_000_000)


def row(number, kind, hours, body):
    content = Content(
        id=UUID(int=number),
        stream=Stream.RECORD,
        kind=kind,
        code="KPH-261125-AAAAAA",
        occurred_at=after(hours),
        body=body,
        organisation="MC-HUE",
    )
    return Row(content=content, received_at=after(hours), corrected_at=after(hours), content_hash=b"")


OPENED = {"dossier": "D", "procedure": "1", "authority": "H57.01", "origin": "hand", "owner": "MC-HUE"}
records = st.lists(
    st.tuples(
        st.sampled_from(
            [
                ("nonconformity.opened", OPENED),
                ("nonconformity.assigned", {"owner": "P2", "person": "nv-1"}),
                ("nonconformity.acted", {"cause": "OTHER", "note": "0" * 64}),
                ("nonconformity.closed", {"effective": True}),
                ("nonconformity.published", {"decision": "1/QĐ"}),
            ]
        ),
        st.integers(0, 9),
    ),
    max_size=8,
)


@given(records=records, data=st.data())
def test_any_order_of_records_gives_the_same_nonconformity_and_a_closed_one_stays_closed(records, data):
    rows = [row(number, kind, hours, body) for number, ((kind, body), hours) in enumerate(records, 1)]
    found = fold_nonconformity("KPH-261125-AAAAAA", rows)
    shuffled = data.draw(st.permutations(rows))
    assert fold_nonconformity("KPH-261125-AAAAAA", [*shuffled, *rows]) == found
    kinds = {kind for (kind, _), _ in records}
    assert (found is None) == ("nonconformity.opened" not in kinds)
    if found is not None:
        assert (found.state == "closed") == ("nonconformity.closed" in kinds)
