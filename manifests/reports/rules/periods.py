"""What span a report speaks of: a month, a quarter, or the first 6, 9 or 12 months of a year."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

from postal.errors import Unprocessable
from postal.network.rules import start_of

FIRST_YEAR, LAST_YEAR = 2000, 2199
_WRITTEN = re.compile(r"(\d{4})(?:M(0[1-9]|1[0-2])|Q([1-4])|(H)|(N)|(Y))", re.ASCII)


class Cadence(StrEnum):
    """How long the span is."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    NINE = "nine"
    YEAR = "year"


MONTHS = {Cadence.MONTH: 1, Cadence.QUARTER: 3, Cadence.HALF: 6, Cadence.NINE: 9, Cadence.YEAR: 12}


class Period(Struct, frozen=True, order=True):
    """Whole local months; `number` counts months or quarters and is 1 for what begins with the year."""

    year: int
    cadence: Cadence
    number: int = 1

    @property
    def code(self) -> str:
        """Write it: 2026M11, 2026Q4, 2026H, 2026N, 2026Y."""
        written = {
            Cadence.MONTH: f"M{self.number:02}",
            Cadence.QUARTER: f"Q{self.number}",
            Cadence.HALF: "H",
            Cadence.NINE: "N",
            Cadence.YEAR: "Y",
        }
        return f"{self.year}{written[self.cadence]}"

    @property
    def first_day(self) -> date:
        """Give its first day."""
        return date(self.year, (self.number - 1) * MONTHS[self.cadence] + 1, 1)

    @property
    def end_day(self) -> date:
        """Give the first day after it."""
        return month_after(self.first_day, MONTHS[self.cadence])

    @property
    def begin(self) -> datetime:
        """Give the instant at which it begins, as a Vietnamese day does."""
        return start_of(self.first_day)

    @property
    def end(self) -> datetime:
        """Give the instant at which it is over."""
        return start_of(self.end_day)

    @property
    def name(self) -> tuple[str, str]:
        """Name it in Vietnamese and English."""
        year = self.year
        names = {
            Cadence.MONTH: (f"Tháng {self.number}/{year}", f"{self.first_day:%B} {year}"),
            Cadence.QUARTER: (f"Quý {self.number}/{year}", f"Quarter {self.number} of {year}"),
            Cadence.HALF: (f"6 tháng đầu năm {year}", f"First 6 months of {year}"),
            Cadence.NINE: (f"9 tháng đầu năm {year}", f"First 9 months of {year}"),
            Cadence.YEAR: (f"Năm {year}", f"Year {year}"),
        }
        return names[self.cadence]


def read_period(text: str) -> Period:
    """Read a period as it is written in addresses.

    Raises:
        Unprocessable: It is none.
    """
    found = _WRITTEN.fullmatch(text)
    if found is None or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        raise Unprocessable(
            "report.period",
            vi="Kỳ báo cáo viết như 2026M11, 2026Q4, 2026H (6 tháng), 2026N (9 tháng), 2026Y (năm)",
            en="Write a period as 2026M11, 2026Q4, 2026H (6 months), 2026N (9 months), 2026Y (the year)",
            pointer="/query/period",
        )
    year, month, quarter, half, nine, _ = found.groups()
    if month:
        return Period(int(year), Cadence.MONTH, int(month))
    if quarter:
        return Period(int(year), Cadence.QUARTER, int(quarter))
    return Period(int(year), Cadence.HALF if half else Cadence.NINE if nine else Cadence.YEAR)


def month_of(day: date) -> Period:
    """Give the month of a day."""
    return Period(day.year, Cadence.MONTH, day.month)


def periods_over(cadence: Cadence, since: date, until: date) -> Iterator[Period]:
    """Give the periods of a cadence that end after `since` and are over by `until`, in order."""
    lengths = {Cadence.MONTH: 12, Cadence.QUARTER: 4}
    for year in range(since.year, until.year + 1):
        for number in range(1, lengths.get(cadence, 1) + 1):
            period = Period(year, cadence, number)
            if since < period.end_day <= until:
                yield period


def month_after(day: date, months: int) -> date:
    """Give the same day of a later month; only for days that every month has."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1)
