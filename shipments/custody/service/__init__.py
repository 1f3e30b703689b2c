"""Receiving scans: every well-formed one by a known identity enters the ledger, and each gets its verdict."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from postal.db import unit_of_work
from postal.errors import Forbidden, NotFound
from postal.identity.rules import Actor, Role
from postal.ledger.rules import Row
from postal.ledger.service import record
from postal.together import Together
from shipments.custody import repository
from shipments.custody.projection import collecting, history
from shipments.custody.rules import Custody
from shipments.custody.rules.verdicts import BatchAnswer, Verdict, accepted, already
from shipments.custody.rules.wire import DeviceTime, ScanBatch
from shipments.custody.service.answers import Known, answer, contents, told_to
from shipments.custody.service.returns import early_returns
from shipments.custody.service.uploads import Arrival, identify, keep_refused, note_syncs, read, rows_of
from shipments.pieces.repository import get as get_piece
from shipments.pieces.rules import Piece

UPLOADS_FOR_OTHERS = frozenset({Role.SYSTEM, Role.ADMIN})
SMALL = 20
"""Uploads of at most so many scans share a unit of work with others that come at the same time."""


async def receive_batch(
    batch: ScanBatch, *, actor: Actor, now: datetime, language: str = "vi"
) -> BatchAnswer:
    """Record a sync of a device and judge each scan of it; the number of SQL statements does not depend on its size.

    Raises:
        Forbidden: A device's key sends scans of another device.
    """
    if actor.device != batch.device and not (actor.roles & UPLOADS_FOR_OTHERS):
        raise Forbidden(
            "scan.other_device",
            vi="Khóa này thuộc máy quét khác; hãy đăng ký lại máy quét.",
            en="This key belongs to another device; enrol this device.",
            pointer="/device",
        )
    uploads = [read(raw) for raw in batch.scans]
    arrival = Arrival(batch, actor, DeviceTime(batch.sent_at, now), language, uploads)
    if len(uploads) <= SMALL:
        return await SHARED.ask(arrival)
    [answered] = await _receive([arrival])
    return answered


async def receive_within(
    batch: ScanBatch, *, actor: Actor, now: datetime, language: str = "vi"
) -> BatchAnswer:
    """Record scans that a program makes of something larger, in the unit of work in which it keeps the rest."""
    uploads = [read(raw) for raw in batch.scans]
    [answered] = await _recorded([Arrival(batch, actor, DeviceTime(batch.sent_at, now), language, uploads)])
    return answered


async def _receive(arrivals: Sequence[Arrival]) -> list[BatchAnswer]:
    """Record uploads in one unit of work; nothing of an answer leaves before it is committed."""
    async with unit_of_work():
        return await _recorded(arrivals)


async def _recorded(arrivals: Sequence[Arrival]) -> list[BatchAnswer]:
    await identify(arrivals)
    with collecting() as folded:
        verdicts = await _record(rows_of(arrivals), folded)
        early = await early_returns(rows_of(arrivals), folded)
        known = Known(verdicts, folded, contents(folded), early)
    await keep_refused(arrivals)
    missing = await note_syncs(arrivals)
    told = [await told_to(arrival, folded) for arrival in arrivals]
    return [
        answer(arrival, known, each, missing[arrival.batch.device, arrival.batch.epoch])
        for arrival, each in zip(arrivals, told, strict=True)
    ]


SHARED = Together(
    _receive, rounds=2, most=50, apart=lambda arrival: (arrival.batch.device, arrival.batch.epoch)
)


async def _record(rows: Sequence[Row], folded: dict[str, Custody]) -> dict[UUID, list[Verdict]]:
    """Put the rows into the ledger; give the verdicts on each id, in the order in which the uploads name it."""
    if not rows:
        return {}
    codes = {row.content.code for row in rows}
    named = codes | {subject for row in rows for subject in row.content.subjects}
    locked, known = await repository.lock(named)
    known |= await repository.known_manifests(codes)
    verdicts: dict[UUID, list[Verdict]] = {}
    waiting = [
        msgspec.structs.replace(row, verdict="accepted" if row.content.code in known else "unknown")
        for row in rows
    ]
    while waiting:
        # An id stands once in a round; only uploads that name one id with several contents need a second one.
        now, later, held = {}, [], {}
        for row in waiting:
            if row.content.id not in now:
                now[row.content.id] = row
            else:
                later.append(row)
        outcomes = await record(list(now.values()), locked)
        for row_id, outcome in outcomes.items():
            new = outcome.status == "new"
            verdicts.setdefault(row_id, []).append(
                accepted(outcome.row) if new else already(outcome.status, outcome.row)
            )
            held[row_id] = outcome.row
        waiting = []
        for row in later:
            if row.content_hash == held[row.content.id].content_hash:
                verdicts[row.content.id].append(already("same", held[row.content.id]))
            else:
                waiting.append(row)
    unfolded = codes - folded.keys()
    folded.update(await repository.find_many(unfolded) if unfolded else {})
    return verdicts


async def piece_history(
    code: str, *, actor: Actor, as_of: datetime | None = None
) -> tuple[Piece, Custody, list[str]]:
    """Give a piece that the actor may see, with its history as known at `as_of`, and what is in it now.

    Raises:
        NotFound: There is no such piece, or the actor may not see it.
    """
    piece = await get_piece(code, actor)
    custody = await history(code, as_of)
    if custody is None:
        raise NotFound("piece.not_found", vi="Không tìm thấy bưu gửi hoặc hồ sơ này.", en="No such piece.")
    return piece, custody, [] if as_of else await repository.contents_of(code)


async def list_pieces(
    *, actor: Actor, holder: str | None, phase: str | None, kind: str | None, after: str, limit: int
) -> list[Custody]:
    """List the pieces that an actor sees, by code, from after one code on."""
    return await repository.page_of(actor, holder=holder, phase=phase, kind=kind, after=after, limit=limit)
