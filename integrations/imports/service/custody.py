"""Custody read back as a file: where the papers and the result of each dossier of an organisation are."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

from integrations.imports import repository
from integrations.imports.rules import Format
from integrations.imports.service.viewing import Download, made
from postal.identity.rules import Actor
from postal.web.spreadsheets import Cell, Workbook, csv_stream

BATCH = 1_000
HEADER = (
    "Mã hồ sơ",
    "Mã thủ tục",
    "Trạng thái",
    "Ngày đăng ký",
    "Ngày tiếp nhận",
    "Ngày hẹn trả",
    "Ngày có kết quả",
    "Ngày kết thúc",
    "Hồ sơ: tình trạng",
    "Hồ sơ: đơn vị đang giữ",
    "Hồ sơ: giữ từ",
    "Kết quả: tình trạng",
    "Kết quả: đơn vị đang giữ",
    "Kết quả: giữ từ",
)


async def custody_of(actor: Actor, form: Format, now: datetime) -> Download:
    """Give every dossier that the actor's organisation is a party to; nobody's name stands in it."""
    name = f"giu-ho-so.{form.value}"
    if form is Format.XLSX:
        return Download(name, form, _workbook(actor, now))
    return Download(name, Format.CSV, csv_stream(HEADER, _rows(actor)))


async def _rows(actor: Actor) -> AsyncIterator[tuple[Cell, ...]]:
    after = ""
    while found := await repository.custody_of(actor.sees, after, BATCH):
        for row in found:
            yield tuple(", ".join(value) if isinstance(value, list) else value for value in row.values())
        after = found[-1]["code"]


async def _workbook(actor: Actor, now: datetime) -> AsyncIterator[bytes]:
    rows = [row async for row in _rows(actor)]

    def write(book: Workbook) -> None:
        book.begin("Giữ hồ sơ", HEADER)
        for row in rows:
            book.write(row)

    yield await asyncio.to_thread(made, "Giữ hồ sơ", now, write)
