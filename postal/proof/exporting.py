"""Writing the whole log to a file that verifies as it stands."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from postal.proof.rules.tree import leaf_hash
from postal.proof.verification import CHUNK, entries


async def export(file: Path, leaves: Path | None, progress: Callable[[int, int], None]) -> int:
    """Write one row a line, and their hashes to another file if wanted; gives the number of rows."""
    with file.open("wb") as rows:
        if leaves is None:
            return await _write(rows, None, progress)
        with leaves.open("wb") as hashes:
            return await _write(rows, hashes, progress)


async def _write(rows: BinaryIO, hashes: BinaryIO | None, progress: Callable[[int, int], None]) -> int:
    count = 0
    async for placed, text in entries():
        rows.write(text + b"\n")
        if hashes is not None:
            hashes.write(f"{placed.row.content.id} {leaf_hash(text).hex()}\n".encode())
        count += 1
        if count % CHUNK == 0:
            progress(count, count)
    return count
