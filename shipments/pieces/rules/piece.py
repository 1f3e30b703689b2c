"""A piece: whatever custody speaks of. Its facts are what its first registration said."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from msgspec import Struct

from postal.ledger.rules import Row, Stream

CITIZEN = "CITIZEN"
"""The one party that is nobody's organisation code."""

REGISTERED = "piece.registered"

Direction = Literal["inbound", "outbound"]


class PieceKind(StrEnum):
    """What is handed over: papers, the issued document, a sealed item, or a bag of items."""

    DOSSIER = "dossier"
    RESULT = "result"
    ITEM = "item"
    BAG = "bag"


class Piece(Struct, frozen=True, kw_only=True):
    """A registered piece. `dossiers` names the papers that an item was made for, at its making."""

    code: str
    kind: PieceKind
    registered_at: datetime
    registered_by: str | None = None
    origin: str
    destination: str
    authority: str | None = None
    direction: Direction | None = None
    dossiers: tuple[str, ...] = ()
    service: str | None = None


class Registration(Struct, frozen=True, kw_only=True):
    """What a new piece is to be; becomes the body of its `piece.registered` row."""

    code: str
    kind: PieceKind
    origin: str
    destination: str
    authority: str | None = None
    direction: Direction | None = None
    dossiers: tuple[str, ...] = ()
    service: str | None = None


def body_of(registration: Registration) -> dict[str, Any]:
    """Give the ledger body of a registration, absent fields left out."""
    fields = {
        "kind": registration.kind.value,
        "origin": registration.origin,
        "destination": registration.destination,
        "authority": registration.authority,
        "direction": registration.direction,
        "dossiers": list(registration.dossiers) or None,
        "service": registration.service,
    }
    return {name: value for name, value in fields.items() if value is not None}


def piece_of(code: str, rows: Iterable[Row]) -> Piece | None:
    """Read a piece from its ledger rows; of several registrations the earliest holds, whatever order they came in."""
    registrations = [
        row
        for row in rows
        if row.content.kind == REGISTERED and row.content.code == code and row.content.stream is Stream.RECORD
    ]
    if not registrations:
        return None
    first = min(registrations, key=lambda row: (row.corrected_at, row.content.id))
    body = first.content.body
    return Piece(
        code=code,
        kind=PieceKind(body["kind"]),
        registered_at=first.content.occurred_at,
        registered_by=first.content.organisation,
        origin=body["origin"],
        destination=body["destination"],
        authority=body.get("authority"),
        direction=body.get("direction"),
        dossiers=tuple(body.get("dossiers") or ()),
        service=body.get("service"),
    )
