"""Instants and days that no dossier of ours can have.

A year of 1 or 9999 is a slip or an attack, and arithmetic around it leaves what a datetime or PostgreSQL can hold. It
is refused once, at the edge, so that nothing inside has to think of it.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from msgspec import Struct

from postal.errors import Unprocessable
from postal.http.pointers import pointer

FIRST_YEAR, LAST_YEAR = 1900, 2199


def is_far(year: str | int) -> bool:
    """Say whether a year is none that can be meant; text that is no year is for others to judge."""
    number = int(year) if isinstance(year, int) or (year.isascii() and year.isdigit()) else FIRST_YEAR
    return not FIRST_YEAR <= number <= LAST_YEAR


def far(place: str | None) -> Unprocessable:
    """Build the refusal of such an instant."""
    return Unprocessable(
        "request.far_instant",
        vi=f"Thời điểm ngoài khoảng từ năm {FIRST_YEAR} đến năm {LAST_YEAR}.",
        en=f"The instant lies outside the years {FIRST_YEAR} to {LAST_YEAR}.",
        pointer=place,
    )


def find_far(value: Any, steps: tuple[str, ...] = ()) -> str | None:
    """Give the pointer to the first such instant or day in a decoded body, or None."""
    if isinstance(value, date):
        return pointer(list(steps)) if is_far(value.year) else None
    for step, item in _parts(value):
        if (found := find_far(item, (*steps, step))) is not None:
            return found
    return None


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Struct):
        names = zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True)
        yield from ((sent, getattr(value, name)) for name, sent in names)
    elif isinstance(value, tuple) or (
        isinstance(value, list) and value and isinstance(value[0], (Struct, date))
    ):
        # A list is of one type, so one of text need not be walked.
        yield from ((str(index), item) for index, item in enumerate(value))
