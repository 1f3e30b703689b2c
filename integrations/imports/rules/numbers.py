"""Numbers as agencies write them: 1.000.000 is a million where the profile's thousands are set apart by points."""

import re

from msgspec import Struct


class Numbers(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How numbers are written."""

    thousands: str = "."
    decimal: str = ","


def read_number(value: str | float, numbers: Numbers) -> int:
    """Read a whole number; raises ValueError for anything else, a misplaced thousands sign included."""
    if isinstance(value, int | float):
        if isinstance(value, bool) or value != int(value):
            raise ValueError("no whole number")
        return int(value)
    text = value.strip()
    apart = re.escape(numbers.thousands)
    grouped = rf"\d{{1,3}}(?:{apart}\d{{3}})+|\d+" if numbers.thousands else r"\d+"
    point = re.escape(numbers.decimal)
    matched = re.fullmatch(rf"({grouped})(?:{point}0+)?", text, re.ASCII)
    if matched is None:
        raise ValueError("no whole number")
    return int(matched[1].replace(numbers.thousands, "") if numbers.thousands else matched[1])
