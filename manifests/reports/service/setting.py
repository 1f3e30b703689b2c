"""Reports as files: PDF by the form of their day, XLSX, CSV."""

import tempfile
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from manifests.documents import repository as forms
from manifests.documents.rules import words as written
from manifests.documents.rules.forms import Form, Template, in_force
from manifests.documents.service.setting import layout
from manifests.reports.repository import MovedDeadline
from manifests.reports.rules import DEFINITIONS, NAMES, Content, Table, read_report
from manifests.reports.rules.presenting import (
    CSV_HEADER,
    basis_text,
    columns_of,
    long_rows,
    name_of,
    text_of,
    whole_of,
    wide_table,
)
from manifests.reports.rules.words import CLOCKS, TABLES
from manifests.reports.service.publishing import ReportView
from postal.network import repository as network
from postal.network.rules import local_day
from postal.printing.press import printed
from postal.printing.typesetting import pdf
from postal.web.spreadsheets import Row, Workbook, csv_stream

Data = dict[str, Any]


async def report_pdf(view: ReportView) -> bytes:
    """Set a report; what is provisional, published or restated stands on it."""
    content = view.content
    template = await form_of(Form.REPORT, content.as_of)
    issuer = await issuer_of(content.organisation)
    data = _data(view, template, issuer)
    return await printed(lambda: pdf(layout(template.layout), data, content.as_of))


async def form_of(form: Form, at: datetime) -> Template:
    """Give the form that held on a local day."""
    return in_force(await forms.templates(form), form, local_day(at))


async def issuer_of(code: str) -> dict[str, str]:
    """Give the head of a paper: the organisation and who is above it."""
    own = (await network.find_many([code])).get(code)
    above = (await network.find_many([own.parent])).get(own.parent) if own and own.parent else None
    return {"name": own.name if own else code, "parent": above.name if above else ""}


async def report_xlsx(view: ReportView) -> bytes:
    """Write a report as a workbook, beside the event loop."""

    def made() -> bytes:
        with in_a_folder() as folder:
            path = Path(folder) / "report.xlsx"
            _write_workbook(view, path)
            return path.read_bytes()

    return await printed(made)


def _write_workbook(view: ReportView, path: Path) -> None:
    """Write a workbook: a sheet a table, one of what the figures mean, one of what is different by now."""
    content = view.content
    name = NAMES[read_report(content.report).kind][0]
    book = Workbook(path, title=f"{name} {content.report}", made_at=content.as_of)
    for table in content.tables:
        title, header, rows = wide_table(table)
        book.begin(title, header)
        for row in rows:
            book.write(row)
    book.begin("Số liệu và mẫu số", CSV_HEADER)
    for row in long_rows(content):
        book.write(row)
    if view.restatement is not None:
        book.begin("Thay đổi sau công bố", ("Nhóm", "Chỉ tiêu", "Đã công bố", "Hiện nay"))
        for one in view.restatement.differences:
            book.write((one.label, DEFINITIONS[one.key].name[0], text_of(one.published), text_of(one.now)))
        _write_moves(view.restatement.moves, book)
    book.begin("Cách tính", ("Chỉ tiêu", "Tên", "Công thức", "Căn cứ"))
    for key in dict.fromkeys(key for table in content.tables for key in table.figures):
        one_meaning = DEFINITIONS[key]
        book.write((key, one_meaning.name[0], one_meaning.formula[0], one_meaning.citation))
    book.close()


def _write_moves(moves: Sequence[MovedDeadline], book: Workbook) -> None:
    if not moves:
        return
    book.begin("Thời hạn đã đổi", ("Hồ sơ", "Thời hạn", "Hạn cũ", "Hạn mới", "Theo quyết định"))
    for move in moves:
        dates = (written.moment(move.due_before), written.moment(move.due_after))
        book.write((move.dossier, f"{move.clock} {CLOCKS[move.clock][0]}", *dates, move.number))


def report_csv(content: Content) -> AsyncIterator[bytes]:
    """Write every figure as a row."""

    async def rows() -> AsyncIterator[Row]:
        for row in long_rows(content):
            yield row

    return csv_stream(CSV_HEADER, rows())


def in_a_folder() -> tempfile.TemporaryDirectory[str]:
    """Make a folder for one file, which goes with it."""
    return tempfile.TemporaryDirectory(prefix="postal-report-")


def _data(view: ReportView, template: Template, issuer: dict[str, str]) -> Data:
    content = view.content
    report = read_report(content.report)
    title = NAMES[report.kind][0]
    return {
        "title": f"{title} {content.report}",
        "author": issuer["name"],
        "issuer": issuer,
        "number": content.report,
        "day": written.day(view.published.published_at if view.published else content.as_of),
        "words": {**template.words, "title": title},
        "footer": f"{content.report} · {content.query_version} · {template.source}",
        "facts": _facts(view),
        "tables": [_table(each) for each in content.tables if each.lines],
        "restated": _restated(view),
    }


def _facts(view: ReportView) -> list[list[str]]:
    content, published = view.content, view.published
    report = read_report(content.report)
    rows = [
        ["Kỳ báo cáo", report.period.name[0]],
        ["Đơn vị", f"{content.name} ({content.organisation})"],
        ["Số liệu tính đến", written.moment(content.as_of)],
    ]
    if published is not None:
        rows.append(["Công bố lúc", written.moment(published.published_at)])
        rows.append(["Mã băm trong sổ cái", published.digest])
    else:
        rows.append(["Trạng thái", "TẠM THỜI, kỳ chưa kết thúc" if content.provisional else "CHƯA CÔNG BỐ"])
    return rows


def _table(table: Table) -> Data:
    whole = whole_of(table)
    keys = columns_of(table)
    return {
        "title": TABLES[table.key][0],
        "whole": [
            [name_of(key), text_of(whole.figure(key)), basis_text(whole.figure(key))] for key in table.figures
        ]
        if whole
        else [],
        "columns": [name_of(key) for key in keys],
        "lines": [
            [line.label, *(text_of(line.figure(key)) for key in keys)]
            for line in table.lines
            if line.by != "all"
        ],
    }


def _restated(view: ReportView) -> list[list[str]]:
    if view.restatement is None:
        return []
    return [
        [one.label, DEFINITIONS[one.key].name[0], text_of(one.published), text_of(one.now)]
        for one in view.restatement.differences
    ]
