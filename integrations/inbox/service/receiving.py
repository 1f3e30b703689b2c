"""A call of a partner from its first header to its kept message; what is refused leaves a counter and a log line."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime

from msgspec import Struct

from integrations.inbox.rules import MEDIA, SMALL, Kept, may_send, media_of, message_id_of
from integrations.inbox.service.reading import of_sender
from integrations.inbox.service.taking import bounds, observe_refused, read_body, refuse_broken, take
from integrations.inbox.service.understanding import understand_at_once
from integrations.partners import service as partners
from integrations.partners.rules import Partner
from postal.config import held
from postal.errors import BadInput, NotFound, PostalError, UnsupportedMedia
from postal.identity.rules import Actor
from postal.registry import inbound


class Call(Struct, frozen=True, kw_only=True):
    """What a call says before its body; names of headers are lower-case."""

    partner: str
    headers: Mapping[str, str]
    stated: int | None = None


class Answer(Struct, frozen=True, kw_only=True):
    """What is known of a message by now."""

    partner: Partner
    message: Kept


async def receive(
    call: Call, kind: str, coming: AsyncIterator[bytes], *, actor: Actor, now: datetime
) -> Answer:
    """Take a message, committed, and then understand it if that is soon done."""
    try:
        partner, message = await _taken(call, kind, coming, actor, now)
    except PostalError as refused:
        observe_refused(refused.code, call.partner)
        raise
    if message.state == "waiting" and message.size <= SMALL:
        await understand_at_once(message, held().inbox.at_once_seconds)
        message = await of_sender(partner, message.message_id)
    return Answer(partner=partner, message=message)


async def outcome(call: Call, message_id: str, *, actor: Actor, now: datetime) -> Answer:
    """Tell a partner what became of a message, by its own id; one who signs signs an empty body."""
    caller = await partners.recognise(call.partner, actor, call.headers)
    partner = await partners.admit(caller, call.headers, b"", now)
    return Answer(partner=partner, message=await of_sender(partner, message_id))


async def _taken(
    call: Call, kind: str, coming: AsyncIterator[bytes], actor: Actor, now: datetime
) -> tuple[Partner, Kept]:
    caller = await partners.recognise(call.partner, actor, call.headers)
    if kind not in inbound() or not may_send(caller.partner.kind, kind):
        raise NotFound(
            "inbox.kind_unknown",
            vi="Đối tác này không gửi được loại tin đó; hãy xem danh sách loại tin trong tài liệu",
            en="This partner cannot send that kind of message; the documentation lists the kinds",
        )
    media = _media(call)
    message_id = _message_id(call)
    raw = await read_body(coming, call.stated, bounds())
    partner = await partners.admit(caller, call.headers, raw, now)
    refuse_broken(media, raw)
    message = await take(partner, kind, message_id, media, raw, headers=call.headers, now=now)
    return partner, message


def _media(call: Call) -> str:
    media = media_of(call.headers.get("content-type", ""))
    if media is None:
        raise UnsupportedMedia(
            "inbox.media_type",
            vi=f"Địa chỉ này chỉ đọc {', '.join(MEDIA)} bằng UTF-8; hãy ghi đúng Content-Type",
            en=f"This address reads {', '.join(MEDIA)} in UTF-8; say so in Content-Type",
            pointer="/header/Content-Type",
        )
    return media


def _message_id(call: Call) -> str:
    found = message_id_of(call.headers)
    if found is None:
        raise BadInput(
            "inbox.message_id",
            vi="Hãy gửi mã tin của bên gửi trong webhook-id, Message-Id hoặc Idempotency-Key:"
            " 1 đến 128 ký tự A–Z a–z 0–9 . _ : - @ + =",
            en="Send your own message id as webhook-id, Message-Id or Idempotency-Key:"
            " 1 to 128 characters of A-Z a-z 0-9 . _ : - @ + =",
            pointer="/header/Message-Id",
        )
    return found
