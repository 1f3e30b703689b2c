"""Dates as agencies write them. The order of day and month is what the profile says, and never guessed."""

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from functools import cache

from msgspec import Struct

from postal.network.rules import LOCAL

EXCEL = "excel"
EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a serial number has no zone
SERIALS = range(20_000, 80_000)
"""Days from 1954 to 2119: what else stands in a column of dates is no date."""

ISO = ("yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss")
VIETNAMESE = (
    "dd/MM/yyyy",
    "dd/MM/yyyy HH:mm",
    "dd/MM/yyyy HH:mm:ss",
    "HH:mm dd/MM/yyyy",
    "HH:mm, dd/MM/yyyy",
)
STANDARD = (*VIETNAMESE, *ISO, "yyyyMMddHHmmss")
_TOKENS = {
    "yyyy": r"(?P<y>\d{4})",
    "MM": r"(?P<m>\d{1,2})",
    "dd": r"(?P<d>\d{1,2})",
    "HH": r"(?P<H>\d{1,2})",
    "mm": r"(?P<M>\d{2})",
    "ss": r"(?P<S>\d{2})(?:\.\d{1,6})?",
}
_TIGHT = {"MM": r"(?P<m>\d{2})", "dd": r"(?P<d>\d{2})", "HH": r"(?P<H>\d{2})", "ss": r"(?P<S>\d{2})"}
_TOKEN = re.compile("yyyy|MM|dd|HH|mm|ss")


class DateError(ValueError):
    """A text that is no date in the formats of the profile; `swapped` is what the other order would make of it."""

    def __init__(self, swapped: datetime | None) -> None:
        super().__init__("no date")
        self.swapped = swapped


class Moment(Struct, frozen=True):
    """An instant that a cell names; `day_only` if it says no time, `both_ways` if the other order would fit too."""

    at: datetime
    day_only: bool = False
    both_ways: bool = False


def refuse_formats(formats: Sequence[str]) -> None:
    """Raise ValueError for formats that nobody could read apart: an unknown letter, or both orders at once."""
    orders = set()
    for each in formats:
        if each == EXCEL:
            continue
        if {"yyyy", "MM", "dd"} - set(_TOKEN.findall(each)) or re.search("[A-SU-Za-z]", _TOKEN.sub("", each)):
            raise ValueError(f"date format {each!r}: use yyyy, MM, dd, HH, mm and ss")
        if not each.startswith("yyyy"):
            orders.add(each.index("dd") < each.index("MM"))
    if len(orders) > 1:
        raise ValueError("date formats: day first or month first, not both")


def read_moment(text: str, formats: Sequence[str], *, day_at: time = time()) -> Moment:
    """Read a date, with or without a time, in Vietnam's time; raises DateError."""
    plain = text.strip()
    for each in (*formats, *ISO):
        if each == EXCEL:
            if found := _serial(plain, day_at):
                return found
        elif (matched := _pattern(each).fullmatch(plain)) is not None:
            parts = matched.groupdict()
            at = _instant(parts, day_at)
            swapped = _instant(_swapped(parts), day_at) if _has_order(each) else None
            if at is None:
                raise DateError(swapped)
            both = swapped is not None and parts["d"] != parts["m"]
            return Moment(at, day_only=parts.get("H") is None, both_ways=both)
    raise DateError(None)


def from_serial(serial: float, *, day_at: time = time()) -> Moment:
    """Read a serial number of a spreadsheet; raises DateError."""
    if int(serial) not in SERIALS:
        raise DateError(None)
    at = EXCEL_EPOCH + timedelta(seconds=round(serial * 86_400))
    if serial == int(serial):
        return Moment(datetime.combine(at.date(), day_at, tzinfo=LOCAL), day_only=True)
    return Moment(at.replace(tzinfo=LOCAL))


def _serial(text: str, day_at: time) -> Moment | None:
    if not re.fullmatch(r"\d{5}([.,]\d{1,10})?", text):
        return None
    return from_serial(float(text.replace(",", ".")), day_at=day_at)


def _has_order(form: str) -> bool:
    """Whether day and month could be taken for each other: written so that people differ about it."""
    return not form.startswith("yyyy")


def _swapped(parts: dict[str, str]) -> dict[str, str]:
    return {**parts, "d": parts["m"], "m": parts["d"]}


def _instant(parts: dict[str, str], day_at: time) -> datetime | None:
    try:
        day = datetime(int(parts["y"]), int(parts["m"]), int(parts["d"]), tzinfo=LOCAL)
        if parts.get("H") is None:
            return datetime.combine(day.date(), day_at, tzinfo=LOCAL)
        return day.replace(hour=int(parts["H"]), minute=int(parts["M"]), second=int(parts.get("S") or 0))
    except ValueError:
        return None


@cache
def _pattern(form: str) -> re.Pattern[str]:
    tokens = _TOKENS if re.search("[^A-Za-z]", form) else {**_TOKENS, **_TIGHT}
    written, end = "", 0
    for token in _TOKEN.finditer(form):
        written += re.escape(form[end : token.start()]) + tokens[token[0]]
        end = token.end()
    return re.compile(written + re.escape(form[end:]), re.ASCII)
