"""From the rows of a piece to its incident and its claims: functions of the set of rows, never of their order."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from manifests.discrepancies.rules import LOSSES
from manifests.incidents.rules.model import (
    ANSWERED,
    CLOSED,
    LIABILITY,
    LODGED,
    OPENED,
    PAID,
    PREFIXES,
    STEP,
    Cause,
    Claim,
    ClaimKind,
    ClaimState,
    Incident,
    Reissue,
    ReissueState,
    Source,
    Standing,
)
from postal.ledger.rules import Content, Row, Stream
from shipments.custody.rules import ScanKind, Step

PRESENT = frozenset(
    {
        ScanKind.ACCEPT,
        ScanKind.OFFER,
        ScanKind.RECEIVE,
        ScanKind.REFUSE,
        ScanKind.PACK,
        ScanKind.UNPACK,
        ScanKind.DEPART,
        ScanKind.ARRIVE,
        ScanKind.OUT_FOR_DELIVERY,
        ScanKind.ATTEMPT_FAILED,
        ScanKind.HOLD,
        ScanKind.DELIVER,
        ScanKind.RETURN,
    }
)
"""Scans that only hands with the piece in them can make."""

RESOLVED, REOPENED, DISCREPANCY_OPENED = "discrepancy.resolved", "discrepancy.reopened", "discrepancy.opened"
EXCUSED = frozenset({"voided", "disputed"})


class _Event(Struct, frozen=True):
    at: datetime
    row: UUID
    what: str
    content: Content
    source: Source = Source.HAND


def concerns(code: str, rows: Iterable[Row]) -> bool:
    """Tell whether rows of a piece can make an incident or a claim, so that most pieces are done with at once.

    A manifest's rows come with each of its pieces, so a loss on it must be this piece's.
    """
    about: set[str] = set()
    lost: set[str] = set()
    for content in (row.content for row in rows):
        if content.code == code:
            reported = content.kind == ScanKind.REPORT.value and content.body.get("condition") == "lost"
            if reported or content.kind.startswith(PREFIXES):
                return True
        elif content.kind == DISCREPANCY_OPENED and content.body.get("piece") == code:
            about.add(str(content.id))
        elif content.kind == RESOLVED and content.body.get("resolution") in LOSSES:
            lost.add(str(content.body.get("discrepancy")))
    return bool(about & lost)


def incident_of(piece: str, rows: Iterable[Row], steps: Sequence[Step]) -> Incident | None:
    """Fold the incident of a piece. Of scans only what `steps`, the folded history, lets count is heard."""
    incident: Incident | None = None
    once = list({row.content.id: row for row in rows}.values())
    for event in sorted(_events(piece, once, steps), key=lambda event: (event.at, event.row)):
        incident = _after(incident, event, piece)
    return incident


def claims_of(piece: str, rows: Iterable[Row]) -> list[Claim]:
    """Fold the claims for a piece, by code; the first lodging and the first answer of each hold."""
    own = sorted(_own(piece, rows), key=lambda row: (row.corrected_at, row.content.id))
    claims: dict[str, Claim] = {}
    for row in own:
        if row.content.kind == LODGED:
            claims.setdefault(str(row.content.body["claim"]), _lodged(piece, row))
    for row in own:
        code = str(row.content.body.get("claim"))
        if row.content.kind == ANSWERED and code in claims and claims[code].answered_at is None:
            claims[code] = replace(
                claims[code],
                state=ClaimState.ANSWERED,
                outcome=row.content.body.get("outcome"),
                answered_at=row.content.occurred_at,
                answered_by=row.content.organisation,
            )
    return [claims[code] for code in sorted(claims)]


def _own(piece: str, rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row.content.code == piece and row.content.stream is Stream.RECORD]


def _lodged(piece: str, row: Row) -> Claim:
    body = row.content.body
    return Claim(
        code=body["claim"],
        piece=piece,
        kind=ClaimKind(body["kind"]),
        state=ClaimState.REFUSED_LATE if body.get("late") else ClaimState.OPEN,
        lodged_at=row.content.occurred_at,
        lodged_by=row.content.organisation,
        claimant=body.get("claimant"),
        window_from=body.get("window_from"),
        last_day=body.get("last_day"),
        window_citation=body.get("window_citation"),
        answer_due=_instant(body.get("answer_due")),
        answer_citation=body.get("answer_citation"),
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _events(piece: str, rows: Sequence[Row], steps: Sequence[Step]) -> Iterator[_Event]:
    by_id = {row.content.id: row for row in rows}
    for row in _own(piece, rows):
        if row.content.kind.startswith("incident."):
            yield _Event(row.corrected_at, row.content.id, row.content.kind, row.content)
    for step in steps:
        row_of = by_id.get(step.row)
        if step.via is None and row_of is not None and not EXCUSED & set(step.flags):
            yield from _of_scan(piece, step, row_of.content)
    yield from _of_discrepancies(piece, rows)


def _of_scan(piece: str, step: Step, content: Content) -> Iterator[_Event]:
    # Whoever accepts a manifest by its barcode has not seen the piece.
    if content.stream is not Stream.SCAN or content.code != piece:
        return
    condition = content.body.get("condition") if step.kind == ScanKind.REPORT else None
    if condition == "lost":
        yield _Event(step.at, step.row, OPENED, content, Source.SCAN)
    elif condition == "found" or step.kind in PRESENT:
        yield _Event(step.at, step.row, "found", content)


def _of_discrepancies(piece: str, rows: Sequence[Row]) -> Iterator[_Event]:
    """Let a discrepancy that ended in a loss open the incident, and its reopening take that back."""
    about = {
        str(row.content.id): row.content.body.get("class")
        for row in rows
        if row.content.kind == DISCREPANCY_OPENED and row.content.body.get("piece") == piece
    }
    for row in rows:
        content = row.content
        named = str(content.body.get("discrepancy"))
        if named not in about:
            continue
        if content.kind == RESOLVED and content.body.get("resolution") in LOSSES:
            cause = Cause.DAMAGED if about[named] == "damaged" else Cause.LOST
            said = replace(content, body={**content.body, "cause": cause.value})
            yield _Event(row.corrected_at, content.id, OPENED, said, Source.DISCREPANCY)
        elif content.kind == REOPENED:
            yield _Event(row.corrected_at, content.id, "withdrawn", content)


def _after(incident: Incident | None, event: _Event, piece: str) -> Incident | None:
    if event.what == OPENED:
        return _opened(incident, event, piece)
    if incident is None:
        return None
    if event.what in {"found", "withdrawn"}:
        return _found(incident, event)
    return _settled(incident, event)


def _opened(incident: Incident | None, event: _Event, piece: str) -> Incident:
    cause = Cause(event.content.body.get("cause", Cause.LOST))
    if incident is None:
        return Incident(
            piece=piece,
            cause=cause,
            state=Standing.OPEN,
            source=event.source,
            opened_at=event.at,
            opened_row=event.row,
            opened_by=event.content.organisation,
        )
    if incident.state is Standing.OPEN:
        # A damaged piece may be lost later; what is lost stays so.
        return replace(incident, cause=Cause.LOST) if cause is Cause.LOST else incident
    return replace(
        incident,
        cause=cause,
        state=Standing.OPEN,
        reopened=incident.reopened + 1,
        found_at=None,
        found_row=None,
        outcome=None,
        closed_at=None,
        closed_by=None,
    )


def _found(incident: Incident, event: _Event) -> Incident:
    if incident.cause is not Cause.LOST or incident.state is Standing.FOUND:
        return incident
    if event.what == "withdrawn" and incident.source is not Source.DISCREPANCY:
        return incident
    return replace(
        incident,
        state=Standing.FOUND,
        found_at=event.at,
        found_row=event.row,
        found_after_payment=incident.paid is not None,
    )


def _settled(incident: Incident, event: _Event) -> Incident:
    content, body = event.content, event.content.body
    if event.what == STEP:
        step = Reissue(
            paper=body["paper"], state=ReissueState(body["state"]), cost=body.get("cost", 0), at=event.at
        )
        earlier = {each.paper: each for each in incident.reissues}
        cost = earlier[step.paper].cost if step.paper in earlier else 0
        earlier[step.paper] = replace(step, cost=cost + step.cost)
        return replace(incident, reissues=tuple(earlier[paper] for paper in sorted(earlier)))
    if event.what == LIABILITY:
        return replace(
            incident,
            liable=content.organisation,
            liable_at=event.at,
            fare=body.get("fare"),
            amount=body["amount"],
            pay_due=_instant(body["pay_due"]),
        )
    if event.what == PAID and incident.paid is None:
        return replace(incident, paid=body["amount"], paid_at=event.at)
    if event.what == CLOSED and incident.state is not Standing.CLOSED:
        return replace(
            incident,
            state=Standing.CLOSED,
            outcome=body["outcome"],
            closed_at=event.at,
            closed_by=content.organisation,
        )
    return incident
