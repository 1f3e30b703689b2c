"""What a row becomes: a registration or events, as the API would read them; or which cell is wrong and what to do."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct, structs

from integrations.case_logs.rules import stable_id
from integrations.imports.rules.dates import DateError, Moment, from_serial, read_moment
from integrations.imports.rules.fields import FIELDS, Field, folded
from integrations.imports.rules.model import Cell, Kind, RawRow, RowError
from integrations.imports.rules.numbers import read_number
from integrations.imports.rules.profile import Located, Profile
from postal.instants import utc
from shipments.dossiers.rules import Applicant, CaseKind, Line, Registering
from shipments.dossiers.schemas import NewDossier, NewEvent

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST = 2_000
RANKS = {kind: rank for rank, kind in enumerate(CaseKind)}
PIECE_RANK = 0xFFE
SHORT_PHONE = 9
_COUNTED = re.compile(r"(.+?)(?:\s+[x×]\s*([0-9.,]+))?", re.IGNORECASE | re.DOTALL)


class Event(Struct, frozen=True, kw_only=True):
    """One event that a row states, with an id that is the same at every import."""

    id: UUID
    kind: CaseKind
    at: datetime
    body: dict[str, Any]


class Mapped(Struct, frozen=True, kw_only=True):
    """What a row says, about which dossier, and when."""

    row: int
    subject: str
    at: datetime
    registering: Registering | None = None
    events: tuple[Event, ...] = ()
    both_ways: tuple[str, ...] = ()


class _Wrong(Exception):
    def __init__(self, field: str, code: str, vi: str, en: str) -> None:
        super().__init__(code)
        self.field, self.code, self.vi, self.en = field, code, vi, en


class Mapper:
    """Maps the rows of one file."""

    def __init__(self, profile: Profile, located: Located) -> None:
        self._profile = profile
        self._columns = located.columns
        self._headings = located.headings
        self._fields = FIELDS[profile.kind]
        self._words = {each.name: profile.words_of(each) for each in self._fields if each.words}

    def map(self, row: RawRow) -> Mapped | RowError:
        """Map a row, or say which cell is wrong."""
        try:
            values, both_ways = self._values(row)
            subject = values.pop("code")
            if self._profile.kind is Kind.DOSSIERS:
                return self._dossier(row.number, subject, values, both_ways)
            return self._events(row.number, subject, values, both_ways)
        except _Wrong as wrong:
            return RowError(
                row=row.number,
                code=wrong.code,
                vi=wrong.vi,
                en=wrong.en,
                heading=self.heading_of(wrong.field),
            )

    def heading_of(self, field: str) -> str | None:
        """Give the heading under which a field stands in this file."""
        place = self._columns.get(field)
        return None if place is None else self._headings[place].name

    def _values(self, row: RawRow) -> tuple[dict[str, Any], tuple[str, ...]]:
        values: dict[str, Any] = {}
        both_ways = []
        for each in self._fields:
            place = self._columns.get(each.name)
            cell = row.cells[place] if place is not None else None
            if cell is None or (isinstance(cell, str) and not cell.strip()):
                cell = self._profile.defaults.get(each.name)
            if cell is None:
                if each.required:
                    raise _Wrong(
                        each.name,
                        "cell.missing",
                        f"Thiếu “{each.headings[0]}”; hãy điền ô này, hoặc xóa dòng nếu không phải dữ liệu.",
                        f"“{each.headings[1]}” is missing; fill it in, or delete the row if it holds no data.",
                    )
                continue
            value = self._value(each, cell)
            if isinstance(value, Moment):
                if value.both_ways:
                    both_ways.append(each.name)
                value = value.at
            values[each.name] = value
        return values, tuple(both_ways)

    def _value(self, field: Field, cell: Cell) -> Any:
        if field.holds in {"moment", "promise"}:
            return self._moment(field, cell)
        if field.holds in {"choice", "truth"}:
            return self._choice(field, cell)
        if field.holds == "phone" and isinstance(cell, int | float):
            if len(str(int(cell))) <= SHORT_PHONE:
                raise _Wrong(
                    field.name,
                    "cell.number_for_text",
                    f"“{field.headings[0]}” đang là kiểu số nên mất số 0 ở đầu; hãy đổi ô sang "
                    "kiểu Văn bản và nhập lại.",
                    f"“{field.headings[1]}” is a number and has lost its leading 0; make the cell "
                    "text and type it again.",
                )
            return str(int(cell))
        text = _plain(cell)
        if len(text) > LONGEST:
            raise _bad(field)
        if field.holds == "papers":
            return self._papers(field, text)
        if field.holds == "numbers":
            try:
                parts = re.split(r"[;,\s]+", text.strip(" ;,"))
                return tuple(read_number(part, self._profile.numbers) for part in parts)
            except ValueError as error:
                raise _bad(field) from error
        return text.upper() if field.holds == "code" and field.name != "code" else text

    def _moment(self, field: Field, cell: Cell) -> Moment:
        dates = self._profile.dates
        day_at = dates.promised_at if field.holds == "promise" else dates.day_at
        try:
            if isinstance(cell, int | float) and not isinstance(cell, bool):
                return from_serial(cell, day_at=day_at)
            return read_moment(_plain(cell), dates.formats, day_at=day_at)
        except DateError as error:
            shown = _plain(cell)[:30]
            first = dates.formats[0] if dates.formats else "yyyy-MM-dd"
            if error.swapped is None:
                raise _Wrong(
                    field.name,
                    "cell.date",
                    f"“{shown}” không phải ngày dạng {first}; hãy sửa ô này.",
                    f"“{shown}” is no date written as {first}; mend the cell.",
                ) from error
            raise _Wrong(
                field.name,
                "cell.date_other_order",
                f"“{shown}” không đọc được theo {first}; nếu viết tháng trước thì là {error.swapped:%d/%m/%Y}. "
                "Hệ thống không tự đoán: hãy sửa ô cho đúng thứ tự.",
                f"“{shown}” does not fit {first}; with the other order it would be {error.swapped:%Y-%m-%d}. "
                "Nothing is guessed: write the cell in the right order.",
            ) from error

    def _choice(self, field: Field, cell: Cell) -> Any:
        code = self._words[field.name].get(folded(_plain(cell)))
        if code is None:
            known = ", ".join(said[0] for said in field.words.values() if said)
            raise _Wrong(
                field.name,
                "cell.word_unknown",
                f"Chữ ở cột “{field.headings[0]}” chưa có trong danh mục; dùng một trong: {known}; hoặc thêm chữ của "
                "đơn vị vào cấu hình nhập.",
                f"The word under “{field.headings[1]}” is not known; use one of {', '.join(field.words)}, or add yours "
                "to the profile.",
            )
        return code == "true" if field.holds == "truth" else code

    def _papers(self, field: Field, text: str) -> tuple[tuple[str, int], ...]:
        papers = []
        for part in re.split(r"[;\n]", text):
            if not part.strip():
                continue
            matched = _COUNTED.fullmatch(part.strip())
            try:
                count = read_number(matched[2], self._profile.numbers) if matched and matched[2] else 1
            except ValueError as error:
                raise _bad(field) from error
            papers.append((matched[1].strip() if matched else part.strip(), count))
        return tuple(papers)

    def _dossier(self, row: int, subject: str, values: dict[str, Any], both_ways: tuple[str, ...]) -> Mapped:
        applicant = {
            name.removeprefix("applicant."): values.pop(name)
            for name in list(values)
            if name.startswith("applicant.")
        }
        lines = [
            {"name": name, "form": form, "copies": copies, "to_return": form == "original"}
            for field, form in (("originals", "original"), ("copies", "copy"))
            for name, copies in values.pop(field, ())
        ]
        new = self._converted({**values, "code": subject, "applicant": applicant, "lines": lines}, NewDossier)
        at = utc(new.registered_at) if new.registered_at else None
        return Mapped(
            row=row,
            subject=subject,
            at=at or EPOCH,
            registering=_registering(new, subject, at),
            both_ways=both_ways,
        )

    def _events(self, row: int, subject: str, values: dict[str, Any], both_ways: tuple[str, ...]) -> Mapped:
        said = list(self._stated(values))
        if not said:
            raise _Wrong(
                "completed_at",
                "row.nothing_said",
                "Dòng không có ngày nào; hãy điền ngày có kết quả hoặc xóa dòng.",
                "The row has no date; fill one in or delete the row.",
            )
        events = tuple(_event(self._converted(each, NewEvent), subject) for each in said)
        return Mapped(row=row, subject=subject, at=events[0].at, events=events, both_ways=both_ways)

    def _stated(self, values: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if self._profile.kind is Kind.EVENTS:
            yield values
            return
        for name, kind in (
            ("completed_at", CaseKind.COMPLETED),
            ("result_at_desk_at", CaseKind.RESULT_AT_DESK),
        ):
            if name in values:
                yield {"kind": kind.value, "occurred_at": values[name]}

    def _converted(self, values: dict[str, Any], model: type[Any]) -> Any:
        try:
            return msgspec.convert(values, model)
        except msgspec.ValidationError as error:
            field = self._field_in(str(error))
            raise _bad(field) from error

    def _field_in(self, message: str) -> Field:
        """Find the field that a message of the reader names; the last of them where it names none of ours."""
        path = message.rpartition("`$.")[2].rstrip("`")
        if path.startswith("lines"):
            path = "originals"
        found = next((each for each in self._fields if path.startswith(each.name)), None)
        return found or self._fields[0]


def _registering(new: NewDossier, code: str, at: datetime | None) -> Registering:
    return Registering(
        procedure=new.procedure,
        authority=new.authority,
        desk=new.desk,
        office=new.office,
        service_mode=new.service_mode,
        code=code,
        applicant=Applicant(**structs.asdict(new.applicant)),
        lines=tuple(Line(number=n, **structs.asdict(line)) for n, line in enumerate(new.lines, 1)),
        registered_at=at,
        channel=new.channel,
        consent=new.consent,
        # Of the same instant, a dossier's registration stands before everything else that is said of it.
        id=stable_id(at, RANKS[CaseKind.REGISTERED], "import", code, "registered") if at else None,
        piece_id=stable_id(at, PIECE_RANK, "import", code, "piece") if at else None,
    )


def _event(new: NewEvent, subject: str) -> Event:
    at = utc(new.occurred_at) if new.occurred_at else EPOCH
    fields = {
        "due": utc(new.due).isoformat() if new.due else None,
        "step": new.step,
        "unit": new.unit,
        "reason": new.reason,
        "apology": new.apology,
        "override": new.override,
        "decision": new.decision,
        "items": list(new.items) or None,
    }
    return Event(
        kind=new.kind,
        at=at,
        id=stable_id(at, RANKS[new.kind], "import", subject, new.kind.value, at.isoformat()),
        body={name: value for name, value in fields.items() if value is not None},
    )


def _plain(cell: Cell) -> str:
    if isinstance(cell, float) and cell == int(cell):
        return str(int(cell))
    return str(cell).strip()


def _bad(field: Field) -> _Wrong:
    return _Wrong(
        field.name,
        "cell.invalid",
        f"Ô “{field.headings[0]}” không đúng quy định{f' (ví dụ: {field.example})' if field.example else ''}; "
        "hãy sửa ô này.",
        f"“{field.headings[1]}” is not as it must be{f' (such as {field.example})' if field.example else ''}; mend "
        "the cell.",
    )
