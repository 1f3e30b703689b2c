"""Who sees which subscriptions, and how far each is."""

from datetime import datetime
from uuid import UUID

from integrations.deliveries.rules import Listed
from integrations.deliveries.service import deliveries_of as log_of
from integrations.feed import repository as feed
from integrations.feed.service import READER, cursor_of
from integrations.webhooks import repository
from integrations.webhooks.rules import Behind, Subscription, follower_of
from postal.errors import NotFound
from postal.identity.rules import Actor
from postal.identity.service.authority import scope_of

MOST_COUNTED = 10_000


async def get(identifier: UUID, actor: Actor) -> Subscription:
    """Get a subscription of an organisation in the actor's scope."""
    return in_scope(await repository.find(identifier), await scope_of(actor))


def in_scope(found: Subscription | None, scope: frozenset[str] | None) -> Subscription:
    """Give what was found if it is in scope; what is not there and what is another's are answered alike."""
    if found is None or (scope is not None and found.organisation not in scope):
        raise NotFound(
            "webhook.not_found",
            vi="Không có đăng ký nhận tin này; hãy kiểm tra mã và khóa đang dùng",
            en="No such subscription; check its id and the key in use",
        )
    return found


async def list_subscriptions(actor: Actor, after: UUID | None, limit: int) -> list[Subscription]:
    """List the subscriptions of organisations in the actor's scope, newest first."""
    return await repository.listed(await scope_of(actor), after, limit)


async def behind_of(subscription: Subscription) -> Behind:
    """Say how far a subscription is behind the feed: what it would be called with on going on."""
    cursor = await cursor_of(follower_of(subscription.id))
    if cursor is None:
        return Behind(rows=0, more=False, since=None)
    found = await feed.examine(cursor, READER, most=MOST_COUNTED, limit=1)
    first = found.events[0].received_at if found.events else None
    return Behind(rows=found.count, more=found.count == MOST_COUNTED, since=first)


async def deliveries_of(
    identifier: UUID, actor: Actor, states: tuple[str, ...], before: int | None, limit: int
) -> list[Listed]:
    """List the messages of a subscription with their tries, newest first."""
    await get(identifier, actor)
    return await log_of(identifier, states=states, before=before, limit=limit)


async def needing(actor: Actor, _now: datetime) -> int:
    """Count the subscriptions in the actor's scope that the system stopped calling."""
    return await repository.disabled_of(await scope_of(actor, for_writing=True))
