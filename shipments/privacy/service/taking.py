"""Taking a request, identifying who asks, refusing."""

import secrets
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from postal.calendars import repository as calendars
from postal.db import unit_of_work
from postal.errors import Conflict, Forbidden, Unavailable, Unprocessable
from postal.identity.rules import ANONYMOUS, Actor
from postal.law import repository as law
from postal.ledger.repository import lock_codes
from postal.ledger.rules import canonical_instant
from postal.network.rules import local_day
from postal.network.service import DEFAULT_CALENDAR
from shipments.custody.projection import history
from shipments.dossiers import repository as dossiers
from shipments.dossiers.rules import Dossier
from shipments.privacy import repository
from shipments.privacy.rules import (
    RECEIVED,
    REFUSED,
    VERIFIED,
    Kind,
    Request,
    Retention,
    State,
    dues_of,
    new_code,
    retention_of,
)
from shipments.privacy.service.records import move, note

TRIES = 20


class Reading(Struct, frozen=True, kw_only=True):
    """A request, whether it is late now, and until when the law keeps what it is about."""

    request: Request
    late: bool
    retention: Retention


async def read(code: str, *, actor: Actor, now: datetime) -> Reading:
    """Read a request that the actor sees."""
    request = await repository.get(code, actor)
    found = (await dossiers.find_many([request.dossier]))[request.dossier]
    return Reading(request=request, late=is_late(request, now), retention=await retention(found, now))


def is_late(request: Request, now: datetime) -> bool:
    """Tell whether a limit is over while we still have to act."""
    if request.ended_at is not None:
        return False
    return now > request.due or (request.state is State.RECEIVED and now > request.reply_due)


async def retention(dossier: Dossier, now: datetime) -> Retention:
    """Tell until when the law keeps a dossier: from the day on which the post accepted it."""
    custody = await history(dossier.code)
    accepted = [step.at for step in custody.steps if step.kind == "accept"] if custody else []
    first = min(accepted, default=dossier.registered_at)
    return retention_of(local_day(first), await law.constants_at(local_day(now)))


async def take(dossier: str, kind: Kind, *, actor: Actor, now: datetime) -> Reading:
    """Take a request about a dossier that the actor's organisation sees."""
    found = await dossiers.get(dossier, actor)
    if actor.organisation is None:
        raise Forbidden(
            "privacy.no_organisation",
            vi="Khóa này không thuộc đơn vị nào nên không tiếp nhận yêu cầu được",
            en="This key acts for no organisation, so it cannot take requests",
        )
    code = await _take(found, kind, {}, actor, now)
    return await read(code, actor=actor, now=now)


async def take_by_slip(dossier: str, kind: Kind, *, now: datetime) -> Request:
    """Take a request of whoever holds the slip, for the office that took the papers in, else for the desk.

    Who asks is identified afterwards, as with every request.
    """
    found = (await dossiers.find_many([dossier]))[dossier]
    taker: Actor = replace(ANONYMOUS, organisation=found.office or found.desk)
    code = await _take(found, kind, {"by": "slip"}, taker, now)
    taken = await repository.find(code)
    if taken is None:
        raise LookupError(code)
    return taken


async def _take(found: Dossier, kind: Kind, more: dict[str, str], actor: Actor, now: datetime) -> str:
    constants = await law.constants_at(local_day(now))
    reply, due = dues_of(await calendars.working_time(DEFAULT_CALENDAR), now, kind, constants)
    async with unit_of_work():
        await lock_codes([found.code])
        if (earlier := await repository.open_one(found.code, kind)) is not None:
            raise Conflict(
                "privacy.open_already",
                vi=f"Đã có yêu cầu cùng loại đang xử lý: {earlier}",
                en=f"There is an open request of this kind already: {earlier}",
            )
        code = await _code(now)
        body = {
            "kind": kind.value,
            "dossier": found.code,
            "reply_due": canonical_instant(reply),
            "due": canonical_instant(due),
            **more,
        }
        await note(code, RECEIVED, body, actor, now)
    return code


async def verify(code: str, identity: str, *, actor: Actor, now: datetime) -> Reading:
    """State that who asks is the person concerned, by the kind of paper that was shown."""
    request = await repository.get(code, actor)
    async with unit_of_work():
        await move(request, VERIFIED, {"identity": identity}, None, actor, now)
    return await read(code, actor=actor, now=now)


async def refuse(code: str, reason: str, *, actor: Actor, now: datetime) -> Reading:
    """Refuse by the code of a reason, which who asks is told."""
    request = await repository.get(code, actor)
    allowed = [each.code for each in await law.reasons_at(local_day(now)) if each.applies_to == "privacy"]
    if reason not in allowed:
        raise Unprocessable(
            "privacy.reason",
            vi=f"Không có mã lý do {reason}; hãy chọn trong danh sách",
            en=f"There is no reason {reason}; choose one of the list",
            pointer="/reason",
            codes=allowed,
        )
    async with unit_of_work():
        await move(request, REFUSED, {"reason": reason}, None, actor, now)
    return await read(code, actor=actor, now=now)


async def _code(now: datetime) -> str:
    for _ in range(TRIES):
        if not await repository.exists(code := new_code(local_day(now), secrets.choice)):
            return code
    raise Unavailable(
        "privacy.no_code",
        vi="Chưa cấp được số yêu cầu, hãy thử lại",
        en="No number could be chosen, try again",
    )
