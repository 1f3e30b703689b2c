"""The files of a backup: readable by their owner alone, on the disk before they count."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from postal.backup.rules import Part

CHUNK = 1 << 20
ROOT = Path(__file__).parents[2]


@contextmanager
def private(path: Path) -> Iterator[IO[bytes]]:
    """Make a new file with mode 0600 and have it on the disk when the block ends."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def sync(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def part_of(path: Path) -> Part:
    """Measure a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return Part(bytes=path.stat().st_size, sha256=digest.hexdigest())


def carry(addresses: Iterable[str], source: Path, target: Path) -> list[str]:
    """Copy sealed files from one folder to another, those that are not there yet; give what cannot be had.

    A file never changes and is named by its hash, so one that is there need not be looked at again; of one that is
    copied the hash must be right, or it is as good as missing.
    """
    missing, touched = [], set()
    for address in addresses:
        place = target / address[:2] / address[2:]
        if place.exists():
            continue
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _carried(source / address[:2] / address[2:], place, address):
            touched |= {place.parent, target}
        else:
            missing.append(address)
    for folder in touched:
        sync(folder)
    return missing


def _carried(source: Path, place: Path, address: str) -> bool:
    fresh = place.with_name(f".{place.name}.partial")
    fresh.unlink(missing_ok=True)
    try:
        with source.open("rb") as original, private(fresh) as copy:
            shutil.copyfileobj(original, copy, CHUNK)
        if part_of(fresh).sha256 != address:
            return False
        fresh.rename(place)
    except FileNotFoundError:
        return False
    finally:
        fresh.unlink(missing_ok=True)
    return True


def source_commit() -> str | None:
    """Name the commit that runs, where it runs from a checkout."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        return None
    done = subprocess.run(  # noqa: S603 - fixed arguments
        [git, "-C", str(ROOT), "rev-parse", "HEAD"], capture_output=True, text=True, check=False, timeout=5
    )
    return done.stdout.strip() or None
