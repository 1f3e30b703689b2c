"""Taking a message: bounded in size and time, kept with its bytes before anything of it is understood."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta

import msgspec
import structlog
from msgspec import Struct
from prometheus_client import Counter

from integrations.inbox import repository
from integrations.inbox.rules import JSON_MEDIA, Kept, kept_headers
from integrations.inbox.service.sealing import sealed, sign
from integrations.partners.rules import Partner
from postal.config import held
from postal.db import unit_of_work
from postal.errors import BadInput, Conflict, TooLarge, TooSlow
from postal.identifiers import new_id

REFUSED = Counter(
    "postal_partner_messages_refused", "Messages of partners that were refused, by code", ("code",)
)

log = structlog.get_logger("postal.inbox")


class Bounds(Struct, frozen=True, kw_only=True):
    """How much a body may be, and how long it may take to come."""

    size: int
    seconds: float


def bounds() -> Bounds:
    """Give the bounds of this installation."""
    inbox = held().inbox
    return Bounds(size=inbox.body_bytes, seconds=inbox.body_seconds)


async def read_body(coming: AsyncIterator[bytes], stated: int | None, bound: Bounds) -> bytes:
    """Read a whole body; refuses what is too large, as soon as that shows, too slow, or cut off on the way."""
    if stated is not None and stated > bound.size:
        raise too_large(bound.size)
    read = bytearray()
    try:
        async with asyncio.timeout(bound.seconds):
            async for piece in coming:
                read += piece
                if len(read) > bound.size:
                    raise too_large(bound.size)
    except TimeoutError as error:
        raise TooSlow(
            "inbox.too_slow",
            vi="Nội dung đến quá chậm nên chưa nhận; hãy kiểm tra đường truyền và gửi lại",
            en="The body came too slowly and nothing was taken; check the connection and send it again",
        ) from error
    if stated is not None and len(read) < stated:
        raise cut_off()
    return bytes(read)


def refuse_broken(media: str, raw: bytes) -> None:
    """Refuse what says that it is JSON and is not: cut off, nested without end, or something else."""
    if media not in JSON_MEDIA:
        return
    try:
        # Passes over it without building it: eight megabytes of numbers would be a hundred of objects.
        msgspec.json.decode(raw, type=msgspec.Raw)
        # Nor does it look into texts, which may be no UTF-8.
        raw.decode()
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BadInput(
            "inbox.not_json",
            vi="Nội dung không phải JSON hợp lệ (có thể bị cắt giữa chừng) nên chưa nhận; hãy gửi lại đầy đủ",
            en="The body is not valid JSON (perhaps cut off) and nothing was taken; send it whole",
        ) from error


async def take(
    partner: Partner,
    kind: str,
    message_id: str,
    media: str,
    raw: bytes,
    *,
    headers: Mapping[str, str],
    now: datetime,
) -> Kept:
    """Keep a message, committed when this returns; the same one again gives what is known of the first.

    Raises Conflict where the sender used the id for other bytes or another kind.
    """
    inbox = held().inbox
    identifier = new_id(now)
    message = Kept(
        id=identifier,
        seq=0,
        partner=partner.id,
        message_id=message_id,
        kind=kind,
        content_type=media,
        headers=kept_headers(headers),
        sign=sign(kind, media, raw),
        size=len(raw),
        received_at=now,
        keep_until=now + timedelta(days=inbox.raw_days),
        state="waiting",
        code=None,
        message=None,
        results=[],
        subjects=(),
        tries=0,
        unended=0,
        due_at=now,
        early_until=now + timedelta(days=inbox.early_days),
        understood_at=None,
        erased_at=None,
    )
    async with unit_of_work():
        if await repository.add(message, sealed(identifier, raw)):
            log.info("message taken", partner=partner.code, kind=kind, message=str(identifier), size=len(raw))
            return message
        known = await repository.of_sender(partner.id, message_id)
    if known is None or known.sign != message.sign:
        raise Conflict(
            "inbox.other_content",
            vi="Mã tin này đã dùng cho nội dung khác; hãy gửi nội dung mới với mã tin mới",
            en="This message id was used for other content; send the new content under a new id",
        )
    return known


def observe_refused(code: str, partner: str) -> None:
    """Count and log a refused message; nothing else is kept of it."""
    REFUSED.labels(code).inc()
    log.info("message of a partner refused", code=code, partner=partner[:40])


def too_large(most: int) -> TooLarge:
    """Build the refusal of a body over its limit."""
    return TooLarge(
        "inbox.too_large",
        vi=f"Nội dung vượt quá {most} byte nên chưa nhận; hãy chia nhỏ thành nhiều tin",
        en=f"The body is over {most} bytes and nothing was taken; send it in several messages",
    )


def cut_off() -> BadInput:
    """Build the refusal of a body that did not come whole."""
    return BadInput(
        "inbox.truncated",
        vi="Nội dung đến không đủ (ngắn hơn Content-Length) nên chưa nhận; hãy gửi lại đầy đủ",
        en="The body did not come whole (shorter than its Content-Length) and nothing was taken; send it again",
    )
