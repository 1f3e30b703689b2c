"""Making, changing and ending subscriptions, and asking for what was missed. Each deed stands in the audit log."""

import secrets
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from integrations.deliveries import repository as destinations
from integrations.deliveries import service as queue
from integrations.feed import repository as feed
from integrations.feed import service as followers
from integrations.feed.rules import START, Cursor, Wanted
from integrations.outgoing.rules import target_of
from integrations.signing.rules import SECRET_BYTES, secret_of
from integrations.webhooks import repository
from integrations.webhooks.rules import (
    KIND,
    MOST_SUBSCRIPTIONS,
    OVERLAP,
    Replay,
    Secret,
    Subscription,
    SubscriptionChange,
    follower_of,
    ping_of,
)
from integrations.webhooks.rules.model import LONGEST_OVERLAP
from integrations.webhooks.service.reading import in_scope
from integrations.webhooks.service.setup import sealed
from postal.config import held
from postal.db import unit_of_work
from postal.errors import Conflict, Forbidden, Unprocessable
from postal.identifiers import new_id
from postal.identity.rules import Actor
from postal.identity.service.authority import note, scope_of

AT_ONCE = 8


class Issued(Struct, frozen=True, kw_only=True):
    """A subscription with a secret that was just made: the only time that anybody sees it."""

    subscription: Subscription
    secret: str


async def create(
    *, name: str, url: str, wanted: Wanted, after: Cursor | None, actor: Actor, now: datetime
) -> Issued:
    """Let a program of the actor's organisation be called with what happens from now on, or behind a cursor."""
    organisation = actor.organisation
    if organisation is None:
        raise Forbidden(
            "webhook.no_organisation",
            vi="Đăng ký nhận tin phải thuộc một đơn vị",
            en="A subscription belongs to an organisation",
        )
    _refuse_blank(name)
    _refuse_url(url)
    made = Subscription(
        id=new_id(now), organisation=organisation, name=name, url=url, wanted=wanted, state="active", why=None,
        state_at=now, made_at=now,
    )  # fmt: skip
    async with unit_of_work():
        if await repository.count_of(organisation) >= MOST_SUBSCRIPTIONS:
            raise Conflict(
                "webhook.too_many",
                vi=f"Mỗi đơn vị có nhiều nhất {MOST_SUBSCRIPTIONS} đăng ký; hãy xóa bớt",
                en=f"An organisation has {MOST_SUBSCRIPTIONS} subscriptions at most; delete some",
            )
        await repository.put(made)
        secret = await _new_secret(made.id, now)
        await _open(made, now)
        await followers.place(follower_of(made.id), await _known(after) if after else None)
        await note(actor, now, "webhook.created", str(made.id), name=name)
    return Issued(subscription=made, secret=secret)


async def change(identifier: UUID, given: SubscriptionChange, *, actor: Actor, now: datetime) -> Subscription:
    """Change a subscription, or stop its calls until it is enabled; filters hold for what was not handed on yet."""
    if given.name is not None:
        _refuse_blank(given.name)
    if given.url is not None:
        _refuse_url(given.url)
    async with unit_of_work():
        before = await _governed(identifier, actor)
        after = replace(
            before,
            name=given.name if given.name is not None else before.name,
            url=given.url if given.url is not None else before.url,
            wanted=given.wanted if given.wanted is not None else before.wanted,
        )
        if given.disabled and before.state == "active":
            after = replace(after, state="disabled", why="person", state_at=now)
            await destinations.set_state(identifier, "paused", None, now)
        if after != before:
            await repository.put(after)
            await _open(after, now)
            await note(actor, now, "webhook.changed", str(identifier), state=after.state)
    return after


async def delete(identifier: UUID, *, actor: Actor, now: datetime) -> None:
    """End a subscription for good: its secrets are forgotten and what waits is not sent."""
    async with unit_of_work():
        await _governed(identifier, actor)
        await repository.delete(identifier, now)
        await followers.forget(follower_of(identifier))
        await queue.gone(identifier, "deleted", now)
        await note(actor, now, "webhook.deleted", str(identifier))


async def rotate(identifier: UUID, overlap: timedelta = OVERLAP, *, actor: Actor, now: datetime) -> Issued:
    """Make a new secret; the one before it signs beside it for a while, any older one no more."""
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        raise Unprocessable(
            "webhook.overlap",
            vi="Khóa cũ còn được dùng nhiều nhất 30 ngày (720 giờ)",
            en="The old secret may sign for 30 days (720 hours) at most",
            pointer="/overlap_hours",
        )
    async with unit_of_work():
        found = await _governed(identifier, actor)
        await repository.end_secrets(identifier, now + overlap, now)
        secret = await _new_secret(identifier, now)
        await note(actor, now, "webhook.secret_rotated", str(identifier), hours=overlap / timedelta(hours=1))
    return Issued(subscription=found, secret=secret)


async def ping(identifier: UUID, *, actor: Actor, now: datetime) -> UUID:
    """Have a signed message sent that says nothing but that it came; gives its id."""
    async with unit_of_work():
        found = await _governed(identifier, actor)
        _refuse_disabled(found)
        message = ping_of(new_id(now), identifier, now)
        await queue.enqueue(KIND, identifier, [message], now=now)
    return message.id


async def replay(
    identifier: UUID,
    *,
    after: Cursor | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> Subscription:
    """Send again what happened behind a cursor, or was received in a range, and then go on.

    It is walked through in the order of the feed, with the ids that it had, before anything newer is sent: so what
    concerns one item stays in order. What was given up behind the beginning of the range is sent again too.
    """
    if (after is None) == (since is None):
        raise Unprocessable(
            "webhook.replay_range",
            vi="Hãy gửi đúng một trong hai: `after` (con trỏ) hoặc `since` (từ thời điểm nào)",
            en="Send one of the two: `after` (a cursor) or `since` (an instant)",
            pointer="/after",
        )
    if since is not None and not since < (before or now):
        raise Unprocessable(
            "webhook.replay_range",
            vi="Thời điểm bắt đầu phải trước thời điểm kết thúc và trước lúc này",
            en="The range must begin before it ends, and before now",
            pointer="/since",
        )
    async with unit_of_work():
        found = await _governed(identifier, actor)
        _refuse_disabled(found)
        start = await _known(after) if after is not None else await followers.cursor_before(since or now)
        again = await _rewind(found, start, since, before, delivered=True, now=now)
        await note(actor, now, "webhook.replayed", str(identifier), since=since and since.isoformat())
    return again


async def enable(
    identifier: UUID, begin: Literal["stopped", "now"], *, actor: Actor, now: datetime
) -> Subscription:
    """Let the calls of a disabled subscription go on: from the first event that has not arrived, or from now."""
    async with unit_of_work():
        found = await _governed(identifier, actor)
        if found.state == "active":
            raise Conflict(
                "webhook.enabled",
                vi="Đăng ký này đang được gọi; không cần mở lại",
                en="This subscription is called already; there is nothing to enable",
            )
        since = found.failing_since or found.state_at
        active = replace(found, state="active", why=None, state_at=now, failing_since=None)
        if begin == "now":
            await queue.gone(identifier, "left_out", now)
            await followers.place(follower_of(identifier))
            active = replace(active, replay=None)
            await repository.put(active)
            await destinations.set_state(identifier, "active", None, now, afresh=True)
        else:
            oldest = await repository.oldest_undelivered(identifier, since)
            active = await _rewind(active, oldest, None, None, delivered=False, now=now)
        await note(actor, now, "webhook.enabled", str(identifier), begin=begin)
    return active


async def _rewind(
    found: Subscription,
    start: Cursor | None,
    since: datetime | None,
    before: datetime | None,
    *,
    delivered: bool,
    now: datetime,
) -> Subscription:
    """Put the follower back, behind nothing that still waits; the walk hands everything on again in order.

    What waits is given up first, and again becomes due when the walk comes to it: else a newer message about an item
    might be waiting before an older one.
    """
    follower = follower_of(found.id)
    # Whoever hands on just now comes to the end of its page first.
    here = await feed.hold_follower(follower) or START
    oldest = await repository.oldest_undelivered(found.id, now)
    begin = min(cursor for cursor in (here, start, oldest) if cursor is not None)
    until = max(here, found.replay.until) if found.replay else here
    kept = found.replay
    # A walk that had not come to its end is taken up by the new one, with whatever that wanted.
    walk = Replay(
        until=until,
        since=None if kept and kept.since is None else since,
        before=None if kept and kept.before is None else before,
        delivered=delivered or (kept is not None and kept.delivered),
        asked_at=now,
    )
    again = replace(found, replay=walk)
    await repository.put(again)
    await queue.gone(found.id, "rewound", now)
    await destinations.set_state(found.id, "active", None, now, afresh=True)
    await followers.place(follower, begin)
    return again


async def _governed(identifier: UUID, actor: Actor) -> Subscription:
    scope = await scope_of(actor, for_writing=True)
    return in_scope(await repository.lock(identifier), scope)


async def _known(cursor: Cursor) -> Cursor:
    """Give a cursor back if the feed has come to it."""
    if cursor > await feed.end_of_feed():
        raise followers.cursor_ahead("/after")
    return cursor


async def _open(subscription: Subscription, now: datetime) -> None:
    await queue.open_destination(
        KIND,
        subscription.id,
        organisation=subscription.organisation,
        code=subscription.name,
        now=now,
        at_once=AT_ONCE,
    )


async def _new_secret(subscription: UUID, now: datetime) -> str:
    plain, identifier = secret_of(secrets.token_bytes(SECRET_BYTES)), new_id(now)
    kept = Secret(id=identifier, sealed=sealed(identifier, plain), made_at=now, valid_until=None)
    await repository.add_secret(subscription, kept)
    return plain


def _refuse_blank(name: str) -> None:
    if not name.strip():
        raise Unprocessable("webhook.missing", vi="Hãy đặt tên", en="Give it a name", pointer="/name")


def _refuse_url(url: str) -> None:
    if target_of(url, held().outgoing.trusted) is None:
        raise Unprocessable(
            "webhook.url",
            vi="Địa chỉ phải là https:// và một tên miền công khai, cổng 443 hoặc 8443",
            en="The address must be https:// and a public name, port 443 or 8443",
            pointer="/url",
        )


def _refuse_disabled(found: Subscription) -> None:
    if found.state == "disabled":
        raise Conflict(
            "webhook.disabled",
            vi="Đăng ký này đang tắt; hãy mở lại trước",
            en="This subscription is disabled; enable it first",
        )
