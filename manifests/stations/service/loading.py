"""Loading a trip from a station: what is aboard already is left as it is, so that saying it twice changes nothing."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from manifests.stations import repository
from manifests.trips import service as trips
from postal.errors import NotFound, PostalError
from postal.identity import service as identity
from postal.identity.rules import Actor

MANIFEST = "BK-"


async def load_trip(
    trip: str, codes: Sequence[str], *, actor: Actor, now: datetime
) -> tuple[list[str], list[tuple[str, PostalError]]]:
    """Take manifests and bags aboard; gives what is aboard, and what was refused. A bad one keeps no other off."""
    by = await _working(actor)
    try:
        before = {one.code for one in (await trips.shown(trip, by)).aboard()}
    except NotFound as wrong:
        # The station must be told code by code, or it would say it again for ever.
        return [], [(code, wrong) for code in codes]
    loaded, refused = [code for code in codes if code in before], []
    for code in dict.fromkeys(codes):
        if code in before:
            continue
        manifests, bags = ([code], []) if code.startswith(MANIFEST) else ([], [code])
        try:
            await trips.load(trip, manifests, bags, actor=by, now=now)
        except PostalError as wrong:
            refused.append((code, wrong))
        else:
            loaded.append(code)
    return loaded, refused


async def _working(actor: Actor) -> Actor:
    """Let what a device does be done by whoever has its shift."""
    shift = await repository.open_shift_of(actor.device or "")
    if shift is None:
        return actor
    return replace(actor, person=(await identity.get_shift(UUID(shift[0]), actor)).person)
