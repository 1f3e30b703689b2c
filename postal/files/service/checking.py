"""Whether every file is there, opens, and is what the ledger says that it is."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Literal
from uuid import UUID

from msgspec import Struct

from postal.files import repository
from postal.files.cipher import DamagedError, unseal
from postal.files.rules import ATTACHED, Attached, Secret, digest_commitment
from postal.files.service.attaching import SALT, context_of
from postal.files.service.reading import plain
from postal.files.service.subjects import opened_key
from postal.files.vault import Vault
from postal.ledger.repository import find_rows

AT_ONCE = 500

Wrong = Literal["missing", "size", "damaged", "commitment"]
Progress = Callable[[int], None]


class Finding(Struct, frozen=True):
    """A file that is not as it should be."""

    file: UUID
    address: str
    wrong: Wrong


async def check(vault: Vault, *, deep: bool, told: Progress | None = None) -> AsyncIterator[Finding]:
    """Look at every file that is not erased: that it lies there in its size, and if `deep` what it holds.

    Deep means: the sealed bytes have the hash that is their address, they open, and their digest is the one to which
    the file's row and the ledger's are committed.
    """
    after, done = UUID(int=0), 0
    while files := await repository.all_after(after, AT_ONCE):
        kept = [file for file in files if file.key.wrapped is not None]
        for file, wrong in await asyncio.to_thread(_sizes, vault, kept):
            yield Finding(file.id, file.address, wrong)
        if deep:
            said = await _said([file.id for file in kept])
            for file in kept:
                if (wrong_ := await asyncio.to_thread(_inside, vault, file, said.get(file.id))) is not None:
                    yield Finding(file.id, file.address, wrong_)
        after, done = files[-1].id, done + len(files)
        if told is not None:
            told(done)


async def _said(files: list[UUID]) -> dict[UUID, str]:
    """Give the commitments of files as the ledger has them."""
    rows = await find_rows(files)
    return {
        id_: row.content.body["commitment"] for id_, (row, _) in rows.items() if row.content.kind == ATTACHED
    }


def _sizes(vault: Vault, files: list[Attached]) -> list[tuple[Attached, Wrong]]:
    found: list[tuple[Attached, Wrong]] = []
    for file in files:
        size = vault.storage.size(file.address)
        if size is None:
            found.append((file, "missing"))
        elif size != file.stored:
            found.append((file, "size"))
    return found


def _inside(vault: Vault, file: Attached, said: str | None) -> Wrong | None:
    try:
        if _digest(vault.storage.read(file.address)) != file.address:
            return "damaged"
        key = opened_key(file.key, vault)
        digest = _digest(plain(vault, key, file))
        opened = unseal(key, file.secret, context_of(file.id))
    except FileNotFoundError:
        return None  # told of already, by its size
    except DamagedError:
        return "damaged"
    secret = Secret(opened[:SALT], opened[SALT:].hex())
    is_kept = secret.digest == digest and digest_commitment(secret) == file.commitment == said
    return None if is_kept else "commitment"


def _digest(pieces: Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()
