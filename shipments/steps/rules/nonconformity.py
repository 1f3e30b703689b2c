"""What did not go as the process says: opened, given to somebody, acted on, closed; folded from its records (R20)."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from postal.ledger.rules import Row, Stream

PREFIX = "KPH-"
OPENED, ASSIGNED, ACTED = "nonconformity.opened", "nonconformity.assigned", "nonconformity.acted"
CLOSED, PUBLISHED = "nonconformity.closed", "nonconformity.published"


class Origin(StrEnum):
    """Who noticed: a person, or a step's hours."""

    HAND = "hand"
    STEP = "step"


class State(StrEnum):
    """How far it is."""

    OPEN = "open"
    ACTED = "acted"
    CLOSED = "closed"


class Nonconformity(Struct, frozen=True, kw_only=True):
    """One of them. `action_row` is the record whose note says what was done."""

    code: str
    dossier: str
    span: int | None
    step: int | None
    procedure: str
    authority: str
    unit: str | None
    origin: Origin
    hours_allowed: int | None
    working_us: int | None
    opened_at: datetime
    opened_by: str
    owner: str
    owner_person: str | None = None
    cause: str | None = None
    action_row: UUID | None = None
    acted_at: datetime | None = None
    state: State = State.OPEN
    closed_at: datetime | None = None
    effective: bool | None = None
    published_at: datetime | None = None
    published_by: str | None = None
    publication: str | None = None


def fold_nonconformity(code: str, rows: Iterable[Row]) -> Nonconformity | None:
    """Fold the records under a code, whatever their order; None before its opening is known."""
    kept = {row.content.id: row for row in rows if row.content.code == code}
    ordered = sorted(kept.values(), key=lambda row: (row.content.occurred_at, row.content.id))
    records = [row for row in ordered if row.content.stream is Stream.RECORD]
    opening = next((row for row in records if row.content.kind == OPENED), None)
    if opening is None:
        return None
    found = _opened(opening)
    for row in records:
        found = _after(found, row)
    return found


def _opened(row: Row) -> Nonconformity:
    body = row.content.body
    return Nonconformity(
        code=row.content.code,
        dossier=body["dossier"],
        span=body.get("span"),
        step=body.get("step"),
        procedure=body["procedure"],
        authority=body["authority"],
        unit=body.get("unit"),
        origin=Origin(body["origin"]),
        hours_allowed=body.get("hours_allowed"),
        working_us=body.get("working_us"),
        opened_at=row.content.occurred_at,
        opened_by=row.content.organisation or body["authority"],
        owner=body["owner"],
        cause=body.get("cause"),
    )


def _after(found: Nonconformity, row: Row) -> Nonconformity:
    said: dict[str, Any] = row.content.body
    at = row.content.occurred_at
    match row.content.kind:
        case "nonconformity.assigned":
            return replace(found, owner=said.get("owner", found.owner), owner_person=said.get("person"))
        case "nonconformity.acted":
            state = State.CLOSED if found.state is State.CLOSED else State.ACTED
            return replace(
                found,
                cause=said.get("cause", found.cause),
                action_row=row.content.id,
                acted_at=at,
                state=state,
            )
        case "nonconformity.closed":
            return replace(
                found, state=State.CLOSED, closed_at=found.closed_at or at, effective=said.get("effective")
            )
        case "nonconformity.published":
            return replace(
                found,
                published_at=at,
                published_by=row.content.person or row.content.organisation,
                publication=said.get("decision"),
            )
        case _:
            return found
