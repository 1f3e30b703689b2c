"""Procedures on the list of the post that nobody sends by it (R02)."""

from datetime import date, datetime

from postal.identity.rules import Actor
from postal.law import repository as law
from postal.law.repository import Offer
from postal.network.rules import local_day
from shipments.figures import repository
from shipments.figures.rules.leader import Unused
from shipments.figures.rules.summary import month_after
from shipments.figures.service.leading import scope_of

BATCH = 500


async def unused_procedures(actor: Actor, months: int | None, now: datetime) -> list[Unused]:
    """List what may go by post and was not registered here for some months, among what the actor reads figures of.

    Every dossier registered here goes by post on one of its ways, so none registered is none by post.
    """
    today = local_day(now)
    silent = months or (await law.constants_at(today)).number("list.silent_months")
    since = month_after(today.replace(day=1), -silent)
    scope = await scope_of(actor)
    cut = scope.by("procedure")
    values = scope.values if scope.side != "all" else None
    last = await repository.last_months(cut, values, "registered") if cut else {}
    return [
        _unused(offer, since, last.get(offer.procedure.code))
        for offer in await _offers(today)
        if last.get(offer.procedure.code, date.min) < since
    ]


async def _offers(on: date) -> list[Offer]:
    offers: list[Offer] = []
    while True:
        after = offers[-1].procedure.code if offers else ""
        found = await law.list_offers(on, eligible=True, after=after, limit=BATCH)
        offers += found
        if len(found) < BATCH:
            return offers


def _unused(offer: Offer, since: date, last: date | None) -> Unused:
    procedure = offer.procedure
    return Unused(
        code=procedure.code,
        name_vi=procedure.name_vi,
        name_en=procedure.name_en,
        eligible_submit=procedure.eligible_submit,
        eligible_return=procedure.eligible_return,
        in_force_since=procedure.valid_from,
        since=since,
        last=last,
        citation=offer.by.citation if offer.by else procedure.citation,
    )
