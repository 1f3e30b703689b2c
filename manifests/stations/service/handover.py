"""A handover at the counter: both sides count, both put their names to the same counts, and the manifest is settled."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from manifests.manifests import repository as manifests
from manifests.manifests.rules import Action, Manifest, State, may
from manifests.manifests.service import dispatch, hold, not_now
from manifests.receipts.repository import newest_of
from manifests.receipts.rules import Receipt
from manifests.reconciliation import service as reconciling
from manifests.stations.rules import CONFIRMED, Confirmation, Side, Standing, confirmations, standing_of
from postal.db import unit_of_work
from postal.errors import BadInput, Conflict, Forbidden
from postal.identity.rules import Actor
from postal.ledger.repository import lock_codes, rows_of
from postal.ledger.rules import Row, Stream
from postal.ledger.service import authored, record
from shipments.custody.repository import closure
from shipments.pieces.rules import Refusal, normalise

CONDITIONS = ("intact", "damaged", "opened", "seal_broken", "refused")
COUNTING = frozenset({State.SEALED, State.DISPATCHED, State.RECEIVING})
MOST = 2000


class Handover(Struct, frozen=True, kw_only=True):
    """A manifest at the counter, as one of its sides sees it."""

    manifest: Manifest
    side: Side
    standing: Standing
    confirmed: Mapping[Side, Confirmation]
    receipt: Receipt | None = None

    @property
    def agreed(self) -> bool:
        """Tell whether both sides have put their names to these counts."""
        return set(self.confirmed) == set(Side)


async def handover(code: str, *, actor: Actor, now: datetime) -> Handover:
    """Show how a handover stands to one of its two sides; what is no manifest of theirs is not found."""
    manifest = await manifests.get(code, actor)
    side = side_of(manifest, actor.sees)
    if manifest.sealed_at is None:
        raise not_now(Action.RECEIVE, manifest)
    manifest, result, _ = await reconciling.reconciliation(code, actor=actor, now=now)
    standing = standing_of(result)
    own = (await rows_of([code]))[code].rows
    return Handover(
        manifest=manifest,
        side=side,
        standing=standing,
        confirmed=confirmations(own, standing.digest),
        receipt=await newest_of(code) if manifest.state is State.CLOSED else None,
    )


async def count(code: str, typed: Sequence[str], condition: str, *, actor: Actor, now: datetime) -> int:
    """Note what one side has counted: the giver hands out, the receiver takes in or refuses; gives how many."""
    manifest = await manifests.get(code, actor)
    side = side_of(manifest, actor.sees)
    if manifest.state not in COUNTING:
        raise not_now(Action.RECEIVE, manifest)
    pieces = _read(typed)
    if condition not in CONDITIONS:
        raise BadInput(
            "handover.condition", vi="Hãy chọn tình trạng", en="Choose the condition", pointer="/condition"
        )
    rows = [_scan(manifest, side, piece, condition, actor, now) for piece in pieces]
    async with unit_of_work():
        every = {*manifest.pieces, *pieces}
        locked = await lock_codes({code, *every, *await closure(every)})
        if await manifests.lock(code) not in COUNTING:
            raise not_now(Action.RECEIVE, await manifests.get(code, actor))
        await record(rows, locked)
    return len(rows)


async def confirm(code: str, *, how: str, paper: str | None = None, actor: Actor, now: datetime) -> Handover:
    """Put one side's name to the counts as they stand; the giver so sends the manifest.

    With a `paper` the other side has signed that and nothing here: it stays claimed until it confirms itself.
    """
    manifest = await manifests.get(code, actor)
    side = side_of(manifest, actor.sees)
    if side is Side.GIVER and manifest.dispatched_at is None and may(Action.DISPATCH, manifest):
        manifest = await dispatch(code, actor=actor, now=now)
    if manifest.state not in COUNTING:
        raise not_now(Action.CLOSE, manifest)
    async with unit_of_work():
        await hold(manifest)
        standing = (await handover(code, actor=actor, now=now)).standing
        body: dict[str, Any] = {
            "side": side.value,
            "how": how,
            "digest": standing.digest,
            "expected": standing.expected,
            "received": standing.received,
        }
        if paper:
            body |= {"paper": paper, "other": "claimed"}
        await record([_confirming(manifest, side, body, actor, now)])
    return await handover(code, actor=actor, now=now)


async def settle(told: Handover, *, actor: Actor, now: datetime) -> Handover:
    """Close the manifest once both sides have confirmed and the receiver is there to do it."""
    if not told.agreed or told.manifest.state not in COUNTING or told.manifest.receiver not in actor.sees:
        return told
    await reconciling.close(told.manifest.code, actor=actor, now=now)
    return await handover(told.manifest.code, actor=actor, now=now)


def side_of(manifest: Manifest, organisations: Collection[str]) -> Side:
    """Say on which side of the counter somebody stands; the carrier stands on neither."""
    if manifest.receiver in organisations:
        return Side.RECEIVER
    if manifest.giver in organisations:
        return Side.GIVER
    raise Forbidden(
        "manifest.not_yours",
        vi="Việc này thuộc bên giao và bên nhận của bảng kê",
        en="That is for giver and receiver of the manifest to do",
        manifest=manifest.code,
    )


def _read(typed: Sequence[str]) -> list[str]:
    pieces: list[str] = []
    for index, each in enumerate(typed):
        code = normalise(each)
        if isinstance(code, Refusal):
            raise BadInput(
                "handover.piece_code",
                vi=f"Dòng {index + 1}: {each} – {code.vi}",
                en=f"Line {index + 1}: {each} – {code.en}",
                pointer="/codes",
            )
        if code not in pieces:
            pieces.append(code)
    if not pieces:
        raise BadInput(
            "handover.nothing_counted",
            vi="Hãy quét hoặc gõ ít nhất một mã, mỗi dòng một mã",
            en="Scan or type at least one code, one a line",
            pointer="/codes",
        )
    if len(pieces) > MOST:
        raise Conflict(
            "handover.too_many",
            vi=f"Mỗi lần ghi nhiều nhất {MOST} mã",
            en=f"At most {MOST} codes at once",
            pointer="/codes",
        )
    return pieces


def _scan(manifest: Manifest, side: Side, piece: str, condition: str, actor: Actor, now: datetime) -> Row:
    giving = side is Side.GIVER
    kind = "offer" if giving else "refuse" if condition == "refused" else "receive"
    other = manifest.receiver if giving else manifest.giver
    body = {"manifest": manifest.code, "counterparty": other}
    if condition not in ("intact", "refused"):
        body["condition"] = condition
    return authored(
        stream=Stream.SCAN,
        kind=kind,
        code=piece,
        occurred_at=now,
        now=now,
        actor_organisation=manifest.giver if giving else manifest.receiver,
        person=actor.person,
        body=body,
    )


def _confirming(manifest: Manifest, side: Side, body: dict[str, Any], actor: Actor, now: datetime) -> Row:
    return authored(
        stream=Stream.RECORD,
        kind=CONFIRMED,
        code=manifest.code,
        occurred_at=now,
        now=now,
        actor_organisation=manifest.giver if side is Side.GIVER else manifest.receiver,
        person=actor.person,
        body=body,
    )
