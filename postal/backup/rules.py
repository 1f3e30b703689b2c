"""What a backup says about itself, and when it may be restored."""

import hashlib
import re
from collections.abc import Collection, Mapping

import msgspec

from postal.errors import Conflict, Unprocessable
from postal.instants import Instant

FORMAT = 1
MANIFEST = "manifest.json"
ARCHIVE = "database.dump"
KEY = "code_key"
FURTHER_KEYS = ("files_key",)
"""Keys of the data folder without which a restored system could not read its files.

Keys that sign stay out: who finds a backup must not be able to sign, and a restored system makes new ones, beside which
the public keys in the database go on to prove what was signed before.
"""

FILES = "files.list"
"""The addresses of all files, one a line; the files lie in the folder `files` beside the backups, once for all."""

POOL = "files"
PARTS = frozenset({ARCHIVE, KEY, *FURTHER_KEYS, FILES})
ADDRESS = re.compile(r"[0-9a-f]{64}")
TABLE = re.compile(r"[a-z_][a-z0-9_]*")


class Part(msgspec.Struct, frozen=True):
    """One file of a backup."""

    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a backup holds; `tables` has the rows of each table in the snapshot, `server` PostgreSQL's version number.

    `key` is a fingerprint of the key that makes item codes: with another key the restored system would give out codes
    that are in use. `keys` are fingerprints of the further ones.
    """

    format: int
    made_at: Instant
    version: str
    commit: str | None
    server: int
    migrations: tuple[tuple[str, str], ...]
    tables: dict[str, int]
    key: str | None
    keys: dict[str, str] = {}
    parts: dict[str, Part]

    @property
    def rows(self) -> int:
        """The rows of all tables."""
        return sum(self.tables.values())


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A backup that was made or restored; `missing` are addresses of files that are nowhere to be found."""

    path: str
    made_at: Instant
    bytes: int
    rows: int
    ledger: int
    files: int = 0
    missing: tuple[str, ...] = ()


def fingerprint(key: bytes) -> str:
    """Give a short sign of a secret key, which does not lead back to it."""
    return hashlib.sha256(b"postal code key\0" + key).hexdigest()[:32]


def read_files(data: bytes) -> list[str]:
    """Read the list of files; raises Unprocessable when it is none."""
    try:
        addresses = data.decode("ascii").split()
    except UnicodeDecodeError as error:
        raise damaged(FILES) from error
    if not all(ADDRESS.fullmatch(address) for address in addresses):
        raise damaged(FILES)
    return addresses


def ledger_rows(tables: Mapping[str, int]) -> int:
    """Count the rows of the ledger's partitions."""
    return sum(rows for name, rows in tables.items() if re.fullmatch(r"ledger_(default|\d{4}_\d{2})", name))


def read_manifest(data: bytes) -> Manifest:
    """Read a manifest; raises Unprocessable when it is none, or one of a later form."""
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise damaged(MANIFEST) from error
    if (
        manifest.format != FORMAT
        or ARCHIVE not in manifest.parts
        or not manifest.parts.keys() <= PARTS
        or not manifest.keys.keys() <= manifest.parts.keys() & set(FURTHER_KEYS)
        or not all(TABLE.fullmatch(name) for name in manifest.tables)
    ):
        raise damaged(MANIFEST)
    return manifest


def refuse_other(manifest: Manifest, *, known: Collection[tuple[str, str]], server: int) -> None:
    """Raise Conflict when the backup comes from a later version of the system or of PostgreSQL."""
    if manifest.server // 10_000 > server // 10_000:
        theirs, ours = manifest.server // 10_000, server // 10_000
        raise Conflict(
            "backup.newer_server",
            vi=f"Bản sao lưu từ PostgreSQL {theirs}, máy chủ này là {ours}.",
            en=f"The backup comes from PostgreSQL {theirs}, and this server is {ours}.",
        )
    if later := set(manifest.migrations) - set(known):
        raise Conflict(
            "backup.newer_version",
            vi=f"Bản sao lưu từ phiên bản mới hơn ({manifest.version}); hãy nâng cấp phần mềm trước.",
            en=f"The backup comes from a later version ({manifest.version}, {len(later)} migrations not known here);"
            " install that one first.",
        )


def damaged(name: str) -> Unprocessable:
    """Say that a part is not what was written."""
    return Unprocessable(
        "backup.damaged",
        vi=f"Bản sao lưu bị hỏng hoặc thiếu: {name}. Không có gì bị thay đổi; hãy dùng bản khác.",
        en=f"The backup is damaged or incomplete: {name}. Nothing was changed; use another one.",
        part=name,
    )
