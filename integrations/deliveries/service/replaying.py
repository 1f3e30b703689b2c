"""Sending again what ended, by a person and for a reason; the ids stay what they are."""

from datetime import datetime
from uuid import UUID

from integrations.deliveries import repository
from integrations.deliveries.rules import REASONS, Destination, Selection
from integrations.deliveries.service.looking import get_delivery, governed
from postal.audit import service as audit
from postal.db import unit_of_work
from postal.errors import BadInput, Conflict
from postal.identity.rules import Actor

PIECE = 2_000
PIECES = 25


async def replay(destination: UUID, selection: Selection, *, actor: Actor, reason: str, now: datetime) -> int:
    """Make ended messages of a destination due again, behind what waits; gives how many (at most 50,000 a time)."""
    found = await governed(destination, actor)
    _check(found, reason)
    count = 0
    async with unit_of_work():
        for _ in range(PIECES):
            made = await repository.replay(destination, selection, now, PIECE)
            count += made
            if made < PIECE:
                break
        if count == 0:
            return 0
        await audit.record(
            now=now,
            actor=actor.id,
            organisation=actor.organisation,
            action="deliveries.replayed",
            subject=str(destination),
            detail={
                "reason": reason,
                "count": count,
                "states": list(selection.states),
                "messages": [str(each) for each in selection.ids[:20]],
                "since": selection.since.isoformat() if selection.since else None,
                "until": selection.until.isoformat() if selection.until else None,
            },
        )
    return count


async def replay_one(delivery: UUID, *, actor: Actor, reason: str, now: datetime) -> None:
    """Send one message again; one that has not ended is refused, for it goes by itself."""
    one = await get_delivery(delivery, actor)
    made = await replay(one.destination, Selection(ids=(one.message,)), actor=actor, reason=reason, now=now)
    if made == 0:
        raise Conflict(
            "deliveries.not_ended",
            vi="Tin này còn đang chờ gửi, không cần gửi lại; hãy xem lần gửi tới.",
            en="This message still waits to be sent; there is nothing to send again.",
        )


def _check(destination: Destination, reason: str) -> None:
    if reason not in REASONS:
        raise BadInput(
            "deliveries.reason",
            vi="Hãy chọn lý do gửi lại trong danh sách.",
            en="Choose the reason from the list.",
            pointer="/reason",
        )
    if destination.state == "gone":
        raise Conflict(
            "deliveries.destination_gone",
            vi="Nơi nhận đã ngừng nhận tin. Hãy cho gửi tiếp trước khi gửi lại.",
            en="The destination wants no more messages. Resume it first.",
        )
