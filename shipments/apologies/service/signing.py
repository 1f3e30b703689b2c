"""Signing a letter: it goes out, and the case has its one re-appointment."""

import secrets
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from postal.db import unit_of_work
from postal.errors import Conflict, Unprocessable
from postal.identifiers import new_id
from postal.identity.rules import Actor
from postal.instants import utc
from postal.ledger import service as ledger
from postal.ledger.repository import lock_codes
from postal.ledger.rules import Stream, commitment
from postal.network.rules import local_day
from shipments.apologies import repository
from shipments.apologies.repository import Draft
from shipments.apologies.rules import SENT
from shipments.dossiers import judging
from shipments.dossiers import repository as dossiers
from shipments.dossiers import service as cases
from shipments.dossiers.rules import CaseKind, Dossier
from shipments.dossiers.service import Statement
from shipments.pieces.rules import result_code

SALT_BYTES = 16


class Signature(Struct, frozen=True, kw_only=True):
    """What the head adds: an own number, or for another re-appointment the reason and number of the decision."""

    number: str | None = None
    override: bool = False
    reason: str | None = None
    decision: str | None = None


async def sign(code: str, signature: Signature, *, actor: Actor, now: datetime) -> str:
    """Send the drafted letter of a dossier and give its number.

    While the case is open this moves the promise, once; the first promise stays, and so does the verdict against it.
    After it ended late, there is only the letter. The ledger holds a salted commitment to the text, never the text.
    """
    async with unit_of_work():
        await lock_codes([code, result_code(code)])
        dossier = await dossiers.get(code, actor)
        judging.refuse_other_agency(dossier, actor)
        draft = await _open_draft(code)
        number = signature.number
        if number is None:
            year = local_day(now).year
            number = f"{await repository.next_number(dossier.authority, year)}/{year}-XL"
        salt = secrets.token_bytes(SALT_BYTES)
        text = commitment(salt, f"{draft.text_vi}\n{draft.text_en}")
        if dossier.ended_at is None:
            row = await _extend(code, draft, signature, number, text, actor, now)
        else:
            row = await _apologise(dossier, draft, number, text, actor, now)
        await repository.mark_sent(draft, row, number, salt, now)
    return number


async def _open_draft(code: str) -> Draft:
    kept = await repository.drafts_of(code, lock=True)
    if not kept or kept[-1].sent_at is not None:
        raise Conflict(
            "apology.no_draft",
            vi="Chưa có dự thảo văn bản xin lỗi cho hồ sơ này",
            en="No letter of apology is drafted for this dossier",
        )
    draft = kept[-1]
    if draft.reason is None:
        raise Unprocessable(
            "apology.reason_missing",
            vi="Dự thảo chưa nêu lý do chậm; hãy chọn lý do rồi ký",
            en="The draft gives no reason yet; choose one, then sign",
            pointer="/reason",
        )
    return draft


async def _extend(
    code: str, draft: Draft, signature: Signature, number: str, text: str, actor: Actor, now: datetime
) -> UUID:
    if draft.due_new is None:
        raise Unprocessable(
            "apology.date_missing",
            vi="Dự thảo chưa có ngày hẹn mới",
            en="The draft states no new date",
            pointer="/due_new",
        )
    body: dict[str, object] = {
        "due": utc(draft.due_new).isoformat(),
        "apology": number,
        "reason": draft.reason,
        "text": text,
    }
    if signature.override:
        body |= {"override": True, "reason": signature.reason, "decision": signature.decision}
    said = {name: value for name, value in body.items() if value is not None}
    statement = Statement(kind=CaseKind.EXTENDED, at=now, body=said)
    return await cases.state_within(code, statement, actor=actor, now=now)


async def _apologise(
    dossier: Dossier, draft: Draft, number: str, text: str, actor: Actor, now: datetime
) -> UUID:
    due = await repository.due_of(dossier.code) or dossier.due_first
    if due is None or dossier.ended_at is None or dossier.ended_at <= due or dossier.withdrawn:
        raise Conflict(
            "apology.not_late",
            vi="Hồ sơ đã giải quyết xong đúng hạn",
            en="The dossier was finished in time",
        )
    row = ledger.authored(
        id=new_id(now),
        stream=Stream.RECORD,
        kind=SENT,
        code=dossier.code,
        occurred_at=now,
        now=now,
        actor_organisation=actor.organisation,
        person=actor.person,
        body={"number": number, "reason": draft.reason, "text": text},
    )
    await ledger.record([row])
    return row.content.id
