"""Taking a file in: read as it comes, sealed at once, never whole in memory and never plain on the disk."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from types import TracebackType
from typing import Self

from postal.files.cipher import Sealer
from postal.files.rules import SNIFFED, FileKind, Sketch, judged, refuse_size, sniffed, too_large
from postal.files.vault import Vault

BATCH = 256 * 1024
"""What is sealed and written at a time, in a thread."""


class Intake:
    """A file on its way in; used as a context, after which nothing is left of it unless it was kept."""

    def __init__(self, vault: Vault, key: bytes, context: bytes, kind: FileKind, most: int) -> None:
        self._writing = vault.storage.write()
        self._sealer = Sealer(key, context)
        self._digest = hashlib.sha256()
        self._kind = kind
        self._most = most
        self._sniffed = False
        self.sketch = Sketch()
        # Written with the first bytes, inside the context: on a full disk this may fail too.
        self._waiting = self._sealer.header

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave nothing of a file that was not kept."""
        self._writing.drop()

    @property
    def digest(self) -> str:
        """The SHA-256 of the bytes so far."""
        return self._digest.hexdigest()

    def add(self, data: bytes) -> None:
        """Take the next bytes; raises as soon as it is clear that the file cannot be taken."""
        if self.sketch.size + len(data) > self._most:
            raise too_large(self._most)
        self.sketch.add(data)
        if not self._sniffed and self.sketch.size >= SNIFFED:
            sniffed(bytes(self.sketch.head[:SNIFFED]), self._kind)
            self._sniffed = True
        self._digest.update(data)
        self._write(self._sealer.add(data))

    def judge(self) -> str:
        """Give the type of the whole; raises unless it opens as what it is."""
        refuse_size(self.sketch.size, self._most)
        return judged(self.sketch, self._kind)

    def keep(self) -> tuple[str, int]:
        """Put the whole in its place; give its address and size there."""
        self._write(self._sealer.finish())
        return self._writing.keep()

    def _write(self, sealed: bytes) -> None:
        if sealed:
            self._writing.add(self._waiting + sealed)
            self._waiting = b""


async def batches(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Gather what comes in small pieces, so that a thread is worth its while."""
    waiting = bytearray()
    async for data in body:
        waiting += data
        if len(waiting) >= BATCH:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)


async def take_in(intake: Intake, body: AsyncIterator[bytes]) -> None:
    """Take in a whole body."""
    async for batch in batches(body):
        await asyncio.to_thread(intake.add, batch)


def in_turn(intake: Intake, pieces: Iterator[bytes]) -> None:
    """Take in what is there already; for a thread."""
    for piece in pieces:
        intake.add(piece)
