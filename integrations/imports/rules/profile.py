"""A profile tells how one organisation's files of one kind are read; it is data, and each change is a version."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import time
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, field

from integrations.imports.rules.dates import STANDARD, refuse_formats
from integrations.imports.rules.fields import FIELDS, Field, field_of, folded
from integrations.imports.rules.model import Cell, FileError, Heading, Kind
from integrations.imports.rules.numbers import Numbers

ProfileCode = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{1,39}$(?!\n)")]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Encoding = Literal["utf-8", "utf-16", "windows-1258"]
Delimiter = Literal[",", ";", "\t", "|"]
LOOKED_AT = 15
"""Rows in which the headings are looked for: titles often stand above them."""


class ProfileError(ValueError):
    """A profile that cannot be used, with the reason."""


class Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How files are written. Without `delimiter` the heading row must tell it; a byte-order mark always wins."""

    encoding: Encoding = "utf-8"
    delimiter: Delimiter | None = None
    sheet: Name | None = None


class Dates(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How dates are written; `day_at` and `promised_at` are the times of those that name a day alone."""

    formats: Annotated[tuple[Name, ...], Meta(max_length=20)] = STANDARD
    day_at: time = time(0, 0)
    promised_at: time = time(17, 0)


class Profile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Headings by field of ours, words by field and code of ours, and what holds where the file says nothing."""

    code: ProfileCode
    kind: Kind
    title: Name
    table: Table = field(default_factory=Table)
    dates: Dates = field(default_factory=Dates)
    numbers: Numbers = field(default_factory=Numbers)
    columns: dict[str, Annotated[tuple[Name, ...], Meta(max_length=20)]] = field(default_factory=dict)
    values: dict[str, dict[Name, str]] = field(default_factory=dict)
    defaults: dict[str, Name] = field(default_factory=dict)

    def headings_of(self, wanted: Field) -> frozenset[str]:
        """Every heading under which a field may stand, folded."""
        return frozenset(map(folded, (*self.columns.get(wanted.name, ()), *wanted.headings, wanted.name)))

    def words_of(self, wanted: Field) -> dict[str, str]:
        """Every word for a field's codes, folded; the profile's own come first."""
        words = {folded(word): code for code, said in wanted.words.items() for word in (code, *said)}
        return words | {folded(word): code for word, code in self.values.get(wanted.name, {}).items()}


def checked(profile: Profile) -> Profile:
    """Give a profile that can be used, or raise ProfileError."""
    try:
        refuse_formats(profile.dates.formats)
    except ValueError as error:
        raise ProfileError(str(error)) from error
    for name in (*profile.columns, *profile.values, *profile.defaults):
        if field_of(profile.kind, name) is None:
            raise ProfileError(f"there is no field {name} in a file of {profile.kind.value}")
    for name, words in profile.values.items():
        wanted = field_of(profile.kind, name)
        wrong = sorted(set(words.values()) - set(wanted.words if wanted else ()))
        if wrong:
            raise ProfileError(f"values.{name}: there is no code {', '.join(wrong)}")
    if profile.numbers.thousands == profile.numbers.decimal:
        raise ProfileError("numbers: thousands and decimal are the same sign")
    return profile


def read_profile(text: str) -> Profile:
    """Read a profile from TOML; raises ProfileError naming what is wrong with it."""
    try:
        return checked(msgspec.convert(tomllib.loads(text), Profile))
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ProfileError(str(error)) from error


def profile_from(body: Mapping[str, Any]) -> Profile:
    """Read a profile as it was stored."""
    return msgspec.convert(body, Profile)


class Located(Struct, frozen=True):
    """Where the fields stand: the place of the heading row among the rows looked at, and the column of each field."""

    place: int
    headings: tuple[Heading, ...]
    columns: dict[str, int]


def locate(rows: Sequence[Sequence[Cell]], profile: Profile) -> Located:
    """Find the heading row: of the first rows the one with most of our headings; raises FileError without them."""
    best = max(
        range(len(rows)), key=lambda place: (len(_columns(rows[place], profile)), -place), default=None
    )
    if best is None:
        raise FileError(
            "import.empty", vi="Tệp không có dòng nào; hãy chọn lại tệp.", en="The file has no rows."
        )
    found = _columns(rows[best], profile)
    fields = FIELDS[profile.kind]
    missing = [
        each.headings[0]
        for each in fields
        if each.required and each.name not in found and each.name not in profile.defaults
    ]
    if missing:
        named = ", ".join(missing)
        raise FileError(
            "import.columns_missing",
            vi=f"Thiếu cột: {named}. Hãy sửa tiêu đề cột như tệp mẫu (mỗi cột một ô, không gộp ô), hoặc thêm tên cột "
            "của đơn vị vào cấu hình nhập.",
            en=f"Columns missing: {named}. Name them as in the template (one cell each, none merged), or add your "
            "headings to the profile.",
        )
    _refuse_twice(rows[best], profile)
    taken = {place: name for name, place in found.items()}
    headings = tuple(
        Heading(name=_text(cell), field=taken.get(place)) for place, cell in enumerate(rows[best])
    )
    return Located(best, headings, found)


def _columns(row: Sequence[Cell], profile: Profile) -> dict[str, int]:
    names = [folded(_text(cell)) for cell in row]
    found: dict[str, int] = {}
    for wanted in FIELDS[profile.kind]:
        known = profile.headings_of(wanted)
        place = next((place for place, name in enumerate(names) if name and name in known), None)
        if place is not None and place not in found.values():
            found[wanted.name] = place
    return found


def _refuse_twice(row: Sequence[Cell], profile: Profile) -> None:
    names = [folded(_text(cell)) for cell in row]
    for wanted in FIELDS[profile.kind]:
        known = profile.headings_of(wanted)
        same = [_text(row[place]) for place, name in enumerate(names) if name and name in known]
        if len(same) > 1:
            raise FileError(
                "import.column_twice",
                vi=f"Có {len(same)} cột cùng là “{wanted.headings[0]}”: {', '.join(same)}. Hãy bỏ bớt, chỉ để một cột.",
                en=f"{len(same)} columns are “{wanted.headings[1]}”: {', '.join(same)}. Keep one of them.",
            )


def _text(cell: Cell) -> str:
    return "" if cell is None else " ".join(str(cell).split())[:200]
