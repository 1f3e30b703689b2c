"""Reading a file in steps: its rows are understood or refused, sealed, and kept to be judged."""

import asyncio
from collections import OrderedDict
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from integrations.imports import repository
from integrations.imports.repository import KeptError, KeptRow
from integrations.imports.rules import (
    Cell,
    FileError,
    Job,
    Located,
    Mapper,
    Profile,
    Reader,
    RowError,
    Said,
    State,
    Torn,
    profile_from,
)
from integrations.imports.service.setup import opened_key, place_of
from postal.config import held
from postal.files.cipher import DamagedError, seal, unseal

ROWS_A_STEP = 1_000
OPEN_AT_ONCE = 2
PATIENCE_S = 1.5
"""How long a step waits for a file to open: a message may not run for long, so it comes back instead."""

OTHER_ORDER = "cell.date_other_order"
_open: OrderedDict[UUID, asyncio.Task[Reader]] = OrderedDict()
"""Files that this process is reading. Losing one costs time, never a row."""


async def read_on(job: Job, now: datetime) -> None:
    """Read the next rows of a file, or end it as one that cannot be read; one that still opens is for the next step."""
    key = opened_key(held(), job.id, job.wrapped)
    try:
        reader = await _reader(job, key)
        if reader is None:
            return
        mapper = Mapper(profile_from(job.profile_body), reader.located)
        rows, errors, more = await asyncio.to_thread(_understood, job, key, reader, mapper)
    except FileError as error:
        await repository.end(job.id, State.FAILED, now, error.error)
        await forget(job.id)
        return
    except DamagedError:
        failure = RowError(
            row=0, code="import.damaged", vi="Tệp trên máy chủ bị hỏng.", en="The kept file is damaged."
        )
        await repository.end(job.id, State.FAILED, now, failure)
        return
    except BaseException:
        await forget(job.id)
        raise
    await repository.add_rows(job.id, rows)
    await repository.add_errors(job.id, errors)
    warnings = _warned(job, reader, errors)
    await repository.note_read(
        replace(
            job,
            place=reader.place,
            rows_read=job.rows_read + len(rows) + len(errors),
            rows_misread=job.rows_misread + len(errors),
            headings=reader.located.headings,
            warnings=warnings,
            read_whole=not more,
            state=State.READING if more else State.APPLYING,
        )
    )
    if not more:
        await forget(job.id)


async def forget(job: UUID) -> None:
    """Close a file."""
    _open.pop(job, None)


def located_of(job: Job) -> Located:
    """Give where the fields of a file stand that was read before."""
    columns = {each.field: place for place, each in enumerate(job.headings) if each.field is not None}
    return Located(0, job.headings, columns)


def cells_of(key: bytes, job: UUID, row: int, sealed: bytes) -> tuple[Cell, ...]:
    """Open the cells of a row."""
    return msgspec.msgpack.decode(unseal(key, sealed, place_of(job, b"row", row)), type=tuple[Cell, ...])


async def _reader(job: Job, key: bytes) -> Reader | None:
    """Give the file at the place that it was read to; None while it opens."""
    task = _open.get(job.id)
    if task is not None and task.done() and (task.exception() or task.result().place > job.place):
        task = None
    if task is None:
        pieces = await repository.pieces_of(job.id)
        profile = profile_from(job.profile_body)
        task = asyncio.create_task(asyncio.to_thread(_opened, job, key, pieces, profile))
        _open[job.id] = task
        while len(_open) > OPEN_AT_ONCE:
            _open.popitem(last=False)
    await asyncio.wait({task}, timeout=PATIENCE_S)
    if not task.done():
        return None
    reader = task.result()
    if reader.place < job.place:
        # Another process went on with this file meanwhile.
        await asyncio.to_thread(reader.go_to, job.place)
    return reader


def _opened(job: Job, key: bytes, pieces: list[bytes], profile: Profile) -> Reader:
    data = b"".join(
        unseal(key, piece, place_of(job.id, b"piece", number)) for number, piece in enumerate(pieces)
    )
    reader = Reader(data, job.format, profile)
    reader.go_to(job.place)
    return reader


def _understood(
    job: Job, key: bytes, reader: Reader, mapper: Mapper
) -> tuple[list[KeptRow], list[KeptError], bool]:
    """Take the next rows and map them; tell whether there may be more."""
    rows, errors = [], []
    taken = reader.take(ROWS_A_STEP)
    for each in taken:
        number = each.error.row if isinstance(each, Torn) else each.number
        sealed = seal(key, msgspec.msgpack.encode(each.cells), place_of(job.id, b"row", number))
        found = each.error if isinstance(each, Torn) else mapper.map(each)
        if isinstance(found, RowError):
            errors.append(KeptError(error=found, at_reading=True, cells=sealed))
        else:
            rows.append(KeptRow(row=number, subject=found.subject, at=found.at, sealed=sealed))
    return rows, errors, len(taken) == ROWS_A_STEP


def _warned(job: Job, reader: Reader, errors: list[KeptError]) -> tuple[Said, ...]:
    """Say what a person should know of the file as a whole, each thing once."""
    said = list(dict.fromkeys((*job.warnings, *reader.warnings)))
    formats = profile_from(job.profile_body).dates.formats
    for heading in sorted({e.error.heading or "" for e in errors if e.error.code == OTHER_ORDER}):
        warning = Said(
            f"Cột “{heading}” lẫn hai cách viết ngày. Dòng nào đọc được cả hai cách thì đã đọc theo "
            f"{formats[0]}; hãy kiểm tra lại cả cột.",
            f"The column “{heading}” mixes two orders of day and month. What fits both was read as {formats[0]}; "
            "check the whole column.",
        )
        if warning not in said:
            said.append(warning)
    return tuple(said)
