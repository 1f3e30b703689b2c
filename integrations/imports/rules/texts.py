"""Rows of CSV and JSON as they come: in the encoding of the profile, torn or not, one at a time."""

import codecs
import csv
import unicodedata
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from typing import Any

import msgspec

from integrations.imports.rules.fields import FIELDS, folded
from integrations.imports.rules.model import MIB, Cell, FileError, RawRow, RowError, Torn
from integrations.imports.rules.profile import Profile

CODECS = {"utf-8": "utf-8", "utf-16": "utf-16", "windows-1258": "cp1258"}
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
DELIMITERS = (",", ";", "\t", "|")
CHUNK = 64 * 1024
ESCAPED = frozenset("=+-@\t|%")
LINES_OF_A_CELL = 30
LONGEST_LINE = 100_000
LARGEST_JSON = 8 * MIB


def encoding_of(data: bytes, profile: Profile) -> str:
    """Find the encoding and hold the whole file against it; raises FileError with the row and byte that do not fit."""
    encoding = next((name for mark, name in BOMS if data.startswith(mark)), CODECS[profile.table.encoding])
    decoder = codecs.getincrementaldecoder(encoding)()
    at = 0
    for at in range(0, len(data), CHUNK):
        try:
            decoder.decode(data[at : at + CHUNK])
        except UnicodeDecodeError as error:
            raise _undecodable(data, at + error.start, encoding) from error
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise _undecodable(data, len(data) - 1, encoding) from error
    return encoding


def _undecodable(data: bytes, byte: int, encoding: str) -> FileError:
    row = data.count(b"\n", 0, byte) + 1
    return FileError(
        "import.encoding",
        vi=f"Tệp không phải bảng mã {encoding}: sai ở dòng {row}, byte {byte + 1}. Hãy lưu lại dạng “CSV UTF-8”, "
        "hoặc khai bảng mã của tệp trong cấu hình nhập.",
        en=f"The file is not {encoding}: row {row}, byte {byte + 1}. Save it as “CSV UTF-8”, or state its encoding "
        "in the profile.",
        row=row,
    )


def csv_rows(data: bytes, profile: Profile) -> Iterator[RawRow | Torn]:
    """Read the rows of a CSV; a quote that is never closed takes one row and not the rest of the file."""
    encoding = encoding_of(data, profile)
    delimiter = profile.table.delimiter or _delimiter(data, encoding, profile)
    lines = enumerate(TextIOWrapper(BytesIO(data), encoding, newline=""), start=1)
    waiting: list[tuple[int, str]] = []
    while True:
        number, text = waiting.pop(0) if waiting else next(lines, (0, ""))
        if not number:
            return
        ahead: list[tuple[int, str]] = []
        whole = text
        while whole.count('"') % 2 and len(ahead) < LINES_OF_A_CELL and len(whole) < LONGEST_LINE:
            following = waiting.pop(0) if waiting else next(lines, (0, ""))
            if not following[0]:
                break
            ahead.append(following)
            whole += following[1]
        if whole.count('"') % 2:
            waiting = ahead + waiting
            yield _torn(number, text)
            continue
        yield _row(number, whole, delimiter)


def _row(number: int, text: str, delimiter: str) -> RawRow | Torn:
    if "\0" in text or len(text) > LONGEST_LINE:
        return _torn(number, text)
    plain = unicodedata.normalize("NFC", text).rstrip("\r\n")
    try:
        cells = next(
            csv.reader(
                [plain] if "\n" not in plain else plain.splitlines(keepends=True),
                delimiter=delimiter,
                strict=True,
            ),
            [],
        )
    except csv.Error:
        return _torn(number, text)
    return RawRow(number, tuple(_unescaped(cell) or None for cell in cells))


def _unescaped(cell: str) -> str:
    """Take off the apostrophe by which a table of ours keeps a spreadsheet program from running a cell."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ESCAPED else cell


def _torn(number: int, text: str) -> Torn:
    error = RowError(
        row=number,
        code="row.torn",
        vi="Dòng bị cắt hoặc dấu ngoặc kép không đóng; hãy sửa dòng này.",
        en="The row is torn, or a quote in it is never closed; mend it.",
    )
    return Torn(error, (text.replace("\0", "")[:1_000].rstrip("\r\n"),))


def _delimiter(data: bytes, encoding: str, profile: Profile) -> str:
    """Take the delimiter that splits a line into most of our headings; two that do as well are none."""
    head = data[:CHUNK].decode(encoding, errors="ignore").splitlines()[:15]
    known = set().union(*(profile.headings_of(each) for each in FIELDS[profile.kind]))

    def found(delimiter: str) -> int:
        rows = (next(csv.reader([line], delimiter=delimiter), []) for line in head)
        return max((len({folded(cell) for cell in row} & known) for row in rows), default=0)

    counts = {each: found(each) for each in DELIMITERS}
    best = max(counts.values())
    fitting = [each for each, count in counts.items() if count == best]
    if best > 1 and len(fitting) > 1:
        raise FileError(
            "import.delimiter",
            vi="Không rõ dấu phân cách cột của tệp; hãy khai dấu phân cách trong cấu hình nhập.",
            en="It is not clear what separates the columns; state it in the profile.",
        )
    return fitting[0]


def json_rows(data: bytes, profile: Profile) -> Iterator[RawRow | Torn]:
    """Read a list of objects, or one object a line; their names are the headings, as those of a first row."""
    encoding_of(data, profile)
    plain = data.removeprefix(codecs.BOM_UTF8)
    if plain.lstrip().startswith(b"["):
        if len(plain) > LARGEST_JSON:
            raise FileError(
                "import.json_too_large",
                vi="Danh sách JSON quá 8 MiB; hãy gửi mỗi đối tượng một dòng (JSON Lines), hoặc CSV.",
                en="A JSON list over 8 MiB; send one object a line (JSON Lines), or CSV.",
            )
        try:
            objects = msgspec.json.decode(plain, type=list[Any])
        except (msgspec.DecodeError, RecursionError) as error:
            raise _no_json() from error
    else:
        yield from _json_lines(plain)
        return
    numbered = list(enumerate(objects, start=1))
    names = list(dict.fromkeys(name for _, each in numbered if isinstance(each, dict) for name in each))
    yield RawRow(0, tuple(names))
    for number, each in numbered:
        yield _from_object(number, each, names)


def _json_lines(plain: bytes) -> Iterator[RawRow | Torn]:
    names: list[str] = []
    for number, line in enumerate(BytesIO(plain), start=1):
        if not line.strip():
            continue
        try:
            each = msgspec.json.decode(line)
        except (msgspec.DecodeError, RecursionError):
            each = None
        if not names:
            if not isinstance(each, dict):
                raise _no_json()
            names = list(each)
            yield RawRow(0, tuple(names))
        yield _from_object(number, each, names)


def _from_object(number: int, each: Any, names: list[str]) -> RawRow | Torn:
    if not isinstance(each, dict):
        return _torn(number, str(each))
    return RawRow(number, tuple(_cell(each.get(name)) for name in names))


def _cell(value: Any) -> Cell:
    if isinstance(value, list):
        return "; ".join(str(item) for item in value)
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value.replace("\0", "")) or None
    return value if isinstance(value, int | float | bool) or value is None else str(value)


def _no_json() -> FileError:
    return FileError(
        "import.json",
        vi="Tệp không phải JSON: cần một danh sách đối tượng, hoặc mỗi dòng một đối tượng.",
        en="The file is no JSON: it takes a list of objects, or one object a line.",
    )
