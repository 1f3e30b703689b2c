"""Erasing what is attached to a thing: its key is dropped, so that no copy of the bytes opens any more."""

import asyncio
from datetime import datetime

from msgspec import Struct

from postal.audit import service as audit
from postal.db import unit_of_work
from postal.files import repository
from postal.files.rules import ERASED, About, Key, erased_body
from postal.files.vault import Vault
from postal.identifiers import new_id
from postal.ledger.rules import Row, Stream
from postal.ledger.service import authored, record


class Erasure(Struct, frozen=True, kw_only=True):
    """What was erased: the things and how many files; `shared` are things that are about other dossiers too."""

    erased: tuple[str, ...]
    files: int
    shared: tuple[str, ...]


async def erase(vault: Vault, about: About, subject: str, *, reason: str, by: str, now: datetime) -> Erasure:
    """Erase the files of a dossier, or of another thing; with a dossier's go those of all that is about it alone.

    What is about several dossiers is left, and named: somebody must decide about it. Nothing can be attached to it
    afterwards. Doing it again changes nothing.
    """
    async with unit_of_work():
        await repository.add_key(_stone(about, subject, now), now)
        found = await repository.keys_of(about, subject)
        mine = [key for key in found if key.subject == subject or key.dossiers == (subject,)]
        ids = [key.id for key in mine]
        addresses = await repository.addresses_of_keys(ids)
        count = await repository.count_of_keys(ids)
        if mine:
            await repository.drop_uploads_of(ids)
            await repository.drop_keys(ids, now)
            await record([_row(key, reason, now) for key in mine])
            await audit.record(
                now=now,
                actor=by,
                organisation=None,
                action=ERASED,
                subject=subject,
                detail={"reason": reason, "things": [_name(key) for key in mine]},
            )
    # After the commit: without their key they are noise, and what a crash leaves is cleared away later.
    for address in addresses:
        await asyncio.to_thread(vault.storage.delete, address)
    return Erasure(
        erased=tuple(_name(key) for key in mine),
        files=count,
        shared=tuple(_name(key) for key in found if key not in mine),
    )


def _stone(about: About, subject: str, now: datetime) -> Key:
    """Make what stands where no file has come yet, so that none can."""
    return Key(
        id=new_id(now),
        about=about,
        subject=subject,
        row_code=subject,
        dossiers=(),
        wrapped=None,
        master="",
        erased_at=now,
    )


def _row(key: Key, reason: str, now: datetime) -> Row:
    return authored(
        stream=Stream.RECORD,
        kind=ERASED,
        code=key.row_code,
        occurred_at=now,
        now=now,
        actor_organisation=None,
        body=erased_body(key, reason),
    )


def _name(key: Key) -> str:
    return f"{key.about}:{key.subject}"
