"""What its author sees of a case, by the code that was shown once."""

import secrets
from datetime import datetime

from msgspec import Struct

from postal.audit import service as audit
from postal.calendars import repository as calendars
from postal.db import unit_of_work
from postal.errors import Conflict, NotFound
from postal.identifiers import new_id
from postal.instants import Instant
from postal.law import repository as law
from postal.ledger.repository import lock_codes
from postal.ledger.rules import canonical_instant, commitment
from postal.ledger.service import record
from postal.network.rules import local_day
from postal.network.service import DEFAULT_CALENDAR
from shipments.feedback import repository
from shipments.feedback.repository import CLOSED, Contact, Said
from shipments.feedback.rules import (
    SUPPLEMENTED,
    Feedback,
    Part,
    State,
    Wait,
    extended,
    follow_hash,
    refuse_move,
)
from shipments.feedback.service.rows import SALT_BYTES, row_of

OWN = frozenset({Part.SAID, Part.SUPPLEMENT})
OVER = frozenset(State(state) for state in CLOSED)


class Followed(Struct, frozen=True, kw_only=True):
    """A case as its author sees it: where it stands, by when it is answered, the last question and the answer.

    `said` is what the author wrote, as it is held: a report of violations is given out to nobody else. `erasable` tells
    that the case is over, so that it may be forgotten.
    """

    code: str
    state: State
    received_at: Instant
    resolve_due: Instant
    late: bool
    question: str | None
    answer: str | None
    reason_vi: str | None
    reason_en: str | None
    answered_at: Instant | None
    published_at: Instant | None
    said: list[Said]
    erasable: bool


async def follow(typed: str, now: datetime) -> Followed:
    """Show a case to whoever has its follow code."""
    case = await _case(typed)
    told = await repository.conversation(case.code)
    asked = [said.text for said in told if said.part is Part.ASKED]
    answers = [said.text for said in told if said.part is Part.ANSWER]
    reasons = {each.code: each for each in await law.reasons_at(local_day(now))}
    reason = reasons.get(case.reason or "")
    return Followed(
        code=case.code,
        state=case.state,
        received_at=case.received_at,
        resolve_due=case.resolve_due,
        late=case.waits_for_us and now > case.resolve_due,
        question=asked[-1] if asked and case.state is State.SUPPLEMENT else None,
        answer=answers[-1] if answers else None,
        reason_vi=reason.name_vi if reason else None,
        reason_en=reason.name_en if reason else None,
        answered_at=case.answered_at or case.refused_at,
        published_at=case.published_at,
        said=[each for each in told if each.part in OWN and each.text is not None],
        erasable=case.state in OVER,
    )


async def supplement(typed: str, text: str, now: datetime) -> Followed:
    """Take what its author adds when asked; the limit moves by the working days for which they were awaited."""
    case = await _case(typed)
    row_id, salt = new_id(now), secrets.token_bytes(SALT_BYTES)
    time = await calendars.working_time(DEFAULT_CALENDAR)
    constants = await law.constants_at(local_day(now))
    async with unit_of_work():
        await lock_codes([case.code])
        case = await repository.find(case.code) or case
        refuse_move(case, SUPPLEMENTED)
        asked = [said.at for said in await repository.conversation(case.code) if said.part is Part.ASKED]
        due = extended(time, case.resolve_due, Wait(asked[-1] if asked else now, now), constants)
        await repository.add_text(row_id, case.code, Part.SUPPLEMENT, text, Contact(), salt, now)
        body = {"supplement": commitment(salt, text), "resolve_due": canonical_instant(due)}
        await record([row_of(row_id, SUPPLEMENTED, case.code, body, now, None, now)])
    return await follow(typed, now)


async def forget(typed: str, now: datetime) -> Followed:
    """Forget what its author wrote, and who that was; what the ledger committed to can no longer be opened.

    Until the case is over the words are kept for who looks into it: a report of violations must not vanish on its way.
    """
    case = await _case(typed)
    async with unit_of_work():
        await lock_codes([case.code])
        case = await repository.find(case.code) or case
        if case.state not in OVER:
            raise Conflict(
                "feedback.still_open",
                vi="Vụ việc chưa được giải quyết xong nên pháp luật còn cần lời của bạn; hãy xóa sau khi có trả lời",
                en="The case is not over and your words are still needed; erase them once it was answered",
                state=case.state.value,
            )
        await repository.erase_case(case.code, now)
        await audit.record(
            now=now, actor="follower", organisation=None, action="feedback.erased", subject=case.code
        )
    return await follow(typed, now)


async def _case(typed: str) -> Feedback:
    code = await repository.find_followed(follow_hash(typed))
    case = await repository.find(code) if code else None
    if case is None:
        raise NotFound(
            "feedback.not_followed",
            vi="Không có phản ánh, kiến nghị nào ứng với mã này; hãy kiểm tra lại mã đã được cấp",
            en="No feedback belongs to this code; please check the code that you were given",
        )
    return case
