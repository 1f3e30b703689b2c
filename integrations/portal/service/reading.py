"""Our dossiers in the portal's fields, for whoever may know whose they are."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

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
from shipments.dossiers.rules import events_of

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
    return [row for known in await repository.known(codes) for row in await progress_of(known)]


async def progress_of(known: Known, about: frozenset[object] | None = None) -> tuple[PortalProgress, ...]:
    """Write what happened to one dossier; `about` restricts it to some events, None among them to its delivery."""
    found = (await rows_of([known.code])).get(known.code)
    events = events_of(known.code, undisputed(found)) if found else ()
    places = {event.body.get("unit") or event.organisation for event in events}
    names = await repository.names_of([place for place in places if place])
    return progress_fields(known.code, events, names=names, delivered_at=known.delivered_at, about=about)


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
