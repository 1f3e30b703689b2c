"""Make a backup of a running system, and restore one."""

import asyncio
import shutil
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import msgspec
from msgspec.structs import replace as replaced

from postal import clock, db
from postal.backup import repository
from postal.backup.files import carry, part_of, private, source_commit, sync
from postal.backup.rules import (
    ARCHIVE,
    FILES,
    FORMAT,
    FURTHER_KEYS,
    KEY,
    MANIFEST,
    POOL,
    Made,
    Manifest,
    damaged,
    fingerprint,
    ledger_rows,
    read_files,
    read_manifest,
    refuse_other,
)
from postal.config import Settings
from postal.db import programs
from postal.db.migrations import known
from postal.errors import Conflict, Unavailable

Progress = Callable[[str], None]


async def back_up(settings: Settings, folder: Path, progress: Progress, bin_: Path | None = None) -> Made:
    """Write a backup into a new folder inside `folder`, as of one instant, while the system works.

    It has its name only when it is complete and on the disk.
    """
    at = clock.machine_now()
    partial = folder / f".postal-{at:%Y%m%dT%H%M%SZ}.partial"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # noqa: ASYNC240 - a command's own loop
    partial.mkdir(mode=0o700)
    try:
        async with db.as_owner(settings.database):
            made = await _write(settings, partial, at, progress, bin_)
            await repository.note(at, made.rows, made.bytes)
            return made
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


async def _write(
    settings: Settings, partial: Path, at: datetime, progress: Progress, bin_: Path | None
) -> Made:
    async with db.unit_of_work():
        snapshot = await repository.freeze()
        progress("dump")
        with private(partial / ARCHIVE) as archive:
            await programs.dump(_owner(settings), snapshot, archive.fileno(), programs=bin_)
        progress("files")
        files = await repository.files()
        missing = await asyncio.to_thread(_keep_files, settings, partial, files)
        await asyncio.to_thread(_forget_files, partial, await repository.erased_files())
        progress("count")
        manifest = Manifest(
            format=FORMAT,
            made_at=at,
            version=version("postal"),
            commit=await asyncio.to_thread(source_commit),
            server=await repository.server_version(),
            migrations=await repository.migrations(),
            tables=await repository.tables(),
            key=_keep_key(settings, partial),
            keys=_keep_further_keys(settings, partial),
            parts={},
        )
    made = await asyncio.to_thread(_finish, partial, manifest)
    return replaced(made, files=len(files), missing=tuple(missing))


def _finish(partial: Path, manifest: Manifest) -> Made:
    """Give a backup its manifest, and then its name."""
    parts = {path.name: part_of(path) for path in sorted(partial.iterdir())}
    manifest = msgspec.structs.replace(manifest, parts=parts)
    with private(partial / MANIFEST) as file:
        file.write(msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n")
    sync(partial)
    whole = partial.with_name(partial.stem.removeprefix("."))
    partial.rename(whole)
    sync(whole.parent)
    return _made(whole, manifest)


async def restore(
    settings: Settings, backup: Path, *, replace: bool, progress: Progress, bin_: Path | None = None
) -> Made:
    """Put a backup in place of the database, in one transaction: it is there whole, or nothing has changed.

    A database that holds something is refused unless `replace`, and while a system runs on it. A restored system needs
    `postal db up` when this version is later than the backup's; `postal up` does that itself.
    """
    owner_dsn = _owner(settings)
    progress("check")
    manifest = await asyncio.to_thread(_checked, backup)
    key = _key_to_keep(settings, manifest, backup, replace=replace)
    further = _further_keys(settings, manifest, backup, replace=replace)
    async with db.as_owner(settings.database):
        await _refuse_target(manifest, replace=replace)
        if key is not None and not (settings.folder / KEY).exists():
            _write_key(settings, KEY, key)
            key = None
        progress("restore")
        await programs.load(
            owner_dsn,
            backup / ARCHIVE,
            repository.BEFORE,
            repository.script_after(manifest.tables),
            programs=bin_,
        )
        if key is not None:
            _write_key(settings, KEY, key)
        for name, text in further.items():
            _write_key(settings, name, text)
        progress("files")
        files, missing = await asyncio.to_thread(_bring_files, settings, backup)
        progress("analyze")
        await repository.analyze()
    return replaced(_made(backup, manifest), files=files, missing=tuple(missing))


async def _refuse_target(manifest: Manifest, *, replace: bool) -> None:
    known_here = [(migration.app, migration.id) for migration in known()]
    refuse_other(manifest, known=known_here, server=await repository.server_version())
    if await repository.lacks_role():
        raise Conflict(
            "backup.no_role",
            vi="Máy chủ này chưa có vai trò postal_app; hãy tạo trước: CREATE ROLE postal_app LOGIN.",
            en="This server lacks the role postal_app; make it first: CREATE ROLE postal_app LOGIN.",
        )
    if not replace and not await repository.is_empty():
        raise Conflict(
            "backup.not_empty",
            vi="Cơ sở dữ liệu đã có dữ liệu; thêm --replace để thay thế toàn bộ.",
            en="The database holds something already; --replace puts the backup in its place.",
        )
    if count := await repository.sessions():
        raise Conflict(
            "backup.in_use",
            vi=f"Còn {count} kết nối của hệ thống; hãy dừng web và worker trước.",
            en=f"The system still has {count} connections; stop web and worker processes first.",
        )


def _checked(backup: Path) -> Manifest:
    """Read the manifest and compare every part with it."""
    try:
        manifest = read_manifest((backup / MANIFEST).read_bytes())
    except (FileNotFoundError, NotADirectoryError) as error:
        raise damaged(MANIFEST) from error
    for name, part in manifest.parts.items():
        path = backup / name
        if not path.is_file() or path.stat().st_size != part.bytes or part_of(path) != part:
            raise damaged(name)
    return manifest


def _keep_key(settings: Settings, partial: Path) -> str | None:
    """Put the key of item codes into the backup, unless the settings give it; says which key it is."""
    if settings.secrets.code_key is not None:
        return fingerprint(bytes.fromhex(settings.secrets.code_key))
    try:
        text = (settings.folder / KEY).read_text()
    except FileNotFoundError:
        return None
    with private(partial / KEY) as file:
        file.write(text.encode())
    return fingerprint(bytes.fromhex(text.strip()))


def _key_to_keep(settings: Settings, manifest: Manifest, backup: Path, *, replace: bool) -> str | None:
    """Give the key that the data folder needs, or None if it has the right one; refuses a system with another."""
    if manifest.key is None:
        return None
    given = settings.secrets.code_key
    path = settings.folder / KEY
    present = given or (path.read_text().strip() if path.exists() else None)
    if present is not None and fingerprint(bytes.fromhex(present)) == manifest.key:
        return None
    if KEY not in manifest.parts or given is not None or (present is not None and not replace):
        raise Conflict(
            "backup.other_key",
            vi="Khoá mã bưu gửi (secrets.code_key) khác với khoá của bản sao lưu; hãy đặt đúng khoá.",
            en="The key of item codes (secrets.code_key) is not that of the backup; give the system that key.",
        )
    return (backup / KEY).read_text()


def _keep_further_keys(settings: Settings, partial: Path) -> dict[str, str]:
    """Put the further keys of the data folder into the backup; those that the settings give are kept elsewhere."""
    kept = {}
    for name in FURTHER_KEYS:
        path = settings.folder / name
        if _given(settings, name) is None and path.exists():
            text = path.read_text()
            with private(partial / name) as file:
                file.write(text.encode())
            kept[name] = fingerprint(text.strip().encode())
    return kept


def _further_keys(settings: Settings, manifest: Manifest, backup: Path, *, replace: bool) -> dict[str, str]:
    """Give the further keys that the data folder lacks; another one there is refused unless all is replaced."""
    wanted = {}
    for name in manifest.keys:
        path = settings.folder / name
        text = (backup / name).read_text()
        if _given(settings, name) is not None or (path.exists() and path.read_text().strip() == text.strip()):
            continue
        if path.exists() and not replace:
            raise Conflict(
                "backup.other_further_key",
                vi=f"Khóa {name} của thư mục dữ liệu khác với khóa của bản sao lưu; thêm --replace để thay thế.",
                en=f"The key {name} of the data folder is not that of the backup; --replace puts that in its place.",
                key=name,
            )
        wanted[name] = text
    return wanted


def _given(settings: Settings, name: str) -> str | None:
    return {"files_key": settings.files.key}[name]


def _keep_files(settings: Settings, partial: Path, addresses: list[str]) -> list[str]:
    """Put files beside the backups, those that an earlier one did not; they never change, so once is enough."""
    if not addresses:
        return []
    with private(partial / FILES) as file:
        file.writelines(f"{address}\n".encode() for address in addresses)
    return carry(addresses, settings.files_folder, partial.parent / POOL)


def _forget_files(partial: Path, addresses: list[str]) -> None:
    """Take what was erased out of the backups too: older ones still hold its key."""
    for address in addresses:
        (partial.parent / POOL / address[:2] / address[2:]).unlink(missing_ok=True)


def _bring_files(settings: Settings, backup: Path) -> tuple[int, list[str]]:
    """Put back the files that a backup names and the files' folder lacks; gives their number and what is missing."""
    if not (backup / FILES).exists():
        return 0, []
    addresses = read_files((backup / FILES).read_bytes())
    return len(addresses), carry(addresses, backup.parent / POOL, settings.files_folder)


def _write_key(settings: Settings, name: str, text: str) -> None:
    settings.folder.mkdir(parents=True, exist_ok=True)
    fresh = settings.folder / f".{name}.restored"
    fresh.unlink(missing_ok=True)
    with private(fresh) as file:
        file.write(text.encode())
    fresh.rename(settings.folder / name)
    sync(settings.folder)


def _owner(settings: Settings) -> str:
    if settings.database.owner_dsn is None:
        raise Unavailable(
            "database.no_owner_for_backup",
            vi="Cần POSTAL_DATABASE__OWNER_DSN để sao lưu và phục hồi.",
            en="Backup and restore need POSTAL_DATABASE__OWNER_DSN.",
        )
    return settings.database.owner_dsn


def _made(path: Path, manifest: Manifest) -> Made:
    return Made(
        path=str(path),
        made_at=manifest.made_at,
        bytes=sum(part.bytes for part in manifest.parts.values()),
        rows=manifest.rows,
        ledger=ledger_rows(manifest.tables),
    )
