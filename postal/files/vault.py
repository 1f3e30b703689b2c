"""The storage of files and the key above all keys."""

import os
import secrets
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from postal.config import Settings, SettingsError
from postal.files.cipher import KEY, new_key, sign_of
from postal.files.storage import Folder, Storage, sync

KEY_FILE = "files_key"


class Vault(Struct, frozen=True):
    """Where sealed files lie, the key under which the keys of their subjects are wrapped, and a short sign of it."""

    storage: Storage
    master: bytes
    sign: str


def vault_of(settings: Settings) -> Vault:
    """Give the vault of an installation; its key is made once, as a private file of the data folder."""
    return _vault(settings.files_folder, settings.folder / KEY_FILE, settings.files.key)


@lru_cache(maxsize=8)
def _vault(folder: Path, key_file: Path, given: str | None) -> Vault:
    master = _read(given, "files.key") if given is not None else _kept_key(key_file)
    return Vault(Folder(folder), master, sign_of(master))


def _kept_key(path: Path) -> bytes:
    if not path.exists():
        _make_key(path)
    return _read(path.read_text(encoding="ascii"), str(path))


def _make_key(path: Path) -> None:
    """Write a new key under a name of its own and link it, so that nobody ever reads half of it, or another one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(new_key().hex())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    sync(path.parent)


def _read(text: str, place: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != KEY:
        raise SettingsError(f"{place}: the key of files is hex of {KEY} bytes")
    return key
