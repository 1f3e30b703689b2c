"""The instants of a dossier that start and stop its clocks."""

from collections.abc import Callable, Iterable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from shipments.clocks.rules.model import Facts, Mark, Wait
from shipments.custody.rules import CITIZEN, Phase, ScanKind, Step
from shipments.dossiers.rules import Case, CaseEvent, CaseKind, fold

INTAKE_ENDS = frozenset({CaseKind.RECEIVED, CaseKind.SUPPLEMENT_REQUESTED, CaseKind.REJECTED})
PROMISING = frozenset({CaseKind.REGISTERED, CaseKind.RECEIVED, CaseKind.SUPPLEMENTED, CaseKind.FEE_PAID})
CASE_ENDS = frozenset({CaseKind.COMPLETED, CaseKind.REJECTED, CaseKind.STOPPED, CaseKind.WITHDRAWN})


class Marks(Struct, frozen=True, kw_only=True):
    """Every mark that a rule needs; None where it has not come."""

    case: Case
    handed_in: Mark | None = None
    handover: Mark | None = None
    intake: Mark | None = None
    intake_done: Mark | None = None
    received: Mark | None = None
    complete: Mark | None = None
    at_authority: Mark | None = None
    ended: Mark | None = None
    ready: Mark | None = None
    collected: Mark | None = None
    told: Mark | None = None
    delivered: Mark | None = None
    returned: Mark | None = None
    closed: Mark | None = None
    origin: str | None = None
    returner: str | None = None


def marks_of(facts: Facts) -> Marks:
    """Find the marks of a dossier; marks that must follow others are looked for after them."""
    events = sorted(facts.events, key=lambda event: (event.at, event.id))
    case = fold(events)
    accepted = _first(facts.papers, lambda step: step.kind == ScanKind.ACCEPT)
    handover = _first(
        _from(facts.papers, accepted.at if accepted else None), lambda step: facts.is_agency(_sole(step))
    )
    registered = _event(facts, events, {CaseKind.REGISTERED})
    handed_over = facts.of_step(handover) if handover else None
    # Papers that never went by post begin at the desk: with the registration, unless receipt came before it.
    intake = handed_over or (registered if accepted is None else None)
    received = _event(facts, events, {CaseKind.RECEIVED})
    start = received or intake
    ended = _event(facts, events, CASE_ENDS, after=start.at if start else None)
    marks = Marks(
        case=case,
        handed_in=facts.of_step(accepted) if accepted else None,
        handover=handed_over,
        intake=intake,
        intake_done=_event(facts, events, INTAKE_ENDS, after=intake.at if intake else None),
        received=received,
        complete=_last_event(facts, events, CaseKind.SUPPLEMENTED) or intake,
        at_authority=_at_authority(facts, events),
        ended=ended,
        origin=accepted.organisation if accepted else None,
        ready=_event(facts, events, {CaseKind.RESULT_AT_DESK}, after=ended.at if ended else None) or ended,
        closed=_event(facts, events, {CaseKind.CLOSED}, after=ended.at if ended else None),
    )
    return replace(marks, **_return_of(facts, ended))


def waits_of(case: Case) -> tuple[Wait, ...]:
    """The spans in which the case waited for the citizen."""
    return tuple(Wait(kind=pause.kind, start=pause.start, end=pause.end) for pause in case.pauses)


def promises(events: Iterable[CaseEvent]) -> tuple[tuple[datetime, datetime] | None, datetime | None]:
    """The promise that holds without extensions, with the instant of its making; and the extended one, if any.

    An extension never replaces the promise: both are judged.
    """
    promised, extended = None, None
    for event in sorted(events, key=lambda event: (event.at, event.id)):
        due = due_stated(event)
        if due is None:
            continue
        if event.kind is CaseKind.EXTENDED:
            extended = due
        elif event.kind in PROMISING:
            promised, extended = (event.at, due), None
    return promised, extended


def due_stated(event: CaseEvent) -> datetime | None:
    """The due instant that a case event states."""
    due = event.body.get("due")
    if isinstance(due, str):
        due = datetime.fromisoformat(due)
    return due if isinstance(due, datetime) and due.tzinfo else None


def _sole(step: Step) -> str | None:
    return step.claims[0] if len(step.claims) == 1 else None


def _from(steps: Iterable[Step], at: datetime | None) -> list[Step]:
    return [step for step in steps if at is None or step.at >= at]


def _first(steps: Iterable[Step], wanted: Callable[[Step], bool]) -> Step | None:
    return next((step for step in steps if wanted(step)), None)


def _event(
    facts: Facts, events: Iterable[CaseEvent], kinds: Iterable[CaseKind], after: datetime | None = None
) -> Mark | None:
    wanted = set(kinds)
    for event in events:
        if event.kind in wanted and (after is None or event.at >= after):
            return facts.of_event(event)
    return None


def _last_event(facts: Facts, events: Iterable[CaseEvent], kind: CaseKind) -> Mark | None:
    found = [event for event in events if event.kind is kind]
    return facts.of_event(found[-1]) if found else None


def _at_authority(facts: Facts, events: Iterable[CaseEvent]) -> Mark | None:
    step = _first(facts.papers, lambda step: _sole(step) == facts.authority)
    if step is not None:
        return facts.of_step(step)
    for event in events:
        if event.kind is CaseKind.TRANSFERRED and event.body.get("unit") == facts.authority:
            return facts.of_event(event)
    return None


def _return_of(facts: Facts, ended: Mark | None) -> dict[str, Mark | str | None]:
    """The way home: of the result, and of the papers themselves once the case has ended."""
    if ended is None:
        return {}
    steps = sorted(
        _from((*facts.result, *facts.papers), ended.at), key=lambda step: (step.at, step.row, step.via or "")
    )
    collected = _first(steps, lambda step: _is_carrier(facts, _sole(step)))
    later = _from(steps, collected.at if collected else None)
    delivered = _first(later, lambda step: _sole(step) == CITIZEN or step.phase is Phase.DELIVERED)
    told = _first(later, lambda step: step.phase is Phase.AWAITING_PICKUP)
    returned = _first(later, lambda step: collected is not None and facts.is_agency(_sole(step)))
    returner = _sole(collected) if collected else None
    if delivered is not None:
        returner = delivered.organisation or returner
    return {
        "collected": facts.of_step(collected) if collected else None,
        "told": facts.of_step(told) if told else None,
        "delivered": facts.of_step(delivered) if delivered else None,
        "returned": facts.of_step(returned) if returned else None,
        "returner": returner,
    }


def _is_carrier(facts: Facts, party: str | None) -> bool:
    return party is not None and party != CITIZEN and not facts.is_agency(party)
