"""The register of dossiers of a desk: read page by page, printed, kept as a spreadsheet."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

from manifests.documents import repository as documents
from manifests.documents.rules.facts import Papers, may_know, owner_of
from manifests.documents.rules.forms import Form
from manifests.documents.service.gathering import note_shown
from manifests.documents.service.setting import layout
from manifests.reports import repository
from manifests.reports.rules import Period
from manifests.reports.rules.register import LONGEST_PRINT, MODES, RegisterLine, note_of, printed_rows
from manifests.reports.service.setting import form_of, issuer_of
from postal.errors import NotFound, Unprocessable
from postal.identity.rules import Actor
from postal.network import repository as network
from postal.network.rules import Kind, Organisation
from postal.printing.press import printed
from postal.printing.typesetting import pdf
from postal.web.spreadsheets import Workbook

PAGE = 500
HEADER = (
    "STT", "Mã hồ sơ", "Mã thủ tục", "Tên thủ tục", "Số bộ", "Tên cá nhân, tổ chức", "Địa chỉ, số điện thoại",
    "Cơ quan giải quyết", "Tiếp nhận", "Hẹn trả", "Giải quyết xong", "Trả kết quả", "Cách nhận", "Ghi chú",
)  # fmt: skip


async def desk_of(code: str) -> Organisation:
    """Give a desk; any other organisation has no register."""
    found = (await network.find_many([code])).get(code)
    if found is None or found.kind is not Kind.DESK:
        raise NotFound("register.not_found", vi="Không có Bộ phận Một cửa này", en="There is no such desk")
    return found


async def register_page(
    desk: str, period: Period, *, after: tuple[datetime, str] | None, limit: int, actor: Actor
) -> list[RegisterLine]:
    """Read lines of a register that the actor may see; a person's name only where the actor needs it."""
    await desk_of(desk)
    rows = await repository.register_of(desk, period.begin, period.end, actor, after, limit)
    papers = await documents.papers_of([row["code"] for row in rows], actor)
    note_shown(papers.values(), ["name", "address", "phone"], actor)
    return [_line(row, papers.get(row["code"]), actor) for row in rows]


async def register_pdf(desk: str, period: Period, *, actor: Actor, now: datetime) -> bytes:
    """Print a register by the form of the day."""
    organisation = await desk_of(desk)
    lines = await register_page(desk, period, after=None, limit=LONGEST_PRINT + 1, actor=actor)
    if len(lines) > LONGEST_PRINT:
        raise Unprocessable(
            "register.too_long",
            vi=f"Sổ dài hơn {LONGEST_PRINT} dòng: hãy chọn kỳ ngắn hơn hoặc tải bảng tính",
            en=f"The register has more than {LONGEST_PRINT} lines: choose a shorter period or the spreadsheet",
        )
    names = {
        code: each.name for code, each in (await network.find_many({one.authority for one in lines})).items()
    }
    template = await form_of(Form.REGISTER, period.begin)
    number = f"{desk}/{period.code}"
    data = {
        "title": f"{template.words['title']} {number}",
        "author": organisation.name,
        "issuer": await issuer_of(desk),
        "number": number,
        "day": period.name[0],
        "words": template.words,
        "footer": f"{number} · {template.source}",
        "facts": [["Bộ phận", organisation.name], ["Kỳ", period.name[0]], ["Số hồ sơ", str(len(lines))]],
        "rows": printed_rows(lines, names),
    }
    return await printed(lambda: pdf(layout(template.layout), data, now))


async def register_workbook(desk: str, period: Period, path: Path, *, actor: Actor, now: datetime) -> None:
    """Write a register as a spreadsheet, however long."""
    organisation = await desk_of(desk)
    book = Workbook(path, title=f"Sổ theo dõi hồ sơ {desk} {period.code}", made_at=now)
    book.begin(f"{organisation.name} {period.code}", HEADER)
    number = 0
    async for line in _all(desk, period, actor):
        number += 1
        book.write(
            (
                number,
                line.code,
                line.procedure,
                line.procedure_name,
                1,
                line.owner,
                line.reach,
                line.authority,
                line.received_at,
                line.due,
                line.ended_at,
                line.returned_at,
                MODES.get(line.mode, line.mode),
                line.note,
            )
        )
    book.close()


async def _all(desk: str, period: Period, actor: Actor) -> AsyncIterator[RegisterLine]:
    after = None
    while lines := await register_page(desk, period, after=after, limit=PAGE, actor=actor):
        for line in lines:
            yield line
        after = (lines[-1].received_at, lines[-1].code)


def _line(row: Any, papers: Papers | None, actor: Actor) -> RegisterLine:
    knows = papers is not None and may_know(papers, actor)
    person = papers.person if papers is not None and knows else None
    return RegisterLine(
        code=row["code"],
        procedure=row["procedure"],
        procedure_name=row["procedure_name"],
        authority=row["authority"],
        received_at=row["received_at"],
        due=row["due_now"],
        ended_at=row["ended_at"],
        returned_at=row["returned_at"] or row["closed_at"],
        mode=row["service_mode"],
        owner=owner_of(papers, actor) if papers is not None else None,
        reach=", ".join(part for part in (person.address, person.phone) if part) if person else None,
        note=note_of(row["status"], row["supplements"], row["extensions"]),
    )
