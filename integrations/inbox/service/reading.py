"""What became of messages: for their sender, and for whoever administers the organisation that it speaks for."""

from datetime import datetime, timedelta
from uuid import UUID

from integrations.inbox import repository
from integrations.inbox.rules import Kept, Listed, Shown
from integrations.inbox.service.sealing import opened
from integrations.partners import service as partners
from integrations.partners.rules import Partner
from postal.audit import looks
from postal.config import held
from postal.db import unit_of_work
from postal.errors import Gone, NotFound, Unprocessable
from postal.identity.rules import Actor
from postal.identity.service.authority import note, require_governed, scope_of

MOST_AT_ONCE = 10_000


async def of_sender(partner: Partner, message_id: str) -> Kept:
    """Find a message by its sender's own id."""
    found = await repository.of_sender(partner.id, message_id)
    if found is None:
        raise _unknown()
    return found


async def list_messages(
    actor: Actor,
    *,
    partner: str | None = None,
    state: str | None = None,
    before: int | None = None,
    limit: int,
) -> list[Listed]:
    """List messages of partners of organisations in the actor's scope, newest first."""
    found = await repository.listed(
        await scope_of(actor), partner=partner, state=state, before=before, limit=limit
    )
    return [Listed(partner=code, message=message) for code, message in found]


async def get(identifier: UUID, actor: Actor) -> Shown:
    """Get a message of a partner of an organisation in the actor's scope."""
    message = await repository.find(identifier)
    partner = await partners.by_id(message.partner) if message is not None else None
    scope = await scope_of(actor)
    if message is None or partner is None or (scope is not None and partner.organisation not in scope):
        raise _unknown()
    return Shown(partner=partner, message=message, tries=await repository.tries_of(identifier))


async def content(identifier: UUID, actor: Actor) -> tuple[Kept, bytes]:
    """Open the bytes of a message for whoever governs its organisation; each look is noted."""
    shown = await get(identifier, actor)
    await require_governed(actor, shown.partner.organisation)
    kept = await repository.raw(identifier)
    if kept is None:
        raise _erased()
    looks.note([str(identifier)], {"message"})
    looks.note(shown.message.subjects[:100], {"message"})
    return shown.message, opened(identifier, kept)


async def replay(identifier: UUID, *, actor: Actor, now: datetime) -> Kept:
    """Have a message understood again, after a fix; one that waits is left as it is."""
    shown = await get(identifier, actor)
    await require_governed(actor, shown.partner.organisation)
    if shown.message.erased_at is not None:
        raise _erased()
    async with unit_of_work():
        if await repository.replay([identifier], now, _early_until(now)):
            await note(actor, now, "inbox.replayed", str(identifier), partner=shown.partner.code)
    return (await get(identifier, actor)).message


async def replay_many(
    partner: str,
    *,
    state: str,
    first: datetime | None = None,
    last: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    """Have a partner's messages of a state, received in a time, understood again."""
    found = await partners.get(partner, actor)
    await require_governed(actor, found.organisation)
    if state == "waiting":
        raise Unprocessable(
            "inbox.waits_already",
            vi="Tin đang chờ sẽ tự được xử lý; hãy chọn trạng thái khác",
            en="What waits is tried by itself; choose another state",
            pointer="/state",
        )
    chosen = await repository.listed(
        None, partner=partner, state=state, first=first, last=last, limit=MOST_AT_ONCE
    )
    async with unit_of_work():
        again = await repository.replay([each.id for _, each in chosen], now, _early_until(now))
        await note(actor, now, "inbox.replayed", partner, state=state, messages=len(again))
    return len(again)


def _early_until(now: datetime) -> datetime:
    return now + timedelta(days=held().inbox.early_days)


def _unknown() -> NotFound:
    return NotFound(
        "inbox.not_found",
        vi="Không có tin này; hãy kiểm tra mã tin",
        en="No such message; check its id",
    )


def _erased() -> Gone:
    return Gone(
        "inbox.erased",
        vi="Nội dung tin này đã được xóa; hãy đề nghị đối tác gửi lại với mã tin mới",
        en="The content of this message was erased; ask the partner to send it under a new id",
    )
