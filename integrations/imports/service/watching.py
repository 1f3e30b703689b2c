"""Folders of this machine: a file that lies still in `in` is taken by one process, and goes to `done` or `failed`.

A file that is still being written changes, or ends in `.tmp` or `.part`: it is left alone until it has lain still
between two looks. Taking it is one rename, which only one process can do; what a killed one left in `working` is
found by the import that it became, or goes back to `in`.
"""

import asyncio
import os
from datetime import datetime
from pathlib import Path
from uuid import UUID

import structlog
from msgspec import Struct

from integrations.imports import repository
from integrations.imports.rules import Job, Kind, State
from integrations.imports.service.intake import submit
from integrations.imports.service.viewing import refused_rows
from integrations.partners.repository import seen_by
from postal import clock
from postal.config import Settings, WatchedFolder
from postal.errors import Gone, NotFound, PostalError, TooMany, Unavailable
from postal.identity.rules import Actor, Role

IN, WORKING, DONE, FAILED = "in", "working", "done", "failed"
UNFINISHED = (".tmp", ".part", ".crdownload", ".filepart")
STILL_S = 2.0
"""How long a file must not have changed by the clock of the disk."""

LEFT_S = 120.0
"""A file in `working` that belongs to no import for so long: its process was killed before it brought it."""

log = structlog.get_logger("integrations.imports")
_seen: dict[Path, tuple[int, int]] = {}


class Found(Struct, frozen=True):
    """What one look came to."""

    taken: int = 0
    ended: int = 0


async def watch(settings: Settings, now: datetime) -> Found:
    """Look once into every folder: take what lies still, and put away what has come to its end."""
    taken = ended = 0
    for each in settings.imports.folders:
        actor = await actor_for(each.organisation, "watched folder", now)
        ended += await _put_away(each, actor, settings, now)
        for path in await asyncio.to_thread(_lying_still, Path(each.folder)):
            taken += await _take(each, path, actor, settings, now)
    return Found(taken, ended)


async def actor_for(organisation: str, by: str, now: datetime) -> Actor:
    """Make whoever acts for an organisation from this machine: its operator, as a program of the organisation would."""
    sees, _ = await seen_by(organisation, now)
    return Actor(
        kind="key",
        id=by,
        organisation=organisation,
        roles=frozenset({Role.SYSTEM}),
        sees=sees,
    )


async def _take(folder: WatchedFolder, path: Path, actor: Actor, settings: Settings, now: datetime) -> int:
    root = Path(folder.folder)
    taken = await asyncio.to_thread(_moved, path, root / WORKING / path.name)
    if taken is None:
        return 0
    try:
        data = await asyncio.to_thread(taken.read_bytes)
        job = await submit(
            data,
            kind=Kind(folder.kind),
            profile=folder.profile,
            name=path.name,
            dry_run=False,
            actor=actor,
            now=now,
            settings=settings,
        )
    except TooMany:
        # It waits its turn: the imports under way end first.
        await asyncio.to_thread(_moved, taken, path)
        return 0
    except Unavailable:
        await asyncio.to_thread(_moved, taken, path)
        raise
    except PostalError as refused:
        await asyncio.to_thread(_moved, taken, root / FAILED / path.name)
        said = f"{refused.code}\n{refused.vi}\n{refused.en}\n"
        await asyncio.to_thread((root / FAILED / f"{path.name}.loi.txt").write_text, said, "utf-8")
        return 1
    await asyncio.to_thread(_moved, taken, root / WORKING / f"{job.id}.{path.name}")
    log.info("file taken from a folder", job=str(job.id))
    return 1


async def _put_away(folder: WatchedFolder, actor: Actor, settings: Settings, now: datetime) -> int:
    root, ended = Path(folder.folder), 0
    for path in await asyncio.to_thread(_names, root / WORKING):
        id_, _, name = path.name.partition(".")
        job = await _job(id_, actor)
        if job is None:
            if await asyncio.to_thread(_since_moved, path) > LEFT_S:
                await asyncio.to_thread(_moved, path, root / IN / path.name)
            continue
        if job.under_way:
            continue
        clean = job.state is State.DONE and job.rows_misread + job.rows_refused + job.rows_changed == 0
        place = root / (DONE if clean else FAILED)
        await _beside(job, place / f"{name}.loi", actor, settings, now)
        ended += await asyncio.to_thread(_moved, path, place / name) is not None
    return ended


async def _beside(job: Job, path: Path, actor: Actor, settings: Settings, now: datetime) -> None:
    """Put the refused rows beside the file, or why it could not be read."""
    if job.failure is not None:
        said = f"{job.failure.code}\n{job.failure.vi}\n{job.failure.en}\n"
        await asyncio.to_thread(path.with_name(path.name + ".txt").write_text, said, "utf-8")
        return
    if job.rows_misread + job.rows_refused + job.rows_changed == 0:
        return
    try:
        made = await refused_rows(job.id, "vi", actor=actor, now=now, settings=settings)
    except Gone:
        return
    body = b"".join([piece async for piece in made.body])
    suffix = Path(made.name).suffix
    await asyncio.to_thread(path.with_name(path.name + suffix).write_bytes, body)


async def _job(id_: str, actor: Actor) -> Job | None:
    try:
        return await repository.get(UUID(id_), actor)
    except (ValueError, NotFound):
        return None


def _lying_still(root: Path) -> list[Path]:
    """List what may be taken: unchanged since the look before, and for a moment by the disk's own time."""
    for name in (IN, WORKING, DONE, FAILED):
        (root / name).mkdir(parents=True, exist_ok=True)
    still = []
    for path in _names(root / IN):
        if path.name.startswith(".") or path.name.lower().endswith(UNFINISHED):
            continue
        try:
            state = path.stat()
        except FileNotFoundError:
            continue
        sign = (state.st_size, state.st_mtime_ns)
        if _seen.get(path) == sign and _age(path) >= STILL_S:
            _seen.pop(path)
            still.append(path)
        else:
            _seen[path] = sign
    return still


def _names(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.is_file() and not path.is_symlink())


def _age(path: Path) -> float:
    try:
        return clock.machine_now().timestamp() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _since_moved(path: Path) -> float:
    try:
        return clock.machine_now().timestamp() - path.stat().st_ctime
    except FileNotFoundError:
        return 0.0


def _moved(path: Path, target: Path) -> Path | None:
    """Rename a file, or give None where another process was first; nothing that lies there is overwritten."""
    number = 1
    while True:
        try:
            os.link(path, target)
        except FileExistsError:
            number += 1
            target = target.with_name(f"{number}-{target.name}")
            continue
        except FileNotFoundError:
            return None
        try:
            path.unlink()
        except FileNotFoundError:
            # Another process linked it too and was first to take the name away.
            target.unlink(missing_ok=True)
            return None
        return target
