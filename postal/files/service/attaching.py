"""Attaching a file: its bytes to the storage, what is known of it to the tables, its commitment to the ledger."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from postal.db import unit_of_work
from postal.files import repository
from postal.files.cipher import seal, tag_of
from postal.files.rules import (
    ATTACHED,
    About,
    Attached,
    FileKind,
    Key,
    NewFile,
    Secret,
    attached_body,
    digest_commitment,
    direct_limit,
    refuse_size,
)
from postal.files.service.intake import Intake, take_in
from postal.files.service.subjects import gone, key_for, organisation_of, subject_of
from postal.files.vault import Vault
from postal.identifiers import new_id
from postal.identity.rules import Actor
from postal.ledger.rules import Stream
from postal.ledger.service import authored, record

SALT = 32


class Sealed(Struct, frozen=True, kw_only=True):
    """A file that lies in the storage and is not known yet."""

    id: UUID
    address: str
    stored: int
    media: str
    size: int
    digest: str


async def attach(
    vault: Vault, wanted: NewFile, body: AsyncIterator[bytes], *, actor: Actor, now: datetime
) -> tuple[Attached, bool]:
    """Attach a file that comes in one request, and tell whether it is new; the same bytes again change nothing.

    What can be refused before the body is read is refused then.
    """
    subject = await subject_of(wanted.about, wanted.code, actor)
    organisation_of(actor)
    most = direct_limit(wanted.kind)
    if wanted.size is not None:
        refuse_size(wanted.size, most)
    key, opened = await key_for(wanted.about, subject, vault, now)
    id_ = new_id(now)
    with Intake(vault, opened, context_of(id_), wanted.kind, most) as intake:
        await take_in(intake, body)
        sealed = await asyncio.to_thread(keep, intake, id_)
    return await enter(key, opened, wanted.kind, sealed, actor=actor, now=now)


async def attached_to(
    about: About, code: str, *, actor: Actor, after: UUID | None = None, limit: int = 200
) -> list[Attached]:
    """List what is attached to a thing that the actor may see, oldest first, erased ones included."""
    subject = await subject_of(about, code, actor)
    return await repository.page_of(about, subject.code, after, limit)


def context_of(file: UUID) -> bytes:
    """Say what is sealed, so that no file opens in the place of another."""
    return b"file" + file.bytes


def keep(intake: Intake, file: UUID) -> Sealed:
    """Judge a file and put it in its place; for a thread."""
    media = intake.judge()
    address, stored = intake.keep()
    return Sealed(
        id=file, address=address, stored=stored, media=media, size=intake.sketch.size, digest=intake.digest
    )


async def enter(
    key: Key,
    opened: bytes,
    kind: FileKind,
    sealed: Sealed,
    *,
    actor: Actor,
    now: datetime,
    upload: UUID | None = None,
) -> tuple[Attached, bool]:
    """Make a sealed file known: its row and that of the ledger, or nothing if its bytes were known.

    What stays in the storage unknown, since this fails or was not needed, is cleared away later.
    """
    secret = Secret(os.urandom(SALT), sealed.digest)
    tag = tag_of(opened, sealed.digest)
    file = Attached(
        id=sealed.id,
        key=key,
        kind=kind,
        media=sealed.media,
        size=sealed.size,
        commitment=digest_commitment(secret),
        address=sealed.address,
        stored=sealed.stored,
        secret=seal(opened, secret.salt + bytes.fromhex(secret.digest), context_of(sealed.id)),
        organisation=organisation_of(actor),
        person=actor.person,
        created_at=now,
    )
    async with unit_of_work():
        # Held, so that no erasure comes between, and that the same bytes do not come twice at a time.
        if not await repository.hold_key(key.id):
            raise gone()
        known = await _known(key, kind, tag, upload)
        if known is None:
            await repository.add(file, tag)
        if upload is not None:
            await repository.end_upload(upload, known.id if known else file.id)
        if known is not None:
            return known, False
        await record(
            [
                authored(
                    stream=Stream.RECORD,
                    kind=ATTACHED,
                    code=key.row_code,
                    occurred_at=now,
                    now=now,
                    actor_organisation=file.organisation,
                    person=file.person,
                    body=attached_body(file),
                    id=file.id,
                )
            ]
        )
    return file, True


async def _known(key: Key, kind: FileKind, tag: bytes, upload: UUID | None) -> Attached | None:
    """Find the file that an upload has become already, or else one of the same bytes."""
    became = await repository.hold_upload(upload) if upload is not None else None
    same = became or await repository.find_same(key.id, kind, tag)
    return await repository.find(same) if same is not None else None
