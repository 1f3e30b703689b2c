"""Reading a file: whoever may see what it is attached to, and each reading is noted."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from uuid import UUID

import structlog
from msgspec import Struct

from postal.audit import service as audit
from postal.errors import NotFound, Unavailable
from postal.files import repository
from postal.files.cipher import DamagedError, Opener
from postal.files.rules import Attached
from postal.files.service.attaching import context_of
from postal.files.service.subjects import gone, opened_key, subject_of
from postal.files.vault import Vault
from postal.identity.rules import Actor

READ = "file.read"

log = structlog.get_logger("postal.files")


class Opened(Struct, frozen=True):
    """A file, and its bytes as they come off the disk; they end early, with an error, where it is damaged."""

    file: Attached
    body: AsyncIterator[bytes]


async def describe(file: UUID, *, actor: Actor) -> Attached:
    """Find a file that is attached to something that the actor may see; absent and invisible are alike."""
    found = await repository.find(file)
    if found is None:
        raise _absent()
    try:
        await subject_of(found.key.about, found.key.subject, actor)
    except NotFound as error:
        raise _absent() from error
    return found


async def open_file(vault: Vault, file: UUID, *, actor: Actor, now: datetime) -> Opened:
    """Open a file for an actor; raises Gone when it was erased, Unavailable when it is not there or is damaged."""
    found = await describe(file, actor=actor)
    if found.key.wrapped is None:
        raise gone()
    key = opened_key(found.key, vault)
    await audit.record(
        now=now,
        actor=actor.id,
        organisation=actor.organisation,
        action=READ,
        subject=str(found.id),
        detail={"about": found.key.about.value, "code": found.key.subject, "kind": found.kind.value},
    )
    try:
        pieces = plain(vault, key, found)
        # The first before the answer begins, so that a file that is not what it was is refused and not begun.
        first = await asyncio.to_thread(next, pieces, b"")
    except (FileNotFoundError, DamagedError) as error:
        raise _unreadable(found, error) from error
    return Opened(found, _flowing(first, pieces, found))


def plain(vault: Vault, key: bytes, file: Attached) -> Iterator[bytes]:
    """Give the bytes of a file, for a thread; raises FileNotFoundError or DamagedError."""
    return opening(vault.storage.read(file.address), Opener(key, context_of(file.id)))


def opening(sealed: Iterator[bytes], opener: Opener) -> Iterator[bytes]:
    """Open sealed bytes piece by piece."""
    for piece in sealed:
        if opened := opener.add(piece):
            yield opened
    yield opener.finish()


async def _flowing(first: bytes, pieces: Iterator[bytes], file: Attached) -> AsyncIterator[bytes]:
    yield first
    try:
        while piece := await asyncio.to_thread(next, pieces, b""):
            yield piece
    except DamagedError as error:
        # The answer has begun: it is cut off, and its length says so.
        raise _unreadable(file, error) from error


def _absent() -> NotFound:
    return NotFound("file.not_found", vi="Không tìm thấy tệp này", en="There is no such file")


def _unreadable(file: Attached, error: Exception) -> Unavailable:
    log.error("file cannot be read", file=str(file.id), address=file.address, error=type(error).__qualname__)
    return Unavailable(
        "file.unreadable",
        vi="Tệp có trong sổ nhưng trên ổ đĩa bị thiếu hoặc hỏng; quản trị viên hãy phục hồi tệp từ bản sao lưu.",
        en="The file is known, but on the disk it is missing or damaged; an operator must bring it back from a backup.",
        retry_after=60,
    )
