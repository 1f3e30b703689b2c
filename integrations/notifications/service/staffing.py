"""Staff who are told by mail of what the desks where they work must act on."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from integrations.feed.rules import Event
from integrations.notifications import repository
from integrations.notifications.rules import (
    RHYTHMS,
    STAFF_KINDS,
    Channel,
    Kind,
    Notice,
    StaffFact,
    StaffSetting,
    Subscription,
    bundles_now,
    digest_of,
    due_after,
    lines_of,
    refuse_address,
)
from integrations.notifications.service.setup import offered, opened, own_key, sealed, token_of
from integrations.notifications.service.subscribing import confirmation, refuse_often
from postal.config import Settings
from postal.db import unit_of_work
from postal.errors import Forbidden, Unprocessable
from postal.identifiers import new_id
from postal.identity.rules import Actor
from shipments.tracking.rules import token_hash

HEARD = {"supplemented": "supplemented", "completed": "result"}
"""Rows of cases that staff are told of, and as what."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a member of staff chose on the page; without `address` the one that is kept stays."""

    address: str
    rhythm: str
    kinds: tuple[str, ...]
    quiet_from: int
    quiet_until: int


async def own_setting(actor: Actor) -> StaffSetting | None:
    """Give what the caller chose, None where nothing is kept."""
    return next(iter(await repository.staff_of(_person(actor))), None)


async def address_of(setting: StaffSetting, settings: Settings) -> str:
    """Open the address, for its owner alone."""
    for each, kept in await repository.addresses_of(""):
        if each.id == setting.subscription.id and kept:
            return str(msgspec.json.decode(opened(settings, each.id, kept))["address"])
    return ""


async def choose(
    wanted: Wanted, language: str, *, actor: Actor, settings: Settings, now: datetime
) -> StaffSetting:
    """Keep a choice; another address has to be confirmed first, and the one before is forgotten."""
    person = _person(actor)
    _check(wanted, settings)
    async with unit_of_work():
        kept = await own_setting(actor)
        if kept is not None and wanted.address in {"", await address_of(kept, settings)}:
            changed = _changed(kept, wanted)
            await repository.change_staff(changed)
            return changed
        refuse_address(Channel.EMAIL, wanted.address, ())
        digest = digest_of(own_key(settings), Channel.EMAIL, f"{person}:{wanted.address.lower()}")
        await refuse_often(digest, now)
        if kept is not None:
            await repository.end([kept.subscription.id], "changed", now)
        asked = Subscription(
            id=new_id(now),
            dossier="",
            channel=Channel.EMAIL,
            language="en" if language == "en" else "vi",
            state="pending",
            made_at=now,
        )
        content = sealed(settings, asked.id, msgspec.json.encode({"address": wanted.address}))
        await repository.add(asked, digest, token_hash(token_of(settings, asked.id)), content)
        setting = _changed(
            StaffSetting(
                subscription=asked, person=person, rhythm="daily", kinds=(), quiet_from=0, quiet_until=0
            ),
            wanted,
        )
        await repository.add_staff(setting)
        await repository.add_notices([confirmation(asked, now)])
    return setting


async def leave(*, actor: Actor, now: datetime) -> None:
    """End one's own notices; the address is forgotten at once."""
    async with unit_of_work():
        found = [each.subscription.id for each in await repository.staff_of(_person(actor))]
        if found:
            await repository.end(found, "unsubscribed", now)


async def gather_staff(now: datetime) -> None:
    """End what was for people who left, find what there is to act on, and bundle what is due to be told."""
    async with unit_of_work():
        if not await repository.staff_of():
            return
        if gone := await repository.departed(now):
            await repository.end(gone, "left", now)
        await repository.gather_facts(now)
        await _bundle(now)


async def hear(events: Sequence[Event], now: datetime) -> None:
    """Keep of a page of the feed, in its unit of work, which papers and results came."""
    told = [
        (str(each.id), HEARD[each.kind], each.code, each.received_at)
        for each in events
        if each.kind in HEARD and each.verdict != "disputed"
    ]
    if told:
        await repository.hear(told, now)


async def _bundle(now: datetime) -> None:
    settings = {each.subscription.id: each for each in await repository.staff_of()}
    last = await repository.bundled()
    by_subscription: dict[UUID, list[StaffFact]] = defaultdict(list)
    for subscription, fact in await repository.pending_facts():
        by_subscription[subscription].append(fact)
    for subscription, facts in by_subscription.items():
        setting = settings[subscription]
        if not bundles_now(setting.rhythm, last.get(subscription), now):
            continue
        notice = Notice(
            id=new_id(now),
            subscription=subscription,
            fact=f"desk:{facts[0].fact}",
            kind=Kind.DESK.value,
            facts=lines_of(facts),
            at=now,
            made_at=now,
            due_at=due_after(now, Channel.EMAIL, setting.quiet_from, setting.quiet_until),
        )
        await repository.add_notices([notice])
        await repository.add_facts(subscription, [each.fact for each in facts], notice.id)


def _changed(setting: StaffSetting, wanted: Wanted) -> StaffSetting:
    return replace(
        setting,
        rhythm=wanted.rhythm,
        kinds=tuple(kind for kind in STAFF_KINDS if kind in wanted.kinds),
        quiet_from=wanted.quiet_from,
        quiet_until=wanted.quiet_until,
    )


def _person(actor: Actor) -> str:
    if actor.person is None:
        raise Forbidden(
            "notice.no_person",
            vi="Khóa truy cập không nhận tin; hãy đăng nhập bằng tài khoản của mình",
            en="An access key is told nothing; sign in with your own account",
        )
    return actor.person


def _check(wanted: Wanted, settings: Settings) -> None:
    if Channel.EMAIL not in offered(settings):
        raise Unprocessable(
            "notice.channel",
            vi="Gửi thư điện tử chưa được thiết lập ở đây; hãy báo quản trị hệ thống",
            en="Mail is not set up here; tell the administrator",
            pointer="/address",
        )
    hours = range(24)
    if wanted.rhythm not in RHYTHMS or wanted.quiet_from not in hours or wanted.quiet_until not in hours:
        raise Unprocessable(
            "notice.choice",
            vi="Hãy chọn nhịp gửi thư và giờ không nhận tin, từ 0 đến 23 giờ",
            en="Choose how often to be told, and quiet hours from 0 to 23",
            pointer="/rhythm",
        )
    if not set(wanted.kinds) & set(STAFF_KINDS):
        raise Unprocessable(
            "notice.nothing_chosen",
            vi="Hãy chọn ít nhất một việc muốn được báo, hoặc bấm thôi nhận tin",
            en="Choose at least one thing to be told of, or end the messages",
            pointer="/kinds",
        )
