import asyncio
import csv
import unicodedata
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal.web import spreadsheets
from postal.web.spreadsheets import BOM, Workbook, csv_stream, file_stream, safe_cell

NOW = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
HOSTILE = [
    "=1+1",
    "+84912345678",
    "-2+3",
    "@SUM(A1)",
    "\tx",
    "\r=x",
    "\n=x",
    "=cmd|' /C calc'!A0",
    "+1",
    "%0A",
]


async def rows_of(*rows):
    for row in rows:
        yield row


async def joined(stream):
    return b"".join([piece async for piece in stream])


def read_csv(content):
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", HOSTILE)
def test_what_looks_like_a_formula_begins_with_an_apostrophe(text):
    assert safe_cell(text).startswith("'")
    assert safe_cell(text)[1:] == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("text", ["", "Nguyễn Văn A", "1+1", "a=b", "000.00.12.H42-261122-0001", "'=1"])
def test_other_text_stays_as_it_is(text):
    assert safe_cell(text) == text


@given(st.text())
def test_no_text_begins_a_formula_and_all_is_nfc(text):
    made = safe_cell(text)
    assert not made.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert unicodedata.is_normalized("NFC", made)
    made.encode()


async def test_csv_keeps_rows_numbers_and_line_breaks():
    rows = [
        ("Hồ sơ “số 1”,\ndòng 2", -5, Decimal("99.50")),
        (None, True, NOW),
        ("=1+1", date(2026, 11, 24), 0),
    ]
    content = await joined(csv_stream(("tên", "số", "tỷ lệ"), rows_of(*rows)))
    assert content.startswith(BOM)
    assert read_csv(content) == [
        ["tên", "số", "tỷ lệ"],
        ["Hồ sơ “số 1”,\ndòng 2", "-5", "99.50"],
        ["", "true", "2026-11-22T11:30:00+07:00"],
        ["'=1+1", "2026-11-24", "0"],
    ]
    assert not (await joined(csv_stream(("a",), rows_of(), bom=False))).startswith(BOM)


async def test_csv_comes_in_pieces():
    long = ("x" * 1000,)
    pieces = [piece async for piece in csv_stream(("a",), rows_of(*[long] * 1000))]
    assert len(pieces) > 10
    assert max(map(len, pieces)) < 2 * spreadsheets.CHUNK


def test_text_in_a_workbook_is_text_and_times_are_local(tmp_path):
    path = tmp_path / "sổ.xlsx"
    book = Workbook(path, title="Sổ theo dõi", made_at=NOW)
    book.begin("Tháng 11/2026", ("mã", "số", "tỷ lệ", "lúc", "ngày", "đúng", "chuỗi số"))
    for text in [*HOSTILE, "https://example.org", "123", "Nguyễn\x00\ud800"]:
        book.write((text, 7, Decimal("0.50"), NOW, date(2026, 11, 24), True, 1234567890123456789))
    book.close()
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert sheet.title == "Tháng 11 2026"
    rows = list(sheet.iter_rows(min_row=2))
    assert all(row[0].data_type in {"s", "inlineStr"} for row in rows)
    assert [row[0].value for row in rows[:1] + rows[-3:]] == [
        "=1+1",
        "https://example.org",
        "123",
        "Nguyễn��",
    ]
    assert [cell.value for cell in rows[0][1:]] == [
        7,
        0.5,
        datetime(2026, 11, 22, 11, 30),  # noqa: DTZ001 - a cell has no zone
        datetime(2026, 11, 24),  # noqa: DTZ001
        True,
        "1234567890123456789",
    ]
    with zipfile.ZipFile(path) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_sheet_goes_on_in_another(tmp_path, monkeypatch):
    monkeypatch.setattr(spreadsheets, "SHEET_ROWS", 3)
    path = tmp_path / "long.xlsx"
    book = Workbook(path, title="", made_at=NOW)
    book.begin("Danh sách hồ sơ của đơn vị có tên rất dài", ("mã",))
    for number in range(5):
        book.write((number,))
    book.close()
    sheets = openpyxl.load_workbook(path).worksheets
    assert [[cell.value for (cell,) in sheet.iter_rows()] for sheet in sheets] == [
        ["mã", 0, 1],
        ["mã", 2, 3],
        ["mã", 4],
    ]
    assert all(len(sheet.title) <= spreadsheets.TITLE_SIGNS for sheet in sheets)


def test_rows_before_a_sheet_are_a_mistake(tmp_path):
    book = Workbook(tmp_path / "none.xlsx", title="", made_at=NOW)
    with pytest.raises(ValueError, match="begin"):
        book.write(("x",))
    book.begin("Một", ("x",))
    book.close()


def test_a_finished_file_streams_whole(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"x" * (spreadsheets.CHUNK + 1))
    assert asyncio.run(joined(file_stream(path))) == path.read_bytes()
