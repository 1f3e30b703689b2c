"""Shifts on a station: opened by a person's login and password, so that no list of names is kept in a browser."""

from datetime import datetime
from uuid import UUID

from manifests.stations import repository
from postal.errors import Forbidden
from postal.identity import service as identity
from postal.identity.rules import Actor
from postal.identity.service import Shift


async def begin_shift(login: str, password: str, *, actor: Actor, now: datetime) -> Shift:
    """Open a shift of whoever signs in, at the device's organisation or one that it took over.

    No session is opened: the shift lasts until somebody ends it, so that a day without network ends well.
    """
    if actor.device is None:
        raise Forbidden(
            "identity.device_needed", vi="Chỉ máy quét mở được ca", en="Only a device opens a shift"
        )
    person, places = await identity.recognise(login, password, now)
    ours = [place for place in places if place in actor.sees]
    if not ours:
        raise identity.unrecognised()
    at = actor.organisation if actor.organisation in ours else ours[0]
    return await identity.open_shift(person, at, actor=actor, now=now)


async def end_shift(*, actor: Actor, now: datetime) -> None:
    """End the shift that is open on the calling device; without one there is nothing to do."""
    found = await repository.open_shift_of(actor.device or "")
    if found is not None:
        await identity.close_shift(UUID(found[0]), actor=actor, now=now)
