"""What messages hold of people: given out and forgotten by dossier, and forgotten when kept long enough."""

from datetime import datetime
from typing import Any

from integrations.inbox import repository
from integrations.inbox.rules import Kept
from integrations.inbox.service.sealing import opened
from postal.db import unit_of_work
from postal.files.cipher import DamagedError

AT_ONCE = 200


async def export(dossier: str) -> list[dict[str, Any]]:
    """Give out the messages that bear on a dossier, as they came, while their bytes are held."""
    return [
        {
            "kind": message.kind,
            "message_id": message.message_id,
            "received_at": message.received_at,
            "state": message.state,
            "content": await _text(message),
        }
        for message in await _bearing_on(dossier)
    ]


async def erase(dossier: str, now: datetime) -> int:
    """Forget the bytes of every message that bears on a dossier; what was taken over from it is another's matter."""
    found = [each.id for each in await _bearing_on(dossier) if each.erased_at is None]
    if not found:
        return 0
    async with unit_of_work():
        return await repository.erase(found, now)


async def forget_outlived(now: datetime) -> int:
    """Forget the bytes of some messages that were kept long enough; gives how many."""
    found = await repository.outlived(now, AT_ONCE)
    if not found:
        return 0
    async with unit_of_work():
        return await repository.erase(found, now)


async def _bearing_on(dossier: str) -> list[Kept]:
    """List messages that were understood to be about a dossier, and those not understood yet that name it."""
    found = await repository.about(dossier)
    after = 0
    while page := await repository.untold(after, AT_ONCE):
        after = page[-1][0]
        for _, identifier in page:
            kept = await repository.raw(identifier)
            try:
                names = kept is not None and dossier.encode() in opened(identifier, kept)
            except DamagedError:
                names = False
            if names and (message := await repository.find(identifier)) is not None:
                found.append(message)
    return found


async def _text(message: Kept) -> str | None:
    kept = await repository.raw(message.id)
    return opened(message.id, kept).decode("utf-8", "replace") if kept is not None else None
