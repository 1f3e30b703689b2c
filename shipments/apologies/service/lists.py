"""What the head of an agency must see: before it happens, what to sign, and what must not be there at all."""

from datetime import datetime, timedelta

from msgspec import Struct

from postal.identity.rules import Actor
from postal.law import repository as law
from postal.law.rules import Reason
from postal.network import repository as network
from postal.network.rules import local_day
from shipments.apologies import repository
from shipments.apologies.repository import Asked, Draft, Judged, Overdue, Waiting
from shipments.clocks import repository as clocks
from shipments.clocks.repository import OpenClock
from shipments.dossiers import judging
from shipments.dossiers import repository as dossiers
from shipments.dossiers.rules import Dossier

SHOWN = 50


class Desk(Struct, frozen=True, kw_only=True):
    """Everything on the head's page; each list is cut at `SHOWN`, the API pages on."""

    near: list[OpenClock]
    late: list[OpenClock]
    drafts: list[Waiting]
    overdue: list[Overdue]
    asked_again: list[Asked]
    extended_again: list[Judged]
    sent_late: list[Judged]
    names: dict[str, str]


class Account(Struct, frozen=True, kw_only=True):
    """The letters of one dossier: what was sent, and the draft that waits."""

    dossier: Dossier
    inside: bool
    due: datetime | None
    sent: list[Judged]
    texts: list[Draft]
    draft: Draft | None
    reasons: list[Reason]


async def desk_of(actor: Actor, now: datetime, limit: int = SHOWN) -> Desk:
    """Gather the head's page for the agencies that an actor acts for."""
    near = await clocks.open_clocks(actor, now=now, standing="near_due", limit=limit)
    late = await clocks.open_clocks(actor, now=now, standing="overdue", limit=limit)
    drafts = await repository.drafts(actor, now, None, limit)
    overdue = await repository.overdue(actor, now, None, limit)
    again = await repository.asked_again(actor, limit)
    extended = await repository.sent(actor, None, limit, again=True)
    sent_late = await repository.sent(actor, None, limit, late=True)
    parties = {each.holder or each.desk for each in (*near, *late)}
    parties |= {each.holder or each.desk for each in overdue}
    names = await network.find_many(parties)
    return Desk(
        near=near,
        late=late,
        drafts=drafts,
        overdue=overdue,
        asked_again=again,
        extended_again=extended,
        sent_late=sent_late,
        names={code: each.name for code, each in names.items()},
    )


async def account_of(code: str, actor: Actor, now: datetime) -> Account:
    """Give the letters of a dossier; drafts, and whom a letter addresses, are for its agencies and inspectors."""
    dossier = await dossiers.get(code, actor)
    inside = actor.reads_everything or bool({dossier.desk, dossier.authority, dossier.unit} & actor.sees)
    texts = [each for each in await repository.drafts_of(code) if inside or each.sent_at is not None]
    listed = await law.reasons_at(local_day(now))
    return Account(
        dossier=dossier,
        inside=inside,
        due=await repository.due_of(code) or dossier.due_now,
        sent=await repository.letters_of(code),
        texts=texts,
        draft=texts[-1] if texts and texts[-1].sent_at is None else None,
        reasons=[each for each in listed if each.applies_to in judging.OVERRIDES],
    )


async def public_since(now: datetime) -> datetime:
    """Give since when letters are on the public list."""
    days = (await law.constants_at(local_day(now))).find("apology.public_days")
    return now - timedelta(days=int(days.value) if days else 90)
