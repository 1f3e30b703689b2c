"""Taking what people say: on the form, on the telephone, in a letter, at the counter."""

import secrets
from datetime import datetime

from msgspec import Struct

from postal.calendars import repository as calendars
from postal.db import unit_of_work
from postal.errors import Forbidden, Unavailable, Unprocessable
from postal.identifiers import new_id
from postal.identity.rules import Actor
from postal.instants import Instant
from postal.law import repository as law
from postal.ledger.repository import lock_codes
from postal.ledger.rules import canonical_instant, commitment
from postal.ledger.service import record
from postal.network import repository as network
from postal.network.rules import local_day
from postal.network.service import DEFAULT_CALENDAR
from shipments.dossiers import repository as dossiers
from shipments.dossiers.rules import Dossier
from shipments.feedback import repository
from shipments.feedback.repository import Contact
from shipments.feedback.rules import (
    RECEIVED,
    Category,
    Channel,
    Part,
    dues_of,
    follow_hash,
    new_code,
    new_follow_code,
)
from shipments.feedback.service.rows import SALT_BYTES, row_of

TRIES = 20


class Taking(Struct, frozen=True, kw_only=True):
    """What somebody says. `dossier` and `organisation` are what they named; `received_at` is stated for letters."""

    text: str
    category: Category
    channel: Channel = Channel.ONLINE
    contact: Contact = Contact()
    dossier: str | None = None
    organisation: str | None = None
    received_at: datetime | None = None


class Taken(Struct, frozen=True, kw_only=True):
    """What its author is told: `follow` opens the case, and is shown this once."""

    code: str
    follow: str
    received_at: Instant
    resolve_due: Instant


async def take(taking: Taking, *, actor: Actor, now: datetime) -> Taken:
    """Take a feedback from a stranger or, at a counter or on the telephone, from staff."""
    known = actor.kind != "anonymous"
    if not known and taking.channel is not Channel.ONLINE:
        raise Forbidden(
            "feedback.channel",
            vi="Chỉ nhân viên ghi nhận phản ánh qua điện thoại, thư hoặc trực tiếp; hãy đăng nhập",
            en="Calls, letters and visits are noted by staff; sign in first",
        )
    at = (taking.received_at if known else None) or now
    if at > now:
        raise Unprocessable(
            "feedback.in_the_future",
            vi="Thời điểm nhận phản ánh ở tương lai",
            en="It cannot have come in the future",
            pointer="/received_at",
        )
    owner = await _owner(taking, actor)
    constants = await law.constants_at(local_day(at))
    dues = dues_of(await calendars.working_time(DEFAULT_CALENDAR), at, constants)
    found = await _dossier(taking.dossier)
    follow, row_id, salt = new_follow_code(secrets.choice), new_id(now), secrets.token_bytes(SALT_BYTES)
    async with unit_of_work():
        code = await _code(now)
        await lock_codes([code])
        body = {
            "channel": taking.channel.value,
            "category": taking.category.value,
            "organisation": owner or (found.authority if found else None),
            "dossier": found.code if found else None,
            "authority": found.authority if found else None,
            "office": found.office if found else None,
            "said": commitment(salt, taking.text),
            "refuse_due": canonical_instant(dues.refuse),
            "supplement_due": canonical_instant(dues.supplement),
            "resolve_due": canonical_instant(dues.resolve),
        }
        if taking.category is Category.VIOLATION:
            body = {name: value for name, value in body.items() if name not in _TELLS_WHO}
        await repository.add_follower(code, follow_hash(follow))
        await repository.add_text(row_id, code, Part.SAID, taking.text, taking.contact, salt, now)
        await record([row_of(row_id, RECEIVED, code, body, at, actor if known else None, now)])
    return Taken(code=code, follow=follow, received_at=at, resolve_due=dues.resolve)


_TELLS_WHO = frozenset({"organisation", "dossier", "authority", "office"})
"""What a report of violations keeps out of the ledger, which others read."""


async def _owner(taking: Taking, actor: Actor) -> str | None:
    if taking.organisation is None:
        return actor.organisation if actor.kind != "anonymous" else None
    if taking.organisation not in await network.find_many([taking.organisation]):
        raise Unprocessable(
            "feedback.organisation",
            vi=f"Không có đơn vị {taking.organisation}",
            en=f"There is no organisation {taking.organisation}",
            pointer="/organisation",
        )
    return taking.organisation


async def _dossier(code: str | None) -> Dossier | None:
    """Find the dossier that was named; one that does not exist is left out, and its author is not told so."""
    if not code:
        return None
    wanted = code.strip().upper().removesuffix("-KQ")
    return (await dossiers.find_many([wanted])).get(wanted)


async def _code(now: datetime) -> str:
    for _ in range(TRIES):
        if not await repository.exists(code := new_code(local_day(now), secrets.choice)):
            return code
    raise Unavailable(
        "feedback.no_code",
        vi="Chưa cấp được số phản ánh, hãy thử lại",
        en="No number could be chosen, try again",
    )
