"""Where sealed files lie: a port, and a folder that keeps to it.

An address is the SHA-256 of the sealed bytes. So a file proves itself without any key, and nobody can ask whether
some known paper is here, since the same paper sealed twice has two addresses.
"""

import errno
import hashlib
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from postal.errors import Unavailable

PIECE = 256 * 1024
INCOMING = "incoming"
SHARDS = 256
_ADDRESS = re.compile(r"[0-9a-f]{64}")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class Writing(Protocol):
    """A file on its way in; it is nowhere until it is kept."""

    def add(self, sealed: bytes) -> None:
        """Take the next bytes."""

    def keep(self) -> tuple[str, int]:
        """Put it in its place, on the disk for good; give its address and size."""

    def drop(self) -> None:
        """Forget it, unless it was kept."""


class Storage(Protocol):
    """A place for sealed files, which never change; every method may block."""

    def write(self) -> Writing:
        """Begin a file."""

    def read(self, address: str) -> Iterator[bytes]:
        """Give the bytes of a file; raises FileNotFoundError."""

    def size(self, address: str) -> int | None:
        """Give how many bytes a file has, or None where there is none."""

    def delete(self, address: str) -> None:
        """Remove a file, if it is there."""

    def addresses(self, shard: int) -> Iterator[tuple[str, float]]:
        """List the files of one of 256 shards, with the machine's time at which each was written."""

    def clear(self, before: float) -> int:
        """Remove what was begun before an instant and never kept; give its number."""


class Folder:
    """A storage in a folder of this machine: one folder a shard, names are the rest of the address."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def path(self, address: str) -> Path:
        """Give where a file lies; addresses of another form have no place."""
        if not _ADDRESS.fullmatch(address):
            raise FileNotFoundError(address)
        return self._root / address[:2] / address[2:]

    def write(self) -> Writing:
        """Begin a file under a name of its own."""
        with telling_full():
            path = self._incoming() / secrets.token_hex(16)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            return _Writing(os.fdopen(descriptor, "wb", buffering=0), path, self.path)

    def _incoming(self) -> Path:
        """Give where files begin; it is made last, so that where it is, every shard is on the disk for good."""
        incoming = self._root / INCOMING
        if not incoming.exists():
            for shard in range(SHARDS):
                (self._root / f"{shard:02x}").mkdir(mode=0o700, parents=True, exist_ok=True)
            sync(self._root)
            incoming.mkdir(mode=0o700, exist_ok=True)
        return incoming

    def read(self, address: str) -> Iterator[bytes]:
        """Give the bytes of a file; it is opened at once, so that its absence shows before the first byte."""
        file = self.path(address).open("rb", buffering=0)

        def pieces() -> Iterator[bytes]:
            with file:
                while piece := file.read(PIECE):
                    yield piece

        return pieces()

    def size(self, address: str) -> int | None:
        """Give how many bytes a file has, or None where there is none."""
        try:
            return self.path(address).stat().st_size
        except FileNotFoundError:
            return None

    def delete(self, address: str) -> None:
        """Remove a file, if it is there."""
        self.path(address).unlink(missing_ok=True)

    def addresses(self, shard: int) -> Iterator[tuple[str, float]]:
        """List the files of a shard."""
        name = f"{shard:02x}"
        try:
            entries = list(os.scandir(self._root / name))
        except FileNotFoundError:
            return
        for entry in entries:
            address = name + entry.name
            if _ADDRESS.fullmatch(address):
                yield address, entry.stat().st_mtime

    def clear(self, before: float) -> int:
        """Remove what was begun and never kept."""
        gone = 0
        for path in (self._root / INCOMING).glob("*"):
            try:
                if path.stat().st_mtime < before:
                    path.unlink()
                    gone += 1
            except FileNotFoundError:
                continue
        return gone


class _Writing:
    def __init__(self, file: IO[bytes], path: Path, place: Callable[[str], Path]) -> None:
        self._file = file
        self._path = path
        self._place = place
        self._digest = hashlib.sha256()
        self._size = 0

    def add(self, sealed: bytes) -> None:
        self._digest.update(sealed)
        self._size += len(sealed)
        with telling_full():
            rest = memoryview(sealed)
            while rest:
                rest = rest[self._file.write(rest) :]

    def keep(self) -> tuple[str, int]:
        address = self._digest.hexdigest()
        target = self._place(address)
        with telling_full():
            os.fsync(self._file.fileno())
            self._file.close()
            self._path.rename(target)
            sync(target.parent)
        return address, self._size

    def drop(self) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)


def sync(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def telling_full() -> Iterator[None]:
    """Turn a full disk into a refusal that says so."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise Unavailable(
            "file.disk_full",
            vi="Ổ đĩa chứa tệp đã đầy, chưa ghi được gì thêm; hãy giữ tệp lại và gửi lại sau.",
            en="The disk of the files is full and nothing more was stored; keep the file and send it again later.",
            retry_after=30,
        ) from error
