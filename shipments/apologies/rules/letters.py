"""The letters of apology that the ledger knows of: with a re-appointment, or after a case that ended late."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from postal.ledger.rules import Row, Stream
from shipments.clocks.rules.marks import due_stated, promises
from shipments.dossiers.rules import CaseEvent, CaseKind, Dossier, events_of

SENT = "apology.sent"
"""The record of a letter that makes no new appointment, since the case has ended; late."""


class ApologyKind(StrEnum):
    """Whether a letter makes a new appointment."""

    EXTENSION = "extension"
    LETTER = "letter"


class Apology(Struct, frozen=True, kw_only=True):
    """One letter, or a re-appointment without one. `ordinal` counts the re-appointments; a letter alone has 0.

    `promised` is the promise that held without any re-appointment: no letter ever moves it.
    """

    row: UUID
    dossier: str
    kind: ApologyKind
    ordinal: int
    at: datetime
    number: str | None
    reason: str | None
    promised: datetime | None
    due_new: datetime | None
    override: bool
    decision: str | None
    authority: str
    desk: str
    procedure: str
    source: str | None


def apologies_of(dossier: Dossier, rows: Iterable[Row]) -> tuple[Apology, ...]:
    """Read the letters of a dossier from the set of its rows, in whatever order they come."""
    kept = {row.content.id: row for row in rows if row.content.code == dossier.code}
    ordered = sorted(events_of(dossier.code, kept.values()), key=lambda event: (event.at, event.id))
    found: list[Apology] = []
    for at, event in enumerate(ordered):
        if event.kind is CaseKind.EXTENDED:
            ordinal = len(found) + 1
            found.append(_extension(dossier, event, ordinal, ordered[:at], kept[event.id].content.source))
    return tuple(
        sorted((*found, *_letters(dossier, kept.values(), ordered)), key=lambda one: (one.at, one.row))
    )


def _extension(
    dossier: Dossier, event: CaseEvent, ordinal: int, earlier: list[CaseEvent], source: str | None
) -> Apology:
    return _apology(
        dossier, event, ApologyKind.EXTENSION, ordinal, event.body.get("apology"), earlier, source
    )


def _letters(dossier: Dossier, rows: Iterable[Row], ordered: list[CaseEvent]) -> Iterable[Apology]:
    for row in rows:
        said = row.content
        if said.stream is Stream.RECORD and said.kind == SENT:
            event = CaseEvent(id=said.id, kind=CaseKind.EXTENDED, at=said.occurred_at, body=said.body)
            earlier = [each for each in ordered if (each.at, each.id) < (event.at, event.id)]
            yield _apology(
                dossier, event, ApologyKind.LETTER, 0, said.body.get("number"), earlier, said.source
            )


def _apology(
    dossier: Dossier,
    event: CaseEvent,
    kind: ApologyKind,
    ordinal: int,
    number: str | None,
    earlier: list[CaseEvent],
    source: str | None,
) -> Apology:
    promised, _ = promises(earlier)
    return Apology(
        row=event.id,
        dossier=dossier.code,
        kind=kind,
        ordinal=ordinal,
        at=event.at,
        number=number,
        reason=event.body.get("reason"),
        promised=promised[1] if promised else None,
        due_new=due_stated(event),
        override=bool(event.body.get("override")),
        decision=event.body.get("decision"),
        authority=dossier.authority,
        desk=dossier.desk,
        procedure=dossier.procedure,
        source=source,
    )
