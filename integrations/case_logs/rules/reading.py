"""Reading a delimited file as it comes: with or without a BOM, in one of several encodings, torn or not."""

import codecs
import csv
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from integrations.case_logs.rules.profile import Table

SNIFFED = 65_536


class LogError(ValueError):
    """A file that cannot be read at all, with a sentence in each language."""

    def __init__(self, code: str, *, vi: str, en: str) -> None:
        super().__init__(en)
        self.code, self.vi, self.en = code, vi, en


class Refusal(Struct, frozen=True, kw_only=True):
    """A row that is not taken, by line and column. The value is not kept: it may hold anything."""

    line: int
    column: str | None
    code: str
    vi: str
    en: str


class Row(Struct, frozen=True):
    """The fields of one row by column, and the line on which it ends."""

    line: int
    fields: dict[str, str]


class Dialect(Struct, frozen=True):
    """How a file is written."""

    encoding: str
    delimiter: str


def sniff(chunks: Iterable[bytes], table: Table, columns: Sequence[str]) -> Dialect:
    """Find the encoding that the whole file fits and the delimiter that splits its header into our columns."""
    decoders = {name: codecs.getincrementaldecoder(name)() for name in table.encodings}
    begin = b""
    for chunk in chunks:
        begin += chunk[: max(SNIFFED - len(begin), 0)]
        for name in list(decoders):
            try:
                decoders[name].decode(chunk)
            except UnicodeDecodeError:
                del decoders[name]
    for name in list(decoders):
        try:
            decoders[name].decode(b"", final=True)
        except UnicodeDecodeError:
            # A file that was cut within a letter: the rest of it is still in this encoding.
            continue
    if not decoders:
        raise LogError(
            "log.encoding",
            vi=f"Tệp không đọc được bằng bảng mã nào trong: {', '.join(table.encodings)}",
            en=f"The file fits none of the encodings {', '.join(table.encodings)}",
        )
    encoding = next(name for name in table.encodings if name in decoders)
    header = begin.decode(encoding, errors="replace").splitlines()[:1]
    return Dialect(encoding, _delimiter(header[0] if header else "", table.delimiters, columns))


def _delimiter(header: str, delimiters: Sequence[str], columns: Sequence[str]) -> str:
    found = {
        each: {name.strip() for name in next(csv.reader([header], delimiter=each), [])} for each in delimiters
    }
    best = max(delimiters, key=lambda each: len(found[each] & set(columns)))
    missing = [column for column in columns if column not in found[best]]
    if missing:
        raise LogError(
            "log.columns",
            vi=f"Thiếu cột: {', '.join(missing)}",
            en=f"Columns missing: {', '.join(missing)}",
        )
    return best


def table_rows(lines: Iterable[str], delimiter: str) -> Iterator[Row | Refusal]:
    """Read the rows after the header; one that has not as many fields as the header is refused by line.

    A quote that is never closed would swallow the rest of the file, so line breaks within fields are not read.
    """
    header: list[str] | None = None
    for number, line in enumerate(lines, start=1):
        text = line.rstrip("\r\n")
        if not text.strip():
            continue
        try:
            fields = next(csv.reader([text], delimiter=delimiter, strict=True))
        except csv.Error:
            yield _torn(number)
            continue
        if header is None:
            header = [name.strip() for name in fields]
        elif len(fields) != len(header):
            yield _torn(number)
        else:
            yield Row(number, dict(zip(header, fields, strict=True)))


def _torn(line: int) -> Refusal:
    return Refusal(
        line=line,
        column=None,
        code="row.torn",
        vi="Dòng bị cắt hoặc sai số cột",
        en="The row is torn, or has another number of fields than the header",
    )
