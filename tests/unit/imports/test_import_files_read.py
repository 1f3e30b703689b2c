"""Files as agencies make them: every sort of CSV, XLSX and JSON, and what each bad one is told."""

import unicodedata
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from integrations.imports.rules import (
    FileError,
    Format,
    Kind,
    Mapped,
    Mapper,
    Profile,
    ProfileError,
    RawRow,
    Reader,
    RowError,
    Torn,
    format_of,
    read_profile,
)
from integrations.imports.rules.packages import refuse_package
from integrations.imports.rules.profile import Dates, Table
from integrations.imports.service.profiles import shipped
from tests.factories.importing import code_of, csv_file, dossier_row, event_row, saved, xlsx_file

STANDARD = Profile(code="standard_dossiers", kind=Kind.DOSSIERS, title="Thử")
EVENTS = Profile(code="standard_events", kind=Kind.EVENTS, title="Thử")
ROWS = [dossier_row(1), dossier_row(2, **{"Địa chỉ": 'Ngõ 1, "Lê Lợi"\nHuế; TP'})]


def read(data, profile=STANDARD):
    reader = Reader(data, format_of(data), profile)
    mapper = Mapper(profile, reader.located)
    return [row.error if isinstance(row, Torn) else mapper.map(row) for row in reader.take(10_000)]


def codes(data, profile=STANDARD):
    return [(each.row, each.code, each.heading) for each in read(data, profile) if isinstance(each, RowError)]


def refused(data, profile=STANDARD):
    with pytest.raises(FileError) as caught:
        read(data, profile)
    assert caught.value.error.vi
    assert caught.value.error.en
    return caught.value.error.code


def renamed(rows, change):
    return [{change(name): value for name, value in row.items()} for row in rows]


def plain(text):
    apart = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return apart.encode("ascii", "ignore").decode()


WRITTEN = {
    "comma": csv_file(ROWS),
    "semicolon": csv_file(ROWS, delimiter=";"),
    "tab": csv_file(ROWS, delimiter="\t", encoding="utf-8"),
    "no mark": csv_file(ROWS, encoding="utf-8"),
    "utf-16": csv_file(ROWS, encoding="utf-16"),
    "old line ends": csv_file(ROWS, end="\n"),
    "decomposed": unicodedata.normalize("NFD", csv_file(ROWS).decode()).encode(),
    "no diacritics": csv_file(renamed(ROWS, plain)),
    "upper case": csv_file(renamed(ROWS, str.upper)),
    "run together": csv_file(renamed(ROWS, lambda name: name.title().replace(" ", ""))),
    "blank lines": csv_file(ROWS).replace(b"\r\n" + b"H57", b"\r\n\r\n" + b",,,\r\nH57"),
    "xlsx": xlsx_file(ROWS),
    "xlsx under a title": xlsx_file(ROWS, above=[["SỞ NỘI VỤ"], [], ["DANH SÁCH HỒ SƠ"]]),
}


@pytest.mark.parametrize("how", WRITTEN)
def test_files_of_every_make_say_the_same(how):
    found = [each for each in read(WRITTEN[how]) if isinstance(each, Mapped)]
    assert [each.subject for each in found] == [code_of(1), code_of(2)]
    assert [each.registering for each in found] == [each.registering for each in read(WRITTEN["comma"])]
    assert found[1].registering.applicant.address == 'Ngõ 1, "Lê Lợi"\nHuế; TP'
    assert found[0].registering.lines[0].must_return


def test_windows_1258_is_read_only_where_the_profile_says_so():
    written = b"".join(_vietnamese_1258(sign) for sign in csv_file([dossier_row(1)]).decode("utf-8-sig"))
    assert refused(written) == "import.encoding"
    profile = Profile(
        code="cu", kind=Kind.DOSSIERS, title="Thử", table=Table(encoding="windows-1258", delimiter=",")
    )
    [found] = read(written, profile)
    assert found.registering.applicant.name == "Nguyễn Thị Mẫu 1"


def _vietnamese_1258(sign):
    """Write a letter as that page of codes does: with its tone as a sign of its own."""
    try:
        return sign.encode("cp1258")
    except UnicodeEncodeError:
        apart = unicodedata.normalize("NFD", sign)
        tones = "".join(mark for mark in apart if mark in "\u0300\u0301\u0303\u0309\u0323")
        base = unicodedata.normalize("NFC", "".join(mark for mark in apart if mark not in tones))
        return base.encode("cp1258") + tones.encode("cp1258")


def test_wrong_encoding_is_told_with_row_and_byte():
    data = csv_file(ROWS, encoding="utf-8")
    place = data.index("Nguyễn".encode()) + 4
    with pytest.raises(FileError) as caught:
        read(data[:place] + b"\xff" + data[place:])
    assert (caught.value.error.code, caught.value.error.row) == ("import.encoding", 2)
    assert f"byte {place + 1}" in caught.value.error.en
    assert refused(csv_file(ROWS, encoding="utf-16")[:-1]) == "import.encoding"


def test_each_bad_row_of_a_csv_is_told_and_the_rows_around_it_are_read():
    lines = csv_file([dossier_row(number) for number in range(1, 9)]).decode("utf-8-sig").splitlines()
    lines[2] = lines[2][:40]
    lines[3] = '"' + lines[3]
    lines[4] += ",thừa"
    lines[5] = lines[5].replace("0912", "091\0")
    lines[6] = lines[6].replace("Cả hai", "Ba chiều")
    lines[7] = lines[7].replace("20/11/2026", "11/20/2026")
    lines.append("Tổng cộng: 8 hồ sơ" + "," * lines[0].count(","))
    data = "\n".join(lines).encode()
    assert codes(data) == [
        (3, "row.torn", None),
        (4, "row.torn", None),
        (5, "row.torn", None),
        (6, "row.torn", None),
        (7, "cell.word_unknown", "Hình thức bưu chính"),
        (8, "cell.date_other_order", "Ngày đăng ký"),
        (10, "cell.missing", "Mã thủ tục"),
    ]
    found = [each for each in read(data) if isinstance(each, RowError)]
    said = next(each for each in found if each.code == "cell.date_other_order")
    assert "20/11/2026" in said.vi
    assert "dd/MM/yyyy" in said.vi


def test_a_heading_that_fits_twice_or_not_at_all_refuses_the_file():
    assert refused(csv_file([dict(list(dossier_row(1).items())[:3])])) == "import.columns_missing"
    assert refused(csv_file([dossier_row(1) | {"Số hồ sơ": "1"}])) == "import.column_twice"
    assert refused(b"\xef\xbb\xbf") == "import.empty"
    merged = Workbook()
    merged.active.append(["Mã hồ sơ", "Thủ tục", "Người nộp", None])
    merged.active.append([None, None, "Họ tên người nộp", "Số điện thoại"])
    merged.active.merge_cells("C1:D1")
    assert refused(saved(merged)) == "import.columns_missing"


def test_a_workbook_gives_values_of_the_chosen_sheet_with_hidden_columns_and_says_what_it_left():
    book = Workbook()
    book.active.title = "Bìa"
    sheet = book.create_sheet("Số liệu")
    names = list(event_row(1, "", ""))
    sheet.append([*names, "Ngày hẹn trả"])
    sheet.append([code_of(1), "tiếp nhận", 46349.5, 46353])
    sheet.append([code_of(2), "Tiếp nhận", "23/11/2026", "#REF!"])
    sheet.append([code_of(3), "Tiếp nhận", "=1/0", None])
    sheet.column_dimensions["C"].hidden = True
    sheet.cell(3_000, 1).number_format = "@"
    profile = Profile(code="so_lieu", kind=Kind.EVENTS, title="Thử", table=Table(sheet="Số liệu"))
    reader = Reader(saved(book), Format.XLSX, profile)
    assert "Bìa" in reader.warnings[0].vi
    found = read(saved(book), profile)
    assert found[0].events[0].at.isoformat() == "2026-11-23T05:00:00+00:00"
    assert found[0].events[0].body == {"due": "2026-11-27T10:00:00+00:00"}
    # A formula whose value nobody computed is an empty cell.
    assert [(each.row, each.code) for each in found[1:]] == [(3, "cell.formula_error"), (4, "cell.missing")]
    assert refused(saved(book), EVENTS) == "import.empty"
    assert refused(xlsx_file(ROWS), profile) == "import.sheet_missing"


def test_a_phone_that_lost_its_first_zero_is_told():
    assert codes(xlsx_file([dossier_row(1, **{"Số điện thoại": 912345678})])) == [
        (2, "cell.number_for_text", "Số điện thoại")
    ]


def package(**parts):
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        for name, data in {
            "[Content_Types].xml": b"<Types/>",
            "xl/workbook.xml": b"<workbook/>",
            **parts,
        }.items():
            archive.writestr(name, data)
    return written.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (package(**{"xl/vbaProject.bin": b"x"}), "import.macros"),
        (package(**{"xl/externalLinks/externalLink1.xml": b"<x/>"}), "import.external_links"),
        (package(**{"xl/worksheets/sheet1.xml": b" " * (3 << 20)}), "import.bomb"),
        (package(**{f"xl/{n}.xml": b"<x/>" for n in range(1_001)}), "import.bomb"),
        (package(**{"xl/styles.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'}), "import.broken"),
        (package()[:-30], "import.broken"),
        (b"PK\x03\x04 and then nothing", "import.broken"),
        (package() + b"\0" * 70_000, "import.broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "import.encrypted"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 workbook", "import.old_spreadsheet"),
        (b"%PDF-1.7", "import.not_a_table"),
    ],
)
def test_what_must_not_be_opened_is_refused_before_it_is(data, code):
    with pytest.raises(FileError) as caught:
        refuse_package(data if format_of(data) is Format.XLSX else b"")
    assert caught.value.error.code == code


def test_a_workbook_with_a_broken_inside_is_told():
    assert refused(package()) == "import.broken"


def test_json_is_a_list_of_objects_or_one_a_line():
    one = '{"code":"%s","kind":"received","occurred_at":"2026-11-23T08:00","items":[1],"la":"?"}'
    for text in (
        "[" + one % code_of(1) + "," + one % code_of(2) + "]",
        one % code_of(1) + "\n\n" + one % code_of(2),
    ):
        assert [each.subject for each in read(text.encode(), EVENTS)] == [code_of(1), code_of(2)]
    torn = (one % code_of(1) + "\n{torn\n" + one % code_of(2)).encode()
    assert codes(torn, EVENTS) == [(2, "row.torn", None)]
    assert refused(b'[{"code":', EVENTS) == "import.json"
    assert refused(b"[1,2]", EVENTS) == "import.empty"


def test_reading_goes_on_from_any_place():
    data = csv_file([dossier_row(number) for number in range(1, 101)])
    whole = Reader(data, Format.CSV, STANDARD).take(200)
    for place in (0, 1, 60, 100):
        reader = Reader(data, Format.CSV, STANDARD)
        reader.go_to(place)
        assert reader.take(200) == whole[place:]
    assert all(isinstance(row, RawRow) for row in whole)


def test_an_escaped_cell_of_our_own_export_is_read_back():
    assert read(csv_file([dossier_row(1, **{"Số điện thoại": "'+84 912 345 678"})]))[
        0
    ].registering.applicant.phone == ("+84 912 345 678")


@pytest.mark.parametrize(
    "wrong",
    [
        "code = 1",
        'colour = "red"',
        '[columns]\nname_of_dog = ["Chó"]',
        '[values.service_mode]\n"hai" = "two"',
        '[dates]\nformats = ["dd/MM/yyyy", "MM/dd/yyyy"]',
        '[numbers]\nthousands = ","\ndecimal = ","',
        '[table]\nencoding = "latin-1"',
        "not toml",
    ],
)
def test_a_profile_that_nothing_could_be_read_by_is_refused(wrong):
    with pytest.raises(ProfileError):
        read_profile(
            'kind = "dossiers"\ntitle = "Thử"\n' + ("" if "code" in wrong else 'code = "thu"\n') + wrong
        )


def test_the_profiles_that_ship_can_be_used_and_the_portals_states_are_ours():
    assert set(shipped()) >= {"standard_dossiers", "standard_events", "standard_results", "portal_events"}
    rows = [{"MaHoSo": code_of(1), "TrangThai": 2, "ThoiDiemXuLy": "20261123081500", "NguoiXuLy": "ai đó"}]
    [found] = read(csv_file(rows), shipped()["portal_events"])
    assert (found.events[0].kind, found.events[0].at.isoformat()) == ("received", "2026-11-23T01:15:00+00:00")


def test_a_column_in_the_order_of_the_profile_reads_month_first():
    profile = Profile(code="my", kind=Kind.EVENTS, title="Thử", dates=Dates(formats=("MM/dd/yyyy",)))
    [found] = read(csv_file([event_row(1, "received", "11/23/2026")]), profile)
    assert found.at.isoformat() == "2026-11-22T17:00:00+00:00"
