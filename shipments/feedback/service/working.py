"""Working a case: who answers for it, questions back, refusing, answering, publishing."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import asdict

from postal.audit import looks
from postal.calendars import repository as calendars
from postal.db import unit_of_work
from postal.errors import Forbidden, Unprocessable
from postal.identifiers import new_id
from postal.identity.rules import Actor, Role
from postal.law import repository as law
from postal.ledger.repository import lock_codes
from postal.ledger.rules import canonical_instant, commitment
from postal.ledger.service import record
from postal.network import repository as network
from postal.network.rules import local_day
from postal.network.service import DEFAULT_CALENDAR
from shipments.feedback import repository
from shipments.feedback.repository import Contact, Publication, Said
from shipments.feedback.rules import (
    ACCEPTED,
    ANSWERED,
    ASKED,
    PUBLISHED,
    REFUSED,
    Category,
    Feedback,
    Part,
    publication_digest,
    publish_due,
    refuse_move,
    refuse_traces,
)
from shipments.feedback.service.rows import SALT_BYTES, row_of

WORKERS = frozenset(
    {Role.SUPERVISOR, Role.POST_DESK, Role.DESK, Role.SPECIALIST, Role.AGENCY_HEAD, Role.CONTROL}
)
PUBLISHERS = frozenset({Role.AGENCY_HEAD, Role.SUPERVISOR, Role.CONTROL})


class Reading(Struct, frozen=True, kw_only=True):
    """A case with what was written in it."""

    feedback: Feedback
    late: bool
    conversation: list[Said]


async def read(code: str, *, actor: Actor, now: datetime) -> Reading:
    """Read a case that the actor sees; its author's contact is for who answers for it, or took it."""
    case = await repository.get(code, actor)
    told = await repository.conversation(code)
    answers_for_it = bool({case.organisation, case.taken_by} & actor.sees) or Role.CONTROL in actor.roles
    if not answers_for_it:
        told = [Said(part=each.part, text=each.text, contact=Contact(), at=each.at) for each in told]
    for each in told:
        left = {name for name, value in asdict(each.contact).items() if value}
        looks.note([code], left, about=case.dossier)
    return Reading(feedback=case, late=is_late(case, now), conversation=told)


def is_late(case: Feedback, now: datetime) -> bool:
    """Tell whether a limit is over while somebody of ours still has to act."""
    if case.waits_for_us:
        return now > case.resolve_due
    waits = case.published_at is None and case.publish_due is not None
    return waits and case.publish_due is not None and now > case.publish_due


async def accept(
    code: str, category: Category, organisation: str | None, *, actor: Actor, now: datetime
) -> Reading:
    """Classify a case and say who answers for it; a report of violations is then seen by its controllers alone."""
    case = await repository.get(code, actor)
    refuse_move(case, ACCEPTED)
    owner = organisation or case.organisation or actor.organisation
    if owner is not None and owner not in await network.find_many([owner]):
        raise Unprocessable(
            "feedback.organisation",
            vi=f"Không có đơn vị {owner}",
            en=f"There is no organisation {owner}",
            pointer="/organisation",
        )
    body = {
        "category": category.value,
        "organisation": None if category is Category.VIOLATION else owner,
    }
    await _move(case, ACCEPTED, body, None, actor, now)
    found = await repository.find(code)
    if found is None or found.category is Category.VIOLATION:
        return Reading(feedback=found or case, late=False, conversation=[])
    return Reading(feedback=found, late=is_late(found, now), conversation=await repository.conversation(code))


async def ask(code: str, question: str, *, actor: Actor, now: datetime) -> Reading:
    """Ask its author for more; the limit of resolving waits for the answer."""
    case = await repository.get(code, actor)
    refuse_move(case, ASKED)
    await _move(case, ASKED, {}, (Part.ASKED, question), actor, now)
    return await read(code, actor=actor, now=now)


async def refuse(code: str, reason: str, *, actor: Actor, now: datetime) -> Reading:
    """Refuse a case by the code of a reason; its author is told the reason."""
    case = await repository.get(code, actor)
    await _refuse_unknown(reason, "feedback_refusal", "/reason", now)
    refuse_move(case, REFUSED)
    await _move(case, REFUSED, {"reason": reason}, None, actor, now)
    return await read(code, actor=actor, now=now)


async def answer(code: str, outcome: str, text: str, *, actor: Actor, now: datetime) -> Reading:
    """Answer its author, with the code of the outcome."""
    case = await repository.get(code, actor)
    await _refuse_unknown(outcome, "feedback", "/outcome", now)
    refuse_move(case, ANSWERED)
    constants = await law.constants_at(local_day(now))
    due = publish_due(await calendars.working_time(DEFAULT_CALENDAR), now, constants)
    body = {"outcome": outcome, "publish_due": canonical_instant(due)}
    await _move(case, ANSWERED, body, (Part.ANSWER, text), actor, now)
    return await read(code, actor=actor, now=now)


async def publish(code: str, title: str, question: str, text: str, *, actor: Actor, now: datetime) -> Reading:
    """Publish question and answer in words that tell nobody's name; a person decides and answers for it."""
    case = await repository.get(code, actor)
    if case.category is Category.VIOLATION or not PUBLISHERS & actor.roles:
        raise Forbidden(
            "feedback.publisher",
            vi="Việc công khai do lãnh đạo, kiểm soát viên hoặc cán bộ kiểm soát TTHC quyết định",
            en="It is for heads, supervisors and procedure control to publish",
        )
    refuse_move(case, PUBLISHED)
    told = await repository.conversation(code)
    contact = [each for said in told for each in (said.contact.name, said.contact.address)]
    refuse_traces((title, question, text), contact)
    body = {"digest": publication_digest(title, question, text)}
    publication = Publication(feedback=code, title=title, question=question, answer=text, published_at=now)
    await _move(case, PUBLISHED, body, publication, actor, now)
    return await read(code, actor=actor, now=now)


async def _move(
    case: Feedback,
    kind: str,
    body: Mapping[str, object],
    with_it: tuple[Part, str] | Publication | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Record a move that the case allows, judged again behind the lock, with a text or what is published."""
    row_id, salt = new_id(now), secrets.token_bytes(SALT_BYTES)
    async with unit_of_work():
        await lock_codes([case.code])
        refuse_move(await repository.find(case.code) or case, kind)
        if isinstance(with_it, Publication):
            await repository.add_publication(row_id, with_it)
        elif with_it is not None:
            part, text = with_it
            body = {**body, part.value: commitment(salt, text)}
            await repository.add_text(row_id, case.code, part, text, Contact(), salt, now)
        await record([row_of(row_id, kind, case.code, body, now, actor, now)])


async def _refuse_unknown(code: str, applies_to: str, pointer: str, now: datetime) -> None:
    allowed = [each.code for each in await law.reasons_at(local_day(now)) if each.applies_to == applies_to]
    if code not in allowed:
        raise Unprocessable(
            "feedback.reason",
            vi=f"Không có mã {code}; hãy chọn trong danh sách",
            en=f"There is no code {code}; choose one of the list",
            pointer=pointer,
            codes=allowed,
        )
