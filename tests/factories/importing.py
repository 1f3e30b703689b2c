"""Files of agencies for tests, and imports run to their end."""

from io import BytesIO

from msgspec.structs import replace
from openpyxl import Workbook

from integrations.imports import service
from integrations.imports.rules import FIELDS, Kind
from postal.config import ImportSettings, Settings, WatchedFolder, hold
from postal.db import fetch, unit_of_work
from postal.identity.rules import Actor, Role
from tests.factories.dossiers import AUTHORITY, DESK, OFFICE, PROCEDURE

HEADINGS = {kind: [each.headings[0] for each in fields] for kind, fields in FIELDS.items()}
AGENCY = Actor(
    kind="key",
    id="bccp_test",
    organisation=DESK,
    roles=frozenset({Role.DESK, Role.SPECIALIST, Role.SYSTEM}),
    sees=frozenset({DESK}),
)


def code_of(number: int) -> str:
    """Give the code of a numbered dossier."""
    return f"H57.01-20261120-{number:07}"


def dossier_row(number: int, **different) -> dict[str, object]:
    """Describe a dossier as an agency's file does."""
    return {
        "Mã hồ sơ": code_of(number),
        "Mã thủ tục": PROCEDURE,
        "Mã cơ quan giải quyết": AUTHORITY,
        "Mã Bộ phận Một cửa": DESK,
        "Mã bưu cục": OFFICE,
        "Hình thức bưu chính": "Cả hai",
        "Ngày đăng ký": "20/11/2026 08:30",
        "Họ tên người nộp": f"Nguyễn Thị Mẫu {number}",
        "Số điện thoại": f"0912 {number:06}",
        "Bản chính phải trả lại": "Giấy chứng nhận",
    } | different


def event_row(number: int, kind: str, at: str, **different) -> dict[str, object]:
    """Describe an event as an agency's file does."""
    return {"Mã hồ sơ": code_of(number), "Sự kiện": kind, "Thời điểm": at} | different


def csv_file(rows, *, delimiter=",", encoding="utf-8-sig", end="\r\n") -> bytes:
    """Write rows as an agency's CSV."""
    names = list(dict.fromkeys(name for row in rows for name in row))

    def cell(value):
        text = "" if value is None else str(value)
        quoted = any(sign in text for sign in (delimiter, '"', "\n"))
        return '"' + text.replace('"', '""') + '"' if quoted else text

    lines = [delimiter.join(names), *(delimiter.join(cell(row.get(n)) for n in names) for row in rows)]
    return (end.join(lines) + end).encode(encoding)


def xlsx_file(rows, *, above=(), title="Dữ liệu") -> bytes:
    """Write rows as an agency's workbook, below some lines of a title."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for line in above:
        sheet.append(line)
    sheet.append(names)
    for row in rows:
        sheet.append([row.get(name) for name in names])
    return saved(book)


def saved(book: Workbook) -> bytes:
    """Give a workbook's bytes."""
    written = BytesIO()
    book.save(written)
    return written.getvalue()


async def brought(
    data: bytes,
    *,
    settings: Settings,
    now,
    kind: Kind = Kind.DOSSIERS,
    actor: Actor = AGENCY,
    dry_run: bool = False,
    profile: str | None = None,
    name: str = "tep.csv",
):
    """Bring a file and let the worker do all there is to do with it."""
    hold(settings)
    job = await service.submit(
        data, kind=kind, profile=profile, name=name, dry_run=dry_run, actor=actor, now=now, settings=settings
    )
    await worked_through()
    return await service.find(job.id, actor)


async def worked_through() -> None:
    """Make every step that is left of any import, as the worker does, however slow this machine is just now."""
    left = "SELECT id FROM import_job WHERE state IN ('reading', 'applying') ORDER BY id"
    while rows := await fetch(left):
        for row in rows:
            async with unit_of_work():
                await service.step({"import": str(row["id"])})


def counts(job) -> dict[str, int]:
    """Give what an import came to."""
    return {
        "new": job.rows_new,
        "unchanged": job.rows_unchanged,
        "changed": job.rows_changed,
        "refused": job.rows_refused + job.rows_misread,
    }


async def errors(job, actor: Actor = AGENCY) -> list[tuple[int, str, str | None]]:
    """Give row, code and heading of what an import did not take."""
    return [
        (each.error.row, each.error.code, each.error.heading)
        for each in await service.errors_of(job.id, -1, 1_000, actor)
    ]


def watching(settings: Settings, folder, kind: str = "dossiers", organisation: str = DESK) -> Settings:
    """Give settings under which a folder is watched."""
    watched = WatchedFolder(folder=str(folder), organisation=organisation, kind=kind)
    return replace(settings, imports=ImportSettings(folders=(watched,)))
