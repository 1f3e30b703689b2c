"""The case of a dossier, folded from its events; the same set of events in any order gives the same case."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct, field
from msgspec.structs import replace

from postal.instants import utc
from postal.ledger.rules import Row, Stream
from shipments.dossiers.rules.corrections import without_corrected
from shipments.dossiers.rules.moves import ADVANCE, FALLBACK, CaseKind, Status, allowed_from, move

CASE_CORRECTED = "case.corrected"
"""The record by which an agency takes back what it said of a case a moment ago."""

PauseKind = Literal["supplement", "fee"]


class CaseEvent(Struct, frozen=True, kw_only=True):
    """One statement about a case."""

    id: UUID
    kind: CaseKind
    at: datetime
    organisation: str | None = None
    body: dict[str, Any] = field(default_factory=dict)


class Pause(Struct, frozen=True):
    """A span in which the case waited for the citizen; open while `end` is None."""

    kind: PauseKind
    start: datetime
    end: datetime | None


class Flag(Struct, frozen=True, kw_only=True):
    """What is wrong with an event, and what the case would have allowed at that point."""

    event: UUID
    kind: CaseKind
    code: str
    status: Status
    allowed: tuple[CaseKind, ...] = ()


class Case(Struct, frozen=True, kw_only=True):
    """Where a case stands. `due_first` is the first promise and never moves; `due_now` is the one that holds."""

    status: Status = Status.REGISTERED
    registered_at: datetime | None = None
    received_at: datetime | None = None
    due_first: datetime | None = None
    due_now: datetime | None = None
    completed_at: datetime | None = None
    result_at_desk_at: datetime | None = None
    ended_at: datetime | None = None
    closed_at: datetime | None = None
    withdrawn: bool = False
    unit: str | None = None
    supplements: int = 0
    extensions: int = 0
    pauses: tuple[Pause, ...] = ()
    flags: tuple[Flag, ...] = ()


_ENDING = frozenset({CaseKind.REJECTED, CaseKind.STOPPED, CaseKind.WITHDRAWN, CaseKind.COMPLETED})


def course(events: Iterable[CaseEvent]) -> Iterator[tuple[CaseEvent, Case]]:
    """Give events in their order, whatever the order they come in, each with the case after it; an id counts once."""
    ordered = sorted(
        {event.id: event for event in events}.values(), key=lambda event: (utc(event.at), event.id)
    )
    case = Case()
    for event in ordered:
        case = _after(case, event)
        yield event, case


def fold(events: Iterable[CaseEvent]) -> Case:
    """Fold events, whatever their order; two with the same id count once."""
    case = Case()
    for _, after in course(events):
        case = after
    return case


def _after(case: Case, event: CaseEvent) -> Case:
    status = move(event.kind, case.status, withdrawn=case.withdrawn, closed=case.closed_at is not None)
    flags = case.flags + tuple(_flags(case, event, allowed=status is not None))
    if event.kind is CaseKind.REGISTERED:
        return replace(case, registered_at=case.registered_at or event.at, flags=flags)
    if status is None:
        forced = FALLBACK.get(event.kind, case.status)
        status = forced if ADVANCE[forced] > ADVANCE[case.status] else case.status
    return _noted(replace(case, status=status, flags=flags, pauses=_pauses(case, event, status)), event)


def _flags(case: Case, event: CaseEvent, *, allowed: bool) -> Iterable[Flag]:
    def flag(code: str) -> Flag:
        kinds = allowed_from(case.status, withdrawn=case.withdrawn, closed=case.closed_at is not None)
        return Flag(event=event.id, kind=event.kind, code=code, status=case.status, allowed=kinds)

    if event.kind is CaseKind.REGISTERED:
        if case.registered_at is not None:
            yield flag("case.registered_again")
        return
    if case.registered_at is None:
        yield flag("case.before_registration")
    if not allowed:
        yield flag("case.move_not_allowed")
    # Also one that the head allowed stays flagged: it counts as overdue all the same (QĐ 766/QĐ-TTg, 2.1).
    if event.kind is CaseKind.SUPPLEMENT_REQUESTED and case.supplements:
        yield flag("case.second_supplement")
    if event.kind is CaseKind.EXTENDED:
        if case.extensions:
            yield flag("case.second_extension")
        if not event.body.get("apology"):
            yield flag("case.apology_missing")


def _pauses(case: Case, event: CaseEvent, status: Status) -> tuple[Pause, ...]:
    """Open a pause on entering status 5 or 6 and end it on leaving: at whatever event that happens."""
    kinds: dict[Status, PauseKind] = {Status.SUPPLEMENT: "supplement", Status.FEE: "fee"}
    pauses = case.pauses
    waiting = kinds.get(status)
    if pauses and pauses[-1].end is None:
        if pauses[-1].kind == waiting:
            return pauses
        pauses = (*pauses[:-1], replace(pauses[-1], end=event.at))
    return (*pauses, Pause(waiting, event.at, None)) if waiting else pauses


_FIRST = {
    CaseKind.RECEIVED: "received_at",
    CaseKind.COMPLETED: "completed_at",
    CaseKind.RESULT_AT_DESK: "result_at_desk_at",
    CaseKind.CLOSED: "closed_at",
}
_COUNTED = {CaseKind.SUPPLEMENT_REQUESTED: "supplements", CaseKind.EXTENDED: "extensions"}


def _noted(case: Case, event: CaseEvent) -> Case:
    """Take over what an event states besides its move; an instant that is stated twice keeps its first value."""
    changed: dict[str, Any] = {}
    if (due := _instant(event.body.get("due"))) is not None:
        changed |= {"due_first": case.due_first or due, "due_now": due}
    if unit := event.body.get("unit"):
        changed["unit"] = unit
    if event.kind in _ENDING:
        changed["ended_at"] = case.ended_at or event.at
    if name := _FIRST.get(event.kind):
        changed[name] = getattr(case, name) or event.at
    if name := _COUNTED.get(event.kind):
        changed[name] = getattr(case, name) + 1
    if event.kind is CaseKind.WITHDRAWN:
        changed["withdrawn"] = case.status is Status.WITHDRAWAL
    return replace(case, **changed)


def _instant(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return utc(value)
    return utc(datetime.fromisoformat(value)) if isinstance(value, str) else None


def events_of(code: str, rows: Iterable[Row]) -> tuple[CaseEvent, ...]:
    """Read the case events of a dossier from its ledger rows; what its agency took back counts no more."""
    said = [row for row in rows if row.content.code == code and _is_of_case(row)]
    if any(row.content.kind == CASE_CORRECTED for row in said):
        said, _ = without_corrected(said, CASE_CORRECTED)
    return tuple(
        CaseEvent(
            id=row.content.id,
            kind=CaseKind(row.content.kind),
            at=row.content.occurred_at,
            organisation=row.content.organisation,
            body=row.content.body,
        )
        for row in said
        if row.content.stream == Stream.CASE
    )


def _is_of_case(row: Row) -> bool:
    return row.content.stream == Stream.CASE or (
        row.content.stream == Stream.RECORD and row.content.kind == CASE_CORRECTED
    )
