"""Recall and redirect: a sender's word, recorded once it is shown that it is theirs and the piece not delivered."""

from datetime import datetime

from postal.db import unit_of_work
from postal.errors import Conflict, Forbidden, NotFound, Unprocessable
from postal.identity.rules import Actor
from postal.ledger.rules import Stream
from postal.ledger.service import authored, record
from postal.network import repository as network
from shipments.custody import repository
from shipments.custody.projection import history, senders_of
from shipments.custody.rules import Custody
from shipments.custody.rules.instructions import REDIRECT, refusal
from shipments.pieces.repository import get as get_piece
from shipments.pieces.rules import CITIZEN, Piece


async def instruct(
    kind: str,
    code: str,
    *,
    destination: str | None = None,
    voucher: str,
    reason: str | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Record a recall, or a redirection to another destination; `voucher` is the paper that proves the sending.

    Raises:
        Forbidden: The actor speaks neither for the sender nor, in a redirection, for the addressee.
        Conflict: The piece has been delivered.
        Unprocessable: The new destination is unknown, or the old one.
    """
    piece = await get_piece(code, actor)
    if kind == REDIRECT:
        await _refuse_unknown(destination)
    async with unit_of_work():
        locked, _ = await repository.lock({code})
        custody = await history(code)
        if custody is None:
            raise NotFound("piece.not_found", vi="Không tìm thấy mã này.", en="There is no such code.")
        if kind == REDIRECT:
            _refuse_same(piece, custody, destination)
        organisation = _speaker(kind, piece, custody, actor)
        body = {"counterparty": destination, "reason": reason, "voucher": voucher}
        row = authored(
            stream=Stream.SCAN,
            kind=kind,
            code=code,
            occurred_at=now,
            now=now,
            actor_organisation=organisation,
            person=actor.person,
            body={name: value for name, value in body.items() if value is not None},
        )
        await record([row], locked)


async def _refuse_unknown(destination: str | None) -> None:
    if destination is None or destination not in await network.find_many([destination]):
        raise Unprocessable(
            "piece.destination_unknown",
            vi=f"Không có đơn vị {destination}.",
            en=f"There is no organisation {destination}.",
            pointer="/destination",
        )


def _refuse_same(piece: Piece, custody: Custody, destination: str | None) -> None:
    """Raise when the piece is bound for there as things stand; one that was sent elsewhere may be sent back."""
    if destination == (custody.instruction.destination if custody.instruction else piece.destination):
        raise Unprocessable(
            "piece.same_destination",
            vi="Bưu gửi vốn đã gửi đến nơi này.",
            en="The piece is bound for there already.",
            pointer="/destination",
        )


def _speaker(kind: str, piece: Piece, custody: Custody, actor: Actor) -> str:
    """Name the party for which the actor speaks."""
    senders, addressee = senders_of(piece), custody.recipient or piece.destination
    why = refusal(kind, custody, senders=senders, addressee=addressee, organisations=actor.sees - {CITIZEN})
    if why == "not_sender":
        raise Forbidden(
            "piece.not_sender",
            vi="Chỉ bên gửi (hoặc bưu cục đã nhận gửi) được rút lại, đổi nơi nhận.",
            en="Only the sender, or the office that accepted the piece, may recall or redirect it.",
        )
    if why == "too_late":
        raise Conflict(
            "piece.already_delivered",
            vi="Bưu gửi đã phát đến người nhận: không rút lại, đổi nơi nhận được nữa.",
            en="The piece has reached its recipient: it can be neither recalled nor redirected.",
        )
    return next(party for party in (*senders, addressee) if party in actor.sees)
