"""Asking to be told, confirming it, and ending it."""

import secrets
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from integrations.notifications import repository
from integrations.notifications.rules import (
    MOST_A_DOSSIER,
    Channel,
    Kind,
    Notice,
    Subscription,
    digest_of,
    refuse_address,
)
from integrations.notifications.service.setup import offered, opened, own_key, sealed, token_of
from integrations.signing.rules import SECRET_BYTES, secret_of
from postal.config import Settings, held
from postal.db import unit_of_work
from postal.errors import Conflict, NotFound, TooMany, Unprocessable
from postal.identifiers import new_id
from postal.ledger.repository import lock_codes
from shipments.dossiers import repository as dossiers
from shipments.tracking.rules import token_hash, typed_token

OF_AN_ADDRESS = 5
IN = timedelta(hours=24)


class Asked(Struct, frozen=True, kw_only=True):
    """What was kept; a webhook's secret is told this once."""

    subscription: Subscription
    secret: str | None = None


async def subscribe(
    dossier: str, channel: str, address: str, language: str, *, settings: Settings, now: datetime
) -> Asked:
    """Keep that somebody with the slip asks to be told; an e-mail address has to confirm it first."""
    way = _way(channel, settings)
    phone = way in {Channel.SMS, Channel.ZALO}
    plain = "" if phone else address.strip()[:2_000]
    if phone:
        await _refuse_without_phone(dossier)
    else:
        refuse_address(way, plain, settings.notices.trusted)
    digest = digest_of(own_key(settings), way, plain or dossier)
    identifier = new_id(now)
    secret = secret_of(secrets.token_bytes(SECRET_BYTES)) if way is Channel.WEBHOOK else None
    asked = Subscription(
        id=identifier,
        dossier=dossier,
        channel=way,
        language="en" if language == "en" else "vi",
        state="pending" if way is Channel.EMAIL else "active",
        made_at=now,
        confirmed_at=None if way is Channel.EMAIL else now,
    )
    async with unit_of_work():
        await lock_codes([dossier])
        await _refuse_more(dossier, digest, now)
        kept = msgspec.json.encode({"address": plain, **({"secret": secret} if secret else {})})
        hashed = token_hash(token_of(settings, identifier))
        await repository.add(asked, digest, hashed, sealed(settings, identifier, kept))
        if way is Channel.EMAIL:
            await repository.add_notices([confirmation(asked, now)])
    return Asked(subscription=asked, secret=secret)


async def find(raw: str) -> Subscription:
    """Find a subscription by the link in its notices."""
    token = typed_token(raw)
    found = await repository.by_token(token_hash(token or raw[:100]))
    if token is None or found is None:
        raise NotFound(
            "notice.not_found",
            vi="Đường dẫn này không còn dùng được; hãy mở lại từ thư mới nhất",
            en="This link is of no use any more; open it from the latest message",
        )
    return found


async def confirm(raw: str, now: datetime) -> Subscription:
    """Confirm that one wants to be told; again is no fault."""
    found = await find(raw)
    async with unit_of_work():
        await repository.confirm(found.id, now)
    return await find(raw)


async def end(raw: str, now: datetime) -> Subscription:
    """End a subscription by its link; the address is forgotten at once."""
    found = await find(raw)
    async with unit_of_work():
        await repository.end([found.id], "unsubscribed", now)
    return await find(raw)


async def end_own(dossier: str, identifier: str, now: datetime) -> None:
    """End a subscription from the personal view of its dossier."""
    own = {str(each.id): each.id for each, _ in await repository.live(dossier)}
    async with unit_of_work():
        if identifier in own:
            await repository.end([own[identifier]], "ended_by_slip", now)


async def erase(dossier: str, now: datetime) -> int:
    """Forget who is told of a dossier."""
    found = [
        each.id for each, kept in await repository.addresses_of(dossier) if kept or each.state != "ended"
    ]
    return await repository.end(found, "erased", now) if found else 0


async def export(dossier: str) -> list[dict[str, Any]]:
    """Give out who is told of a dossier, with the addresses that are held."""
    settings = held()
    return [
        {
            "channel": each.channel.value,
            "state": each.state,
            "made_at": each.made_at,
            "confirmed_at": each.confirmed_at,
            "ended_at": each.ended_at,
            "address": msgspec.json.decode(opened(settings, each.id, kept))["address"] if kept else None,
        }
        for each, kept in await repository.addresses_of(dossier)
    ]


def _way(channel: str, settings: Settings) -> Channel:
    if channel not in offered(settings):
        raise Unprocessable(
            "notice.channel",
            vi="Cách nhận tin này chưa được thiết lập ở đây; hãy chọn cách khác",
            en="This way is not set up here; choose another one",
            pointer="/channel",
        )
    return Channel(channel)


async def _refuse_without_phone(dossier: str) -> None:
    applicant = await dossiers.find_applicant(dossier)
    if applicant is None or not applicant.phone:
        raise Unprocessable(
            "notice.no_phone",
            vi="Hồ sơ này không có số điện thoại đã đăng ký; hãy chọn cách khác",
            en="No phone is registered for this dossier; choose another way",
            pointer="/channel",
        )


async def _refuse_more(dossier: str, digest: bytes, now: datetime) -> None:
    there = await repository.live(dossier)
    if any(known == digest for _, known in there):
        raise Conflict(
            "notice.asked_already",
            vi="Địa chỉ này đã được đăng ký; nếu chưa xác nhận, hãy mở thư xác nhận đã gửi",
            en="This address is on the list; if it is not confirmed yet, open the message that was sent",
        )
    if len(there) >= MOST_A_DOSSIER:
        raise Conflict(
            "notice.too_many",
            vi=f"Mỗi hồ sơ nhận tin ở nhiều nhất {MOST_A_DOSSIER} địa chỉ; hãy bỏ bớt một địa chỉ",
            en=f"At most {MOST_A_DOSSIER} addresses are told of a dossier; end one of them first",
        )
    await refuse_often(digest, now)


async def refuse_often(digest: bytes, now: datetime) -> None:
    """Raise where an address was given too often lately, whoever gave it."""
    if await repository.asked_since(digest, now - IN) >= OF_AN_ADDRESS:
        raise TooMany(
            "notice.address_asked_often",
            vi="Địa chỉ này đã được nhập quá nhiều lần hôm nay; hãy thử lại ngày mai",
            en="This address was given too often today; try again tomorrow",
            retry_after=int(IN.total_seconds()),
        )


def confirmation(asked: Subscription, now: datetime) -> Notice:
    """Make the message by which an address is confirmed."""
    # Whoever asked sits before the page: a confirmation knows no quiet hours.
    return Notice(
        id=new_id(now),
        subscription=asked.id,
        fact="confirm",
        kind=Kind.CONFIRM.value,
        facts={},
        at=now,
        made_at=now,
        due_at=now,
    )
