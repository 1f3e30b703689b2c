"""What a device sent: each scan read on its own, judged for whom it counts, and made a row of the ledger."""

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import msgspec
from msgspec import Struct

from postal.identity.rules import Acting, Actor, Refused, ScanIdentity, judge
from postal.identity.service import scan_identities
from postal.ledger.rules import Content, Row, Stream, commitment, content_hash
from shipments.custody import repository
from shipments.custody.repository import Evidence
from shipments.custody.rules import ScanKind
from shipments.custody.rules.wire import (
    PERSONS_NUMBER,
    DeviceTime,
    Malformed,
    ScanBatch,
    ScanUpload,
    body_of,
    masked,
    read_upload,
)
from shipments.pieces.rules import Refusal, normalise

LARGEST_SKEW_MS = 2**31 - 1
SALT_BYTES = 16


class Upload(Struct):
    """A scan of a batch on its way: as it came, as it was read, and as it enters the ledger."""

    raw: Any
    scan: ScanUpload | None = None
    row: Row | None = None
    refusal: Malformed | Refused | Refusal | None = None

    @property
    def seq(self) -> int | None:
        """The number that the device gave it, as far as it can be read."""
        if self.scan is not None:
            return self.scan.seq
        seq = self.raw.get("seq") if isinstance(self.raw, dict) else None
        return seq if isinstance(seq, int) and 1 <= seq <= 2**53 else None


class Arrival(Struct):
    """One upload of one device, by whom and when, in the language of its answer."""

    batch: ScanBatch
    actor: Actor
    time: DeviceTime
    language: str
    uploads: list[Upload]

    @property
    def skew_ms(self) -> int:
        """The skew of the device's clock, within what the ledger keeps."""
        return max(-LARGEST_SKEW_MS - 1, min(LARGEST_SKEW_MS, self.time.skew_ms))


def read(raw: Any) -> Upload:
    """Read one scan; a malformed one is told apart from its good neighbours."""
    scan = read_upload(raw)
    if isinstance(scan, Malformed):
        return Upload(raw, refusal=scan)
    code = normalise(scan.code)
    if isinstance(code, Refusal):
        return Upload(raw, scan=scan, refusal=code)
    return Upload(raw, scan=scan)


async def identify(arrivals: Sequence[Arrival]) -> None:
    """Find who stands behind each scan, and give it its row; nobody standing behind it is a refusal."""
    readable = [
        (arrival, upload, upload.scan)
        for arrival in arrivals
        for upload in arrival.uploads
        if upload.scan is not None and upload.refusal is None
    ]
    identities = await scan_identities(
        {arrival.batch.device for arrival in arrivals},
        {scan.by for _, _, scan in readable if scan.by},
        {arrival.batch.shift for arrival in arrivals if arrival.batch.shift},
        {scan.place for _, _, scan in readable if scan.place},
    )
    notes = [(scan.id, secrets.token_bytes(SALT_BYTES), scan.note) for _, _, scan in readable if scan.note]
    salts = await repository.note_salts(notes) if notes else {}
    for arrival, upload, scan in readable:
        _judge(upload, scan, arrival, identities[arrival.batch.device], salts.get(scan.id))


def _judge(
    upload: Upload, scan: ScanUpload, arrival: Arrival, identity: ScanIdentity, salt: bytes | None
) -> None:
    uncertainty = arrival.time.uncertainty_ms(scan.occurred_at)
    acting = judge(
        identity,
        person=scan.by,
        place=scan.place,
        shift=arrival.batch.shift,
        at=arrival.time.corrected(scan.occurred_at),
        uncertainty=timedelta(milliseconds=uncertainty),
    )
    if isinstance(acting, Refused):
        upload.refusal = acting
    elif arrival.actor.device is None and not _may_upload(arrival.actor, acting):
        upload.refusal = Refused(
            "scan.other_organisation", "Máy quét của đơn vị khác", "Device of another party"
        )
    else:
        upload.row = _row(arrival, scan, acting, uncertainty, salt)


def _may_upload(actor: Actor, acting: Acting) -> bool:
    return actor.national or acting.organisation in actor.sees


def _row(arrival: Arrival, scan: ScanUpload, acting: Acting, uncertainty: int, salt: bytes | None) -> Row:
    note = commitment(salt, scan.note) if salt and scan.note else None
    packs = scan.container is not None and scan.kind in (ScanKind.PACK, ScanKind.UNPACK)
    content = Content(
        id=scan.id,
        stream=Stream.SCAN,
        kind=scan.kind.value,
        code=scan.code,
        occurred_at=scan.occurred_at,
        organisation=acting.organisation,
        person=acting.person,
        device=arrival.batch.device,
        epoch=arrival.batch.epoch,
        seq=scan.seq,
        body=body_of(scan, note),
        subjects=(scan.container,) if packs and scan.container else (),
    )
    return Row(
        content=content,
        received_at=arrival.time.received_at,
        corrected_at=arrival.time.corrected(scan.occurred_at),
        skew_ms=arrival.skew_ms,
        uncertainty_ms=uncertainty,
        content_hash=content_hash(content),
    )


async def keep_refused(arrivals: Sequence[Arrival]) -> None:
    """Keep what was refused apart from the ledger, as it came but for the number of a person's paper."""
    if kept := [evidence for arrival in arrivals for evidence in _evidence(arrival)]:
        await repository.keep_evidence(kept)


def _evidence(arrival: Arrival) -> Iterator[Evidence]:
    batch = arrival.batch
    for upload in arrival.uploads:
        if upload.refusal is not None:
            refusal = upload.refusal
            raw = msgspec.json.encode(
                masked(upload.raw) if refusal is PERSONS_NUMBER else upload.raw
            ).decode()
            reason = refusal.reason if isinstance(refusal, Refusal) else refusal.code
            digest = hashlib.sha256(f"{batch.device}\n{batch.epoch}\n{raw}".encode()).digest()
            yield Evidence(
                digest, batch.device, batch.epoch, upload.seq, reason, raw, arrival.time.received_at
            )


async def note_syncs(arrivals: Sequence[Arrival]) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """Note what the devices stated and which numbers have arrived; gives what is missing of each epoch."""
    return await repository.note_syncs(
        [
            repository.Sync(
                device=arrival.batch.device,
                epoch=arrival.batch.epoch,
                received_at=arrival.time.received_at,
                sent_at=arrival.batch.sent_at,
                last_seq=arrival.batch.last_seq,
                skew_ms=arrival.skew_ms,
                seqs=[seq for upload in arrival.uploads if (seq := upload.seq) is not None],
            )
            for arrival in arrivals
        ]
    )


def rows_of(arrivals: Sequence[Arrival]) -> list[Row]:
    """List the rows of all uploads, in the order in which they are answered."""
    return [upload.row for arrival in arrivals for upload in arrival.uploads if upload.row]
