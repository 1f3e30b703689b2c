"""Who sees which deliveries: administrators those of the organisations that they govern, inspectors all."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from integrations.deliveries import repository
from integrations.deliveries.rules import Destination, DestinationState, Listed
from postal import clock
from postal.errors import NotFound
from postal.identity import service as identity
from postal.identity.rules import Actor


async def state_of(destination: UUID, now: datetime | None = None) -> DestinationState | None:
    """Say how things stand with a destination, to whoever may see it by other rules."""
    found = await repository.destinations(now or await clock.now(), identifier=destination, limit=1)
    return found[0] if found else None


async def deliveries_of(
    destination: UUID, *, states: Collection[str] = (), before: int | None = None, limit: int = 50
) -> list[Listed]:
    """List the messages of a destination with their tries, newest first, to whoever may see them by other rules."""
    return await repository.listed(destination=destination, states=states, before=before, limit=limit)


async def destinations_of(
    actor: Actor, now: datetime, *, after: tuple[str, str] | None = None, limit: int = 50
) -> list[DestinationState]:
    """List the destinations that an actor sees."""
    scope = await identity.scope_of(actor)
    return await repository.destinations(now, organisations=scope, after=after, limit=limit)


async def destination_of(destination: UUID, actor: Actor, now: datetime) -> DestinationState:
    """Find a destination that an actor sees."""
    scope = await identity.scope_of(actor)
    found = await repository.destinations(now, organisations=scope, identifier=destination, limit=1)
    if not found:
        raise _unknown()
    return found[0]


async def listed_for(
    actor: Actor,
    *,
    destination: UUID | None = None,
    states: Collection[str] = (),
    before: int | None = None,
    limit: int = 50,
) -> list[Listed]:
    """List the messages that an actor sees, newest first."""
    scope = await identity.scope_of(actor)
    return await repository.listed(
        destination=destination, organisations=scope, states=states, before=before, limit=limit
    )


async def get_delivery(delivery: UUID, actor: Actor) -> Listed:
    """Find a message that an actor sees."""
    found = await repository.listed(organisations=await identity.scope_of(actor), delivery=delivery, limit=1)
    if not found:
        raise _unknown()
    return found[0]


async def governed(destination: UUID, actor: Actor) -> Destination:
    """Find a destination that an actor administers."""
    scope = await identity.scope_of(actor, for_writing=True)
    found = await repository.find_destination(destination)
    if found is None or (scope is not None and found.organisation not in scope):
        raise _unknown()
    return found


def _unknown() -> NotFound:
    return NotFound(
        "deliveries.unknown",
        vi="Không tìm thấy lượt gửi hoặc nơi nhận này",
        en="No such delivery or destination",
    )
