"""Links on slips: made when one is printed, opened by who holds the slip, shut when it is lost."""

import os
from collections.abc import Collection
from datetime import date, datetime

from msgspec import Struct

from postal.audit import service as audit
from postal.db import unit_of_work
from postal.identifiers import new_id
from postal.identity.rules import Actor
from postal.ledger.repository import lock_codes
from postal.network.rules import local_day
from shipments.custody import repository as custody
from shipments.deliveries.rules import Invitation, counted_invitations
from shipments.deliveries.service import rule_at
from shipments.dossiers import repository as dossiers
from shipments.pieces.rules import result_code
from shipments.privacy import service as privacy
from shipments.privacy.rules import Kind, Request
from shipments.tracking import repository
from shipments.tracking.repository import Link
from shipments.tracking.rules import SALT, Unlocked, link_token, token_hash, typed_token
from shipments.tracking.service.answering import not_found, told_in_full

REVOKED = "slip_lost"
ERASED = "erased"


class Personal(Struct, frozen=True, kw_only=True):
    """What the link on the slip opens: every step, and when the courier comes again after a failed delivery."""

    dossier: str
    unlocked: Unlocked
    next_visit: date | None


async def links_for(codes: Collection[str], *, key: bytes, by: str | None, now: datetime) -> dict[str, str]:
    """Give the token for the slip of each dossier; one is made where none is live, and reprinting gives the same."""
    known = await repository.live_links(codes)
    if missing := sorted(set(codes) - known.keys()):
        async with unit_of_work():
            for code in missing:
                link = Link(id=new_id(now), dossier=code, salt=os.urandom(SALT), made_at=now, revoked_at=None)
                await repository.add_link(link, token_hash(link_token(key, link.salt, code)), by)
        known = await repository.live_links(codes)
    return {code: link_token(key, link.salt, code) for code, link in known.items()}


async def personal(raw: str, now: datetime) -> Personal:
    """Answer to whoever holds the slip; an unknown link, a mistyped and a revoked one are alike."""
    token = typed_token(raw)
    # What is no token is looked up too: it must not take less long than one that was revoked.
    dossier = await repository.dossier_of_link(token_hash(token or raw[:100]))
    if token is None or dossier is None:
        raise not_found()
    return Personal(
        dossier=dossier,
        unlocked=await told_in_full(dossier, now),
        next_visit=await next_visit(dossier, now),
    )


async def ask_for_data(dossier: str, kind: Kind, now: datetime) -> Request:
    """Take what the holder of the slip asks for about the data of its own dossier."""
    return await privacy.take_by_slip(dossier, kind, now=now)


async def next_visit(dossier: str, now: datetime) -> date | None:
    """Give the first day on which the courier may come again: so many working days after the last invitation."""
    code = result_code(dossier)
    held = (await custody.find_many([code])).get(code)
    ruled = await rule_at(now) if held is not None and held.attempts else None
    if held is None or ruled is None or held.holder == "CITIZEN":
        return None
    rule, time = ruled
    counted = counted_invitations([Invitation(at) for at in held.attempts], rule, time)
    if not counted or len(counted) >= rule.invitations:
        return None
    day: date = max(time.add_working_days(counted[-1], rule.gap_days), local_day(now))
    return day


async def revoke(code: str, *, actor: Actor, now: datetime) -> int:
    """Shut the link of a slip that was lost; the next one that is printed has another. Gives how many were open."""
    dossier = await dossiers.get(code, actor)
    async with unit_of_work():
        await lock_codes([dossier.code])
        shut = await repository.revoke_links(dossier.code, REVOKED, now)
        await audit.record(
            now=now,
            actor=actor.person or actor.id,
            organisation=actor.organisation,
            action="tracking.link_revoked",
            subject=dossier.code,
            detail={"links": shut},
        )
    return shut


async def erase_links(dossier: str, now: datetime) -> int:
    """Shut every link to a dossier whose person is forgotten."""
    return await repository.revoke_links(dossier, ERASED, now)
