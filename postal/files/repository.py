"""Every SQL statement of files."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from postal.db import execute, fetch, fetch_row, fetch_value
from postal.files.rules import About, Attached, Key, Upload

_KEY = "k.id, k.about, k.subject, k.row_code, k.dossiers, k.wrapped, k.master, k.erased_at"
_FILE = (
    "f.id, f.kind, f.media, f.size, f.commitment, f.address, f.stored, f.secret, f.organisation, f.person,"
)
_FILE += " f.created_at"
_UPLOAD = "u.id, u.kind, u.size, u.declared, u.organisation, u.person, u.created_at, u.expires_at, u.received, u.file"
# The key beside whatever it opens.
_WITH_KEY = "k.id AS key_id, k.about, k.subject, k.row_code, k.dossiers, k.wrapped, k.master, k.erased_at"
_OF_KEY = ("about", "subject", "row_code", "dossiers", "wrapped", "master", "erased_at")


async def find_key(about: About, subject: str) -> Key | None:
    """Find the key of a subject, dropped or not."""
    row = await fetch_row(
        f"SELECT {_KEY} FROM file_key AS k WHERE k.about = $1 AND k.subject = $2",  # noqa: S608
        about,
        subject,
    )
    return None if row is None else msgspec.convert(dict(row), Key)


async def add_key(key: Key, created_at: datetime) -> None:
    """Keep a key, unless its subject has one."""
    await execute(
        """
        INSERT INTO file_key (id, about, subject, row_code, dossiers, wrapped, master, created_at, erased_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT DO NOTHING
        """,
        key.id,
        key.about,
        key.subject,
        key.row_code,
        list(key.dossiers),
        key.wrapped,
        key.master,
        created_at,
        key.erased_at,
    )


async def other_master(sign: str) -> bool:
    """Tell whether keys are wrapped by another master key than this, and none by this."""
    signs = await masters()
    return bool(signs) and sign not in signs


async def any_file() -> bool:
    """Tell whether anything was ever attached."""
    return bool(await fetch_value("SELECT EXISTS (SELECT FROM file)"))


async def masters() -> set[str]:
    """Give the signs of the master keys that are needed to read what is not erased."""
    rows = await fetch("SELECT DISTINCT master FROM file_key WHERE wrapped IS NOT NULL")
    return {row["master"] for row in rows}


async def hold_key(key: UUID) -> bool:
    """Hold a key until the end of the unit of work, so that it is not dropped meanwhile; False if it was before."""
    return bool(
        await fetch_value("SELECT wrapped IS NOT NULL FROM file_key WHERE id = $1 FOR NO KEY UPDATE", key)
    )


async def all_erased(dossiers: Collection[str]) -> bool:
    """Tell whether each of some dossiers was erased."""
    count = await fetch_value(
        """
        SELECT count(*) FROM file_key
        WHERE about = 'dossier' AND subject = ANY ($1::text[]) AND erased_at IS NOT NULL
        """,
        list(dossiers),
    )
    return bool(dossiers) and count == len(set(dossiers))


async def keys_of(about: About, subject: str) -> list[Key]:
    """Give the keys that are still there of a subject, and of what is about it as a dossier; held, in one order."""
    rows = await fetch(
        f"""
        SELECT {_KEY} FROM file_key AS k
        WHERE (k.about = $1 AND k.subject = $2 OR $1 = 'dossier' AND k.dossiers @> ARRAY[$2])
            AND k.wrapped IS NOT NULL
        ORDER BY k.id
        FOR NO KEY UPDATE
        """,  # noqa: S608
        about,
        subject,
    )
    return [msgspec.convert(dict(row), Key) for row in rows]


async def drop_keys(keys: Collection[UUID], at: datetime) -> None:
    """Forget keys for good."""
    await execute(
        "UPDATE file_key SET wrapped = NULL, erased_at = $2 WHERE id = ANY ($1::uuid[])", list(keys), at
    )


async def add(file: Attached, tag: bytes) -> None:
    """Keep what is known of a file."""
    await execute(
        """
        INSERT INTO file (
            id, key, kind, media, size, commitment, address, stored, secret, tag, organisation, person, created_at
        )
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """,
        file.id,
        file.key.id,
        file.kind,
        file.media,
        file.size,
        file.commitment,
        file.address,
        file.stored,
        file.secret,
        tag,
        file.organisation,
        file.person,
        file.created_at,
    )


async def find(file: UUID) -> Attached | None:
    """Find a file, erased or not; what a caller may see is not asked here."""
    row = await fetch_row(
        f"SELECT {_FILE}, {_WITH_KEY} FROM file AS f JOIN file_key AS k ON k.id = f.key WHERE f.id = $1",  # noqa: S608
        file,
    )
    return None if row is None else _attached(row)


async def find_same(key: UUID, kind: str, tag: bytes) -> UUID | None:
    """Find a file of the same bytes, kind and subject."""
    found: UUID | None = await fetch_value(
        "SELECT id FROM file WHERE key = $1 AND kind = $2 AND tag = $3", key, kind, tag
    )
    return found


async def page_of(about: About, subject: str, after: UUID | None, limit: int) -> list[Attached]:
    """List what is attached to a subject, oldest first."""
    rows = await fetch(
        f"""
        SELECT {_FILE}, {_WITH_KEY} FROM file AS f JOIN file_key AS k ON k.id = f.key
        WHERE k.about = $1 AND k.subject = $2 AND ($3::uuid IS NULL OR f.id > $3)
        ORDER BY f.id
        LIMIT $4
        """,  # noqa: S608
        about,
        subject,
        after,
        limit,
    )
    return [_attached(row) for row in rows]


async def all_after(after: UUID, limit: int) -> list[Attached]:
    """Give files in the order of their ids, for checks of all."""
    rows = await fetch(
        f"""
        SELECT {_FILE}, {_WITH_KEY} FROM file AS f JOIN file_key AS k ON k.id = f.key
        WHERE f.id > $1 ORDER BY f.id LIMIT $2
        """,  # noqa: S608
        after,
        limit,
    )
    return [_attached(row) for row in rows]


async def count_of_keys(keys: Collection[UUID]) -> int:
    """Count the files under some keys."""
    return int(await fetch_value("SELECT count(*) FROM file WHERE key = ANY ($1::uuid[])", list(keys)))


async def addresses_of_keys(keys: Collection[UUID]) -> list[str]:
    """Give where everything under some keys lies, uploads on their way included."""
    rows = await fetch(
        """
        SELECT address FROM file WHERE key = ANY ($1::uuid[])
        UNION ALL
        SELECT p.address FROM file_part AS p JOIN file_upload AS u ON u.id = p.upload WHERE u.key = ANY ($1::uuid[])
        """,
        list(keys),
    )
    return [row["address"] for row in rows]


async def unknown_addresses(addresses: Collection[str]) -> list[str]:
    """Give those of some addresses at which nothing is that anybody could still open."""
    rows = await fetch(
        """
        SELECT address FROM unnest($1::text[]) AS given (address)
        WHERE NOT EXISTS (
            SELECT FROM file AS f JOIN file_key AS k ON k.id = f.key
            WHERE f.address = given.address AND k.wrapped IS NOT NULL
        )
        AND NOT EXISTS (SELECT FROM file_part AS p WHERE p.address = given.address)
        """,
        list(addresses),
    )
    return [row["address"] for row in rows]


async def add_upload(upload: Upload) -> None:
    """Keep what was declared of an upload."""
    await execute(
        """
        INSERT INTO file_upload (id, key, kind, size, declared, organisation, person, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        upload.id,
        upload.key.id,
        upload.kind,
        upload.size,
        upload.declared,
        upload.organisation,
        upload.person,
        upload.created_at,
        upload.expires_at,
    )


async def find_upload(upload: UUID) -> Upload | None:
    """Find an upload; what a caller may see is not asked here."""
    row = await fetch_row(
        f"SELECT {_UPLOAD}, {_WITH_KEY} FROM file_upload AS u JOIN file_key AS k ON k.id = u.key WHERE u.id = $1",  # noqa: S608
        upload,
    )
    return None if row is None else msgspec.convert(_nested(row), Upload)


async def count_open(organisation: str) -> int:
    """Count the uploads of an organisation that are not complete."""
    return int(
        await fetch_value(
            "SELECT count(*) FROM file_upload WHERE organisation = $1 AND file IS NULL", organisation
        )
    )


async def add_part(upload: UUID, start: int, size: int, address: str) -> bool:
    """Take a part whose place in the upload is next; False when another came first."""
    row = await fetch_row(
        """
        UPDATE file_upload SET received = received + $3
        WHERE id = $1 AND received = $2 AND file IS NULL
        RETURNING id
        """,
        upload,
        start,
        size,
    )
    if row is None:
        return False
    await execute(
        "INSERT INTO file_part (upload, start, size, address) VALUES ($1, $2, $3, $4)",
        upload,
        start,
        size,
        address,
    )
    return True


async def parts_of(upload: UUID) -> list[tuple[int, str]]:
    """Give where the parts of an upload begin, and their addresses, in order."""
    rows = await fetch("SELECT start, address FROM file_part WHERE upload = $1 ORDER BY start", upload)
    return [(row["start"], row["address"]) for row in rows]


async def hold_upload(upload: UUID) -> UUID | None:
    """Hold an upload until the end of the unit of work; give the file that it has become."""
    file: UUID | None = await fetch_value(
        "SELECT file FROM file_upload WHERE id = $1 FOR NO KEY UPDATE", upload
    )
    return file


async def begin_again(upload: UUID) -> None:
    """Forget what was received of an upload."""
    await execute("DELETE FROM file_part WHERE upload = $1", upload)
    await execute("UPDATE file_upload SET received = 0 WHERE id = $1 AND file IS NULL", upload)


async def end_upload(upload: UUID, file: UUID) -> None:
    """Note which file an upload has become; its parts are of no more use."""
    await execute("DELETE FROM file_part WHERE upload = $1", upload)
    await execute("UPDATE file_upload SET file = $2 WHERE id = $1", upload, file)


async def drop_uploads(before: datetime, limit: int) -> list[str]:
    """Forget uploads that expired, some at a time; give where their parts lie."""
    rows = await fetch(
        "SELECT id FROM file_upload WHERE expires_at < $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED",
        before,
        limit,
    )
    expired = [row["id"] for row in rows]
    gone = await fetch("DELETE FROM file_part WHERE upload = ANY ($1::uuid[]) RETURNING address", expired)
    await execute("DELETE FROM file_upload WHERE id = ANY ($1::uuid[])", expired)
    return [row["address"] for row in gone]


async def drop_uploads_of(keys: Collection[UUID]) -> None:
    """Forget the uploads under some keys, whatever their state."""
    await execute(
        "DELETE FROM file_part WHERE upload IN (SELECT id FROM file_upload WHERE key = ANY ($1::uuid[]))",
        list(keys),
    )
    await execute("DELETE FROM file_upload WHERE key = ANY ($1::uuid[])", list(keys))


def _attached(row: Any) -> Attached:
    return msgspec.convert(_nested(row), Attached)


def _nested(row: Any) -> dict[str, Any]:
    fields = dict(row)
    key = {name: fields.pop(name) for name in _OF_KEY}
    return {**fields, "key": {"id": fields.pop("key_id"), **key}}
