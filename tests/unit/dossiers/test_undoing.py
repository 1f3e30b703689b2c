"""What an agency may take back: lately, the last thing it said, and only what binds nobody yet."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal.errors import PostalError
from postal.ledger.rules import Stream
from postal.ledger.service import authored
from shipments.dossiers.rules import (
    CASE_CORRECTED,
    UNDO_WITHIN,
    UNDOABLE,
    CaseEvent,
    CaseKind,
    events_of,
    fold,
)
from shipments.dossiers.rules.undoing import refuse_undo

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DESK = "MC-HUE"


def event(number: int, kind: CaseKind, minutes: int = 0, by: str = DESK) -> CaseEvent:
    return CaseEvent(id=UUID(int=number), kind=kind, at=AT + timedelta(minutes=minutes), organisation=by)


CASE = (event(1, CaseKind.REGISTERED, -60), event(2, CaseKind.RECEIVED, -50), event(3, CaseKind.COMPLETED))


def refusal(events=CASE, target=3, sees=(DESK,), after=timedelta(0), *, moved=False):
    try:
        refuse_undo(events, UUID(int=target), sees, AT + after, moved=moved)
    except PostalError as refused:
        return refused.code
    return None


def test_the_last_completion_may_be_taken_back_for_a_quarter_of_an_hour():
    assert refusal() is None
    assert refusal(after=UNDO_WITHIN) is None
    assert refusal(after=UNDO_WITHIN + timedelta(seconds=1)) == "case.undo_too_late"


def test_it_says_why_not():
    assert refusal(target=9) == "case.event_not_found"
    assert refusal(sees=("BC-530000",)) == "case.undo_other"
    assert refusal(moved=True) == "case.undo_result_moved"
    assert refusal((*CASE, event(4, CaseKind.RESULT_AT_DESK, 1))) == "case.undo_not_last"


@pytest.mark.parametrize("kind", sorted(set(CaseKind) - UNDOABLE))
def test_what_a_citizen_acted_on_stands(kind):
    assert refusal((*CASE[:2], event(3, kind))) == "case.not_undoable"


@given(st.permutations(range(4)), st.booleans())
def test_what_was_taken_back_leaves_the_case_as_it_was(order, ours):
    said = [("registered", -60), ("received", -50), ("completed", 0)]
    rows = [
        authored(
            id=UUID(int=number),
            stream=Stream.CASE,
            kind=kind,
            code="H1",
            occurred_at=AT + timedelta(minutes=minutes),
            now=AT + timedelta(minutes=minutes),
            actor_organisation=DESK,
        )
        for number, (kind, minutes) in enumerate(said, 1)
    ]
    correction = authored(
        id=UUID(int=9),
        stream=Stream.RECORD,
        kind=CASE_CORRECTED,
        code="H1",
        occurred_at=AT + timedelta(minutes=1),
        now=AT + timedelta(minutes=1),
        actor_organisation=DESK if ours else "ANOTHER",
        body={"corrects": str(UUID(int=3))},
    )
    mixed = [[*rows, correction][place] for place in order]
    assert fold(events_of("H1", mixed)) == fold(events_of("H1", rows[:2] if ours else rows))
