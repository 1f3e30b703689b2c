"""What is published of a day: sums by cut, in which small numbers cannot be read, nor worked out from the rest."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from shipments.figures.rules.model import DONE

CUTS = ("all", "channel", "authority", "office", "procedure")
MEASURES = ("registered", "received", "in_time", "late", "undecided", "open", "overdue")
SOURCES = {
    "registered": ("registered",),
    "received": ("received",),
    "in_time": ("C3.early", "C3.on_time"),
    "late": ("C3.late",),
    "undecided": ("C3.undecided", "C3.unjudged"),
}
"""Measures of the day itself, as sums of what is counted."""

STOCKS = {"open": (("received",), DONE), "overdue": (("past_due",), ("past_due_done",))}
"""Measures at the end of the day: what came in up to then, less what went out."""

LATE = "late_rows"
"""Why a day is published again: rows about it came or were corrected after the time before."""

Column = Mapping[str, int]


class Line(Struct, frozen=True, kw_only=True):
    """One row of a published table; a number that is None is too small to be shown."""

    cut: str
    value: str
    registered: int | None
    received: int | None
    in_time: int | None
    late: int | None
    undecided: int | None
    open: int | None
    overdue: int | None


class Published(Struct, frozen=True, kw_only=True):
    """All that is published about a day, with the rule by which small numbers are hidden."""

    day: date
    min_cell: int
    rule: str
    rule_status: str
    lines: tuple[Line, ...]


def hidden(column: Column, least: int) -> frozenset[str] | None:
    """Tell which values of a column are not shown, so that its total gives none of them away.

    Numbers from 1 up to but not including `least` are hidden. When their sum would tell them (there is but one, or
    all must be the smallest or the largest possible), the next larger number is hidden too, wherever it stands. None
    where even that is not enough: then the total may not be shown either.
    """
    small = {value: n for value, n in column.items() if 0 < n < least}
    if not small:
        return frozenset()
    told = sum(small.values()) in {len(small), len(small) * (least - 1)}
    if len(small) > 1 and not told:
        return frozenset(small)
    larger = [n for n in column.values() if n >= least]
    return frozenset(value for value, n in column.items() if 0 < n <= min(larger)) if larger else None


def published(
    day: date,
    tables: Mapping[str, Mapping[str, Column]],
    *,
    least: int,
    rule: str,
    rule_status: str,
) -> Published:
    """Give what may be shown of a day; `tables` holds the columns of each cut, the cut `all` one value."""
    shown = {measure: _shown(measure, tables, least) for measure in MEASURES}
    lines = [
        Line(cut=cut, value=value, **{measure: shown[measure][cut].get(value) for measure in MEASURES})
        for cut in CUTS
        for value in _values(tables.get(cut, {}))
    ]
    return Published(day=day, min_cell=least, rule=rule, rule_status=rule_status, lines=tuple(lines))


def _values(columns: Mapping[str, Column]) -> list[str]:
    return sorted({value for column in columns.values() for value in column})


def _shown(
    measure: str, tables: Mapping[str, Mapping[str, Column]], least: int
) -> dict[str, dict[str, int | None]]:
    """Give a measure by cut and value; hidden everywhere if its total must be."""
    columns = {
        cut: {
            value: tables.get(cut, {}).get(measure, {}).get(value, 0)
            for value in _values(tables.get(cut, {}))
        }
        for cut in CUTS
    }
    concealed = {cut: hidden(column, least) for cut, column in columns.items()}
    if any(each is None for each in concealed.values()) or concealed["all"]:
        return {
            cut: {value: None if n else 0 for value, n in column.items()} for cut, column in columns.items()
        }
    return {
        cut: {value: None if value in (concealed[cut] or ()) else n for value, n in column.items()}
        for cut, column in columns.items()
    }
