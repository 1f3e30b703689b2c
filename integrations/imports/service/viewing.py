"""Reading an import: how far it is, what was refused and why, the refused rows as a file, and templates."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec
from msgspec import Struct

from integrations.imports import repository
from integrations.imports.repository import KeptError
from integrations.imports.rules import FIELDS, Cell, Field, Format, Job, Kind
from integrations.imports.service.reading import cells_of
from integrations.imports.service.setup import opened_key, place_of
from postal.config import Settings
from postal.files.cipher import unseal
from postal.identity.rules import Actor
from postal.web.spreadsheets import Workbook, csv_stream

BATCH = 1_000
ADDED = {"vi": ("Mã lỗi", "Phải làm gì"), "en": ("Error code", "What to do")}
SUFFIXES = {Format.CSV: "csv", Format.XLSX: "xlsx", Format.JSON: "jsonl"}


class Download(Struct, frozen=True):
    """A file made for somebody."""

    name: str
    form: Format
    body: AsyncIterator[bytes]


async def page_of(actor: Actor, after: UUID | None, limit: int) -> list[Job]:
    """List the imports of the actor's organisation, newest first."""
    return await repository.listed(actor, after, limit)


async def find(job: UUID, actor: Actor) -> Job:
    """Get an import of the actor's organisation."""
    return await repository.get(job, actor)


def name_of(job: Job, settings: Settings) -> str:
    """Give the name under which a file was brought; empty once it was erased."""
    if job.wrapped is None or job.file_name is None:
        return ""
    key = opened_key(settings, job.id, job.wrapped)
    return unseal(key, job.file_name, place_of(job.id, b"name")).decode("utf-8", "replace")


async def errors_of(job: UUID, after: int, limit: int, actor: Actor) -> list[KeptError]:
    """List the rows of an import that were not taken."""
    found = await repository.get(job, actor)
    return await repository.errors_of(found.id, after, limit)


async def refused_rows(
    job: UUID, language: str, *, actor: Actor, now: datetime, settings: Settings
) -> Download:
    """Give the rows that were not taken as the sort of file that they came in, with why and what to do beside each.

    Of an import without such rows it is an empty file with the headings.
    """
    found = await repository.get(job, actor)
    key = opened_key(settings, found.id, found.wrapped)
    header = (*(each.name for each in found.headings), *ADDED[language])
    rows = _rows(found, key, language)
    name = f"loi-{found.id}.{SUFFIXES[found.format]}"
    if found.format is Format.XLSX:
        return Download(name, Format.XLSX, _workbook(header, [row async for row in rows], now))
    if found.format is Format.JSON:
        return Download(name, Format.JSON, _lines(header, rows))
    return Download(name, Format.CSV, csv_stream(header, rows))


async def template(kind: Kind, form: Format, now: datetime) -> Download:
    """Give an empty file of a kind: headings in both languages, an example, and the codes of each column."""
    fields = FIELDS[kind]
    header = [each.headings[0] for each in fields]
    name = f"mau-{kind.value}.{SUFFIXES[form]}"
    if form is Format.XLSX:
        return Download(name, form, _template_book(fields, now))
    example = [each.example for each in fields]
    return Download(name, Format.CSV, csv_stream(header, _given([example])))


async def _rows(job: Job, key: bytes, language: str) -> AsyncIterator[tuple[Cell, ...]]:
    after, width = -1, len(job.headings)
    while errors := await repository.errors_of(job.id, after, BATCH):
        for each in errors:
            after = each.error.row
            cells = cells_of(key, job.id, after, each.cells) if each.cells else ()
            said = each.error.en if language == "en" else each.error.vi
            padded = (*cells[:width], *(None,) * (width - len(cells)))
            yield (*padded, each.error.code, said)


async def _given(rows: Sequence[Sequence[Cell]]) -> AsyncIterator[Sequence[Cell]]:
    for row in rows:
        yield row


async def _lines(header: Sequence[str], rows: AsyncIterator[tuple[Cell, ...]]) -> AsyncIterator[bytes]:
    async for row in rows:
        said = {name: cell for name, cell in zip(header, row, strict=True) if cell is not None}
        yield msgspec.json.encode(said) + b"\n"


async def _workbook(
    header: Sequence[str], rows: Sequence[tuple[Cell, ...]], now: datetime
) -> AsyncIterator[bytes]:
    def write(book: Workbook) -> None:
        book.begin("Dòng lỗi", header)
        for row in rows:
            book.write(row)

    yield await asyncio.to_thread(made, "Dòng lỗi", now, write)


async def _template_book(fields: Sequence[Field], now: datetime) -> AsyncIterator[bytes]:
    def write(book: Workbook) -> None:
        book.begin("Dữ liệu", [each.headings[0] for each in fields])
        book.write([each.example or None for each in fields])
        book.begin("Giải thích", ["Cột", "Heading", "Bắt buộc", "Mã và chữ dùng được"])
        for each in fields:
            words = "; ".join(f"{code} = {', '.join(said)}" for code, said in each.words.items())
            book.write([each.headings[0], each.headings[1], "x" if each.required else "", words])

    yield await asyncio.to_thread(made, "Tệp mẫu", now, write)


def made(title: str, now: datetime, write: Callable[[Workbook], None]) -> bytes:
    """Write a workbook and give its bytes; for a thread. What lay on the disk meanwhile is gone then."""
    with tempfile.TemporaryDirectory(prefix="postal-import-") as folder:
        path = Path(folder) / "file.xlsx"
        book = Workbook(path, title=title, made_at=now)
        write(book)
        book.close()
        return path.read_bytes()
