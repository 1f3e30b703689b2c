"""Laws of the case fold: order of arrival does not matter, instants keep their first value, pauses do not overlap."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shipments.dossiers.rules.case import CaseEvent, fold
from shipments.dossiers.rules.moves import CaseKind, Status

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)

bodies = st.fixed_dictionaries(
    {},
    optional={
        "due": st.integers(0, 100).map(lambda hours: (START + timedelta(hours=hours)).isoformat()),
        "apology": st.just("12/VBXL"),
        "override": st.booleans(),
        "reason": st.just("leader"),
        "unit": st.sampled_from(["U1", "U2"]),
    },
)
events = st.lists(
    st.builds(
        CaseEvent,
        id=st.integers(1, 30).map(lambda number: UUID(int=number)),
        kind=st.sampled_from(CaseKind),
        at=st.integers(0, 20).map(lambda hours: START + timedelta(hours=hours)),
        body=bodies,
    ),
    max_size=25,
    unique_by=lambda event: event.id,
)


@given(events=events, data=st.data())
def test_any_order_and_repetition_of_events_gives_the_same_case(
    events: list[CaseEvent], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(events))
    assert fold([*shuffled, *events]) == fold(events)


@given(events=events)
def test_pauses_follow_one_another_and_only_the_last_may_be_open(events: list[CaseEvent]) -> None:
    case = fold(events)
    instants = [START]
    for pause in case.pauses:
        assert pause.start >= instants[-1]
        instants.append(pause.end or pause.start)
        assert instants[-1] >= pause.start
    assert all(pause.end for pause in case.pauses[:-1])
    waiting = case.status in {Status.SUPPLEMENT, Status.FEE}
    assert waiting == bool(case.pauses and case.pauses[-1].end is None)


@given(events=events)
def test_every_event_counts_or_is_flagged_and_first_promises_stay(events: list[CaseEvent]) -> None:
    ordered = sorted(events, key=lambda event: (event.at, event.id))
    promised = None
    for length in range(len(ordered) + 1):
        case = fold(ordered[:length])
        promised = promised or case.due_first
        assert case.due_first == promised
    case = fold(events)
    assert (case.due_first is None) == (case.due_now is None)
    assert {flag.event for flag in case.flags} <= {event.id for event in events}


@given(events=events)
def test_a_case_never_leaves_an_end_state(events: list[CaseEvent]) -> None:
    ordered = sorted(events, key=lambda event: (event.at, event.id))
    ended = None
    for length in range(len(ordered) + 1):
        case = fold(ordered[:length])
        if ended is not None:
            assert case.status == ended
        if case.status in {Status.REJECTED, Status.STOPPED, Status.RETURNED}:
            ended = case.status
