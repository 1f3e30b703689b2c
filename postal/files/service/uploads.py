"""Files in parts: what was acknowledged is never sent again, whatever breaks in between."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from postal.db import unit_of_work
from postal.errors import Conflict, NotFound, TooMany, Unprocessable
from postal.files import repository
from postal.files.cipher import DamagedError, Opener, Sealer, seal, unseal
from postal.files.rules import SNIFFED, Attached, NewUpload, Upload, limit_of, refuse_size, sniffed
from postal.files.service.attaching import context_of, enter, keep
from postal.files.service.intake import Intake, in_turn
from postal.files.service.reading import opening
from postal.files.service.subjects import gone, key_for, opened_key, organisation_of, subject_of
from postal.files.vault import Vault
from postal.identifiers import new_id
from postal.identity.rules import Actor

KEPT_FOR = timedelta(hours=72)
PART = 1 << 20
"""How much is acknowledged at a time: after a break at most this has to be sent again."""

MOST_OPEN = 200
"""Uploads of one organisation that are not complete."""


async def open_upload(vault: Vault, wanted: NewUpload, *, actor: Actor, now: datetime) -> Upload:
    """Begin an upload of known size and digest."""
    refuse_size(wanted.size, limit_of(wanted.kind))
    subject = await subject_of(wanted.about, wanted.code, actor)
    organisation = organisation_of(actor)
    if await repository.count_open(organisation) >= MOST_OPEN:
        raise TooMany(
            "file.uploads_open",
            vi=f"Đơn vị đang có {MOST_OPEN} tệp gửi dở; hãy gửi xong hoặc chờ chúng hết hạn.",
            en=f"Your organisation has {MOST_OPEN} uploads under way; complete some, or wait until they expire.",
            retry_after=600,
        )
    key, opened = await key_for(wanted.about, subject, vault, now)
    id_ = new_id(now)
    upload = Upload(
        id=id_,
        key=key,
        kind=wanted.kind,
        size=wanted.size,
        declared=seal(opened, bytes.fromhex(wanted.sha256), b"declared" + id_.bytes),
        organisation=organisation,
        person=actor.person,
        created_at=now,
        expires_at=now + KEPT_FOR,
        received=0,
        file=None,
    )
    async with unit_of_work():
        if not await repository.hold_key(key.id):
            raise gone()
        await repository.add_upload(upload)
    return upload


async def find_upload(upload: UUID, *, actor: Actor, now: datetime) -> Upload:
    """Find an upload of the actor's organisation that has not expired; absent and invisible are alike."""
    found = await repository.find_upload(upload)
    if (
        found is None
        or found.expires_at <= now
        or not (actor.reads_everything or found.organisation in actor.sees)
    ):
        raise NotFound(
            "file.no_upload",
            vi="Không có lượt gửi tệp này, hoặc đã hết hạn; hãy bắt đầu lại.",
            en="There is no such upload, or it has expired; begin again.",
        )
    return found


async def append(
    vault: Vault, upload: UUID, offset: int, body: AsyncIterator[bytes], *, actor: Actor, now: datetime
) -> Upload:
    """Take bytes from `offset` on; what is there already is passed over, and each MiB is kept for good as it comes.

    What came before a broken line or a refusal stays; `find_upload` tells how far.
    """
    found = await find_upload(upload, actor=actor, now=now)
    organisation_of(actor)
    if offset > found.received:
        raise _gap(found)
    if found.file is not None:
        return found
    key = opened_key(found.key, vault)
    at = found.received
    async for part in _parts(body, found.received - offset):
        if at + len(part) > found.size:
            raise Unprocessable(
                "file.beyond_size",
                vi="Dữ liệu gửi lên dài hơn kích thước đã khai; hãy kiểm tra tệp và bắt đầu lại.",
                en="More came than the size that was declared; check the file and begin again.",
                offset=at,
            )
        if at == 0 and len(part) >= min(SNIFFED, found.size):
            sniffed(part[:SNIFFED], found.kind)
        address = await asyncio.to_thread(_store, vault, key, found.id, at, part)
        async with unit_of_work():
            taken = await repository.add_part(found.id, at, len(part), address)
        if not taken:
            raise _overtaken()
        at += len(part)
    return await find_upload(upload, actor=actor, now=now)


async def complete(vault: Vault, upload: UUID, *, actor: Actor, now: datetime) -> tuple[Attached, bool]:
    """Make a file of an upload that is all there; asking again gives the same file.

    Bytes of another digest than was declared are thrown away, and so are those of a file that cannot be taken.
    """
    found = await find_upload(upload, actor=actor, now=now)
    organisation_of(actor)
    if found.file is not None:
        return await _become(found.file), False
    if found.received < found.size:
        raise _gap(found)
    await subject_of(found.key.about, found.key.subject, actor)
    key = opened_key(found.key, vault)
    id_ = new_id(now)
    parts = await repository.parts_of(found.id)
    with Intake(vault, key, context_of(id_), found.kind, found.size) as intake:
        try:
            await asyncio.to_thread(in_turn, intake, _opened(vault, key, found.id, parts))
            wrong = unseal(key, found.declared, b"declared" + found.id.bytes).hex() != intake.digest
            sealed = None if wrong else await asyncio.to_thread(keep, intake, id_)
        except (FileNotFoundError, DamagedError) as error:
            # Completed by another request meanwhile, or the disk lost something.
            raise _overtaken() from error
        except Unprocessable:
            await _begin_again(found.id)
            raise
    if sealed is None:
        await _begin_again(found.id)
        raise Unprocessable(
            "file.digest",
            vi="Dữ liệu nhận được không khớp mã SHA-256 đã khai và đã bị bỏ; hãy gửi lại từ đầu (offset 0).",
            en="What came does not have the SHA-256 that was declared, and was dropped; send it again from offset 0.",
            offset=0,
        )
    return await enter(found.key, key, found.kind, sealed, actor=actor, now=now, upload=found.id)


async def _parts(body: AsyncIterator[bytes], known: int) -> AsyncIterator[bytes]:
    """Cut what comes into parts, without the bytes that are there already; a broken line ends the last part."""
    waiting = bytearray()
    try:
        async for data in body:
            skipped = min(known, len(data))
            known -= skipped
            waiting += data[skipped:]
            while len(waiting) >= PART:
                yield bytes(waiting[:PART])
                del waiting[:PART]
    except ConnectionError:
        if waiting:
            yield bytes(waiting)
        raise
    if waiting:
        yield bytes(waiting)


def _store(vault: Vault, key: bytes, upload: UUID, start: int, part: bytes) -> str:
    writing = vault.storage.write()
    try:
        sealer = Sealer(key, _context(upload, start))
        writing.add(sealer.header + sealer.add(part) + sealer.finish())
        return writing.keep()[0]
    finally:
        writing.drop()


def _opened(vault: Vault, key: bytes, upload: UUID, parts: list[tuple[int, str]]) -> Iterator[bytes]:
    for start, address in parts:
        yield from opening(vault.storage.read(address), Opener(key, _context(upload, start)))


def _context(upload: UUID, start: int) -> bytes:
    return b"part" + upload.bytes + start.to_bytes(8, "big")


async def _begin_again(upload: UUID) -> None:
    async with unit_of_work():
        await repository.hold_upload(upload)
        await repository.begin_again(upload)


async def _become(file: UUID) -> Attached:
    found = await repository.find(file)
    if found is None:
        raise _overtaken()
    return found


def _gap(upload: Upload) -> Conflict:
    return Conflict(
        "file.offset",
        vi=f"Mới nhận {upload.received} trên {upload.size} byte; hãy gửi tiếp từ đó.",
        en=f"{upload.received} of {upload.size} bytes are here; go on from there.",
        offset=upload.received,
        size=upload.size,
    )


def _overtaken() -> Conflict:
    return Conflict(
        "file.overtaken",
        vi="Một yêu cầu khác vừa gửi tệp này; hãy hỏi lại đã nhận đến đâu rồi gửi tiếp.",
        en="Another request went on with this upload; ask how far it is and go on from there.",
        retry_after=1,
    )
