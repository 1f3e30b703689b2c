"""Our dossiers in the portal's fields, for whoever may know whose they are."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from integrations.portal import repository
from integrations.portal.repository import Whose
from integrations.portal.rules import (
    Known,
    PortalDossier,
    PortalProgress,
    as_json,
    dossier_fields,
    progress_fields,
)
from postal.audit import looks
from postal.errors import NotFound, Unprocessable
from postal.identity.rules import Actor
from postal.ledger.repository import rows_of
from shipments.dossiers.projection import undisputed
from shipments.dossiers.reading import shown_of
from shipments.dossiers.rules import CaseEvent, events_of

Place = tuple[datetime, str]


async def page(actor: Actor, begin: datetime, end: datetime, after: Place | None, limit: int) -> list[Place]:
    """List what was registered in a period and the actor may read, with its place in the order."""
    if begin >= end:
        raise Unprocessable(
            "portal.period",
            vi="Ngày cuối phải sau ngày đầu.",
            en="The period must end after it begins.",
            pointer="/query/to",
        )
    return await repository.codes_of(begin, end, Whose.of(actor), after, limit)


async def refuse_stranger(code: str, actor: Actor) -> None:
    """Raise where there is no such dossier, or the actor may not know whose it is: both are alike."""
    if not await repository.may_read(code, Whose.of(actor)):
        raise NotFound("dossier.not_found", vi="Không tìm thấy hồ sơ này", en="There is no such dossier")


async def dossiers(codes: Sequence[str]) -> list[PortalDossier]:
    """Write dossiers in the portal's fields; that somebody is shown whose they are, is noted."""
    found = await repository.known(codes)
    for known in found:
        looks.note([known.code], shown_of(known.applicant))
    return [dossier_fields(known) for known in found]


async def progress(codes: Sequence[str]) -> list[PortalProgress]:
    """Write what happened to dossiers in the portal's fields, dossier by dossier."""
    found = await repository.known(codes)
    courses = await courses_of(found)
    return [row for known in found for row in courses[known.code].rows()]


class Course(Struct, frozen=True, kw_only=True):
    """What happened to a dossier, and what the places are called where it did."""

    known: Known
    events: Sequence[CaseEvent]
    names: Mapping[str, str]

    def rows(self, about: frozenset[object] | None = None) -> tuple[PortalProgress, ...]:
        """Write it; `about` restricts it to some events, None among them to its delivery."""
        delivered_at = self.known.delivered_at
        return progress_fields(
            self.known.code, self.events, names=self.names, delivered_at=delivered_at, about=about
        )


async def courses_of(found: Sequence[Known], wanted: Collection[str] | None = None) -> dict[str, Course]:
    """Read what happened to dossiers (those `wanted` alone): two statements, however many they are."""
    codes = [known.code for known in found if wanted is None or known.code in wanted]
    rows = await rows_of(codes) if codes else {}
    events = {code: events_of(code, undisputed(of)) for code, of in rows.items()}
    places = {event.body.get("unit") or event.organisation for each in events.values() for event in each}
    names = await repository.names_of(sorted(place for place in places if place)) if places else {}
    return {
        known.code: Course(known=known, events=events.get(known.code, ()), names=names) for known in found
    }


async def exported(begin: datetime, end: datetime, *, array: bool) -> AsyncIterator[bytes]:
    """Write every dossier registered in a period: a JSON array, or a line each.

    For the operator of the machine: whoever may read the disk may read this.
    """
    whose = Whose(everything=True, organisations=(), program=False)
    between, first = (",\n" if array else "\n"), True
    if array:
        yield b"[\n"
    async for _, body in repository.pages(begin, end, whose, between):
        if not first:
            yield between.encode()
        yield body
        first = False
    if array or not first:
        yield b"\n]\n" if array else b"\n"


async def exported_progress(begin: datetime, end: datetime) -> AsyncIterator[bytes]:
    """Write what happened to every dossier registered in a period, a line a row."""
    whose, after = Whose(everything=True, organisations=(), program=False), None
    while codes := await repository.codes_of(begin, end, whose, after, 200):
        for row in await progress([code for _, code in codes]):
            yield as_json(row) + b"\n"
        after = codes[-1]
