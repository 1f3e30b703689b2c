"""Receiving scans: every well-formed one by a known identity enters the ledger, and each gets its verdict."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from postal.db import unit_of_work
from postal.errors import Forbidden, NotFound
from postal.identity.rules import Acting, Actor, Refused, Role, judge
from postal.identity.service import scan_identity
from postal.ledger.rules import Content, Row, Stream, commitment, content_hash
from postal.ledger.service import record
from shipments.custody import repository
from shipments.custody.projection import collecting, history
from shipments.custody.repository import Evidence
from shipments.custody.rules import Custody, ScanKind
from shipments.custody.rules.verdicts import BatchAnswer, ScanResult, Verdict, accepted, already
from shipments.custody.rules.wire import DeviceTime, Malformed, ScanBatch, ScanUpload, body_of, read_upload
from shipments.pieces.repository import get as get_piece
from shipments.pieces.rules import Piece, Refusal, candidates, normalise

UPLOADS_FOR_OTHERS = frozenset({Role.SYSTEM, Role.ADMIN})


class _Upload(Struct):
    """A scan of the batch on its way: as it came, as it was read, and as it enters the ledger."""

    raw: Any
    scan: ScanUpload | None = None
    row: Row | None = None
    refusal: Malformed | Refused | Refusal | None = None


class _Answering(Struct):
    """What is known once a batch is recorded; `seen` are the codes whose holder the sender may know."""

    verdicts: dict[UUID, list[Verdict]]
    folded: dict[str, Custody]
    seen: set[str]
    suggestions: dict[str, tuple[str, ...]]
    time: DeviceTime
    language: str


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
    time = DeviceTime(batch.sent_at, now)
    uploads = [_read(raw) for raw in batch.scans]
    async with unit_of_work():
        await _identify(batch, uploads, time, actor)
        with collecting() as folded:
            verdicts = await _record(uploads, folded)
        await _keep_refused(batch, uploads, now)
        missing = await repository.note_sync(
            batch.device,
            batch.epoch,
            received_at=now,
            sent_at=batch.sent_at,
            last_seq=batch.last_seq,
            skew_ms=_bounded(time.skew_ms),
            seqs=[seq for upload in uploads if (seq := _seq_of(upload)) is not None],
        )
        suggestions = await _suggest(uploads, actor)
        seen = await _seen({upload.row.content.code for upload in uploads if upload.row}, folded, actor)
    answering = _Answering(verdicts, folded, seen, suggestions, time, language)
    results = [_result(upload, answering) for upload in uploads]
    return BatchAnswer(received_at=now, clock_skew_ms=time.skew_ms, missing_seq=missing, results=results)


def _read(raw: Any) -> _Upload:
    read = read_upload(raw)
    if isinstance(read, Malformed):
        return _Upload(raw, refusal=read)
    code = normalise(read.code)
    if isinstance(code, Refusal):
        return _Upload(raw, scan=read, refusal=code)
    return _Upload(raw, scan=read)


async def _identify(batch: ScanBatch, uploads: Sequence[_Upload], time: DeviceTime, actor: Actor) -> None:
    """Find who stands behind each scan, and give it its row; nobody standing behind it is a refusal."""
    scans = [upload.scan for upload in uploads if upload.scan and not upload.refusal]
    identity = await scan_identity(
        batch.device,
        {scan.by for scan in scans if scan.by},
        {batch.shift} if batch.shift else set(),
        {scan.place for scan in scans if scan.place},
    )
    notes = {scan.id: (secrets.token_bytes(16), scan.note) for scan in scans if scan.note}
    salts = await repository.note_salts(notes) if notes else {}
    for upload in uploads:
        if upload.scan is None or upload.refusal:
            continue
        scan = upload.scan
        uncertainty = time.uncertainty_ms(scan.occurred_at)
        acting = judge(
            identity,
            person=scan.by,
            place=scan.place,
            shift=batch.shift,
            at=time.corrected(scan.occurred_at),
            uncertainty=timedelta(milliseconds=uncertainty),
        )
        if isinstance(acting, Refused):
            upload.refusal = acting
        elif actor.device is None and not _may_upload(actor, acting):
            upload.refusal = Refused(
                "scan.other_organisation", "Máy quét của đơn vị khác", "Device of another party"
            )
        else:
            upload.row = _row(batch, scan, acting, time, salts.get(scan.id))


def _may_upload(actor: Actor, acting: Acting) -> bool:
    return actor.national or acting.organisation in actor.sees


def _row(batch: ScanBatch, scan: ScanUpload, acting: Acting, time: DeviceTime, salt: bytes | None) -> Row:
    note = commitment(salt, scan.note) if salt and scan.note else None
    content = Content(
        id=scan.id,
        stream=Stream.SCAN,
        kind=scan.kind.value,
        code=scan.code,
        occurred_at=scan.occurred_at,
        organisation=acting.organisation,
        person=acting.person,
        device=batch.device,
        epoch=batch.epoch,
        seq=scan.seq,
        body=body_of(scan, note),
        subjects=(scan.container,)
        if scan.container and scan.kind in (ScanKind.PACK, ScanKind.UNPACK)
        else (),
    )
    return Row(
        content=content,
        received_at=time.received_at,
        corrected_at=time.corrected(scan.occurred_at),
        skew_ms=_bounded(time.skew_ms),
        uncertainty_ms=time.uncertainty_ms(scan.occurred_at),
        content_hash=content_hash(content),
    )


def _bounded(skew_ms: int) -> int:
    return max(-(2**31), min(2**31 - 1, skew_ms))


async def _record(uploads: Sequence[_Upload], folded: dict[str, Custody]) -> dict[UUID, list[Verdict]]:
    """Put the rows into the ledger; give the verdicts on each id, in the order in which the batch names it."""
    rows = [upload.row for upload in uploads if upload.row]
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
        # An id stands once in a round; only a batch that names one id with several contents needs a second one.
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


async def _seen(codes: set[str], folded: Mapping[str, Custody], actor: Actor) -> set[str]:
    """Keep the codes whose holder the sender may know; what was folded just now tells by itself who sees it."""
    fresh = {code for code in codes if code in folded and folded[code].sights}
    seen = {
        code
        for code in fresh
        if actor.reads_everything or any(sight.organisation in actor.sees for sight in folded[code].sights)
    }
    stored = codes - fresh
    return seen | (await repository.visible(stored, actor) if stored else set())


async def _keep_refused(batch: ScanBatch, uploads: Sequence[_Upload], now: datetime) -> None:
    kept = []
    for upload in uploads:
        if upload.refusal is not None:
            raw = msgspec.json.encode(upload.raw).decode()
            refusal = upload.refusal
            reason = refusal.reason if isinstance(refusal, Refusal) else refusal.code
            digest = hashlib.sha256(f"{batch.device}\n{batch.epoch}\n{raw}".encode()).digest()
            kept.append(Evidence(digest, batch.device, batch.epoch, _seq_of(upload), reason, raw))
    if kept:
        await repository.keep_evidence(kept, now)


def _seq_of(upload: _Upload) -> int | None:
    if upload.scan is not None:
        return upload.scan.seq
    seq = upload.raw.get("seq") if isinstance(upload.raw, dict) else None
    return seq if isinstance(seq, int) and 1 <= seq <= 2**53 else None


async def _suggest(uploads: Sequence[_Upload], actor: Actor) -> dict[str, tuple[str, ...]]:
    """For mistyped codes, the codes among those expected that each could mean."""
    typed = {upload.scan.code for upload in uploads if upload.scan and isinstance(upload.refusal, Refusal)}
    if not typed or actor.organisation is None:
        return {}
    expected = await repository.expected_codes(actor.organisation)
    return {code: candidates(code, expected) for code in typed}


def _result(upload: _Upload, answering: _Answering) -> ScanResult:
    language = answering.language
    if upload.refusal is not None or upload.row is None or upload.scan is None:
        raw_id = upload.raw.get("id") if isinstance(upload.raw, dict) else None
        suggested = answering.suggestions.get(upload.scan.code if upload.scan else "", ())
        return _refused(upload.refusal, str(raw_id)[:64] if raw_id else None, suggested, language)
    row_id, code = upload.row.content.id, upload.row.content.code
    queue = answering.verdicts[row_id]
    verdict = queue.pop(0) if len(queue) > 1 else queue[0]
    custody = answering.folded.get(code)
    step = next((step for step in custody.steps if step.row == row_id), None) if custody else None
    flags = [*answering.time.oddities(upload.scan.occurred_at), *(step.flags if step else ())]
    if step and custody and custody.steps[-1].row != row_id:
        flags.append("not_latest")
    shown = custody if code in answering.seen else None
    return ScanResult(
        id=str(row_id),
        verdict=verdict.verdict,
        code=verdict.code,
        message=verdict.vi if language == "vi" else verdict.en,
        holder=shown.holder if shown else None,
        claims=list(shown.claims) if shown and shown.contested else None,
        flags=flags,
        first=verdict.first,
    )


def _refused(
    refusal: Malformed | Refused | Refusal | None,
    raw_id: str | None,
    suggested: tuple[str, ...],
    language: str,
) -> ScanResult:
    if refusal is None:
        msg = "a scan without a row must have a refusal"
        raise RuntimeError(msg)
    message = refusal.vi if language == "vi" else refusal.en
    if isinstance(refusal, Refusal):
        return ScanResult(
            id=raw_id,
            verdict="refused",
            code=f"scan.code.{refusal.reason}",
            message=message,
            pointer="/code",
            help=refusal.help_vi if language == "vi" else refusal.help_en,
            candidates=list(suggested),
        )
    pointer = refusal.pointer if isinstance(refusal, Malformed) else None
    return ScanResult(
        id=raw_id, verdict="refused", code=refusal.code, message=message, pointer=pointer or None
    )


async def piece_history(code: str, *, actor: Actor, as_of: datetime | None = None) -> tuple[Piece, Custody]:
    """Give a piece that the actor may see, with its history as known at `as_of`.

    Raises:
        NotFound: There is no such piece, or the actor may not see it.
    """
    piece = await get_piece(code, actor)
    custody = await history(code, as_of)
    if custody is None:
        raise NotFound("piece.not_found", vi="Không tìm thấy bưu gửi hoặc hồ sơ này.", en="No such piece.")
    return piece, custody


async def list_pieces(
    *, actor: Actor, holder: str | None, phase: str | None, kind: str | None, after: str, limit: int
) -> list[Custody]:
    """List the pieces that an actor sees, by code, from after one code on."""
    return await repository.page_of(actor, holder=holder, phase=phase, kind=kind, after=after, limit=limit)
