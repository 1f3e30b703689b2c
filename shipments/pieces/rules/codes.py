"""How codes are written: UPU S10 items, dossier codes by dated patterns, results, bags and manifests."""

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from msgspec import Struct

RESULT_SUFFIX = "-KQ"
MAX_LENGTH = 60

_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_S10 = re.compile(r"[A-Z]{2}[0-9]{9}VN")
_RESERVED = ("TUI-", "BK-")
_BAG = re.compile(r"TUI-[A-Z0-9][A-Z0-9.\-]{1,50}")
_MANIFEST = re.compile(r"BK-[A-Z0-9][A-Z0-9.\-]{1,50}")
_TRIP = re.compile(r"CT-[0-9]{6}-[A-HJ-NP-Z2-9]{6}")


class CodeKind(StrEnum):
    """What a code names, told by its form alone."""

    ITEM = "item"
    BAG = "bag"
    MANIFEST = "manifest"
    TRIP = "trip"
    DOSSIER = "dossier"
    RESULT = "result"


class Written(Struct, frozen=True):
    """One accepted way of writing a dossier code, and the time it holds for; the law's rows say where it stands."""

    pattern: re.Pattern[str]
    valid_from: date
    valid_to: date | None = None


SHIPPED = (
    Written(
        re.compile(r"[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Y][0-9]{2}-[0-9]{6}-[0-9]{4,7}"), date(2018, 11, 23)
    ),
    Written(re.compile(r"[A-Y][0-9]{2}(?:\.[0-9]{2,3}){0,6}-[0-9]{8}-[0-9]{4,7}"), date(2026, 1, 1)),
    Written(re.compile(r"[A-Z0-9][A-Z0-9.\-]{1,34}-[0-9]{8}-[0-9]{4,8}"), date(2018, 1, 1)),
    Written(re.compile(r"[A-Z][A-Z0-9]{1,15}-[0-9]{1,12}"), date(1990, 1, 1)),
)
"""What every database begins with: it holds until a process has read the rows of its own (`hold_patterns`)."""

_held: list[Written] = list(SHIPPED)


def hold_patterns(patterns: Iterable[Written]) -> None:
    """Go by these patterns from now on, in this process; codes are told apart on every scan, so no row is read then."""
    _held[:] = patterns


def dossier_patterns() -> tuple[str, ...]:
    """Give the accepted ways of writing a dossier code, for devices that tell codes apart by themselves."""
    return tuple(known.pattern.pattern for known in _held)


def s10_check_digit(serial: str) -> int:
    """Compute the S10 check digit of an eight-digit serial."""
    total = sum(weight * int(digit) for weight, digit in zip(_S10_WEIGHTS, serial, strict=True))
    return {10: 0, 11: 5}.get(check := 11 - total % 11, check)


def s10(prefix: str, serial: int) -> str:
    """Write the S10 code of a service indicator and a serial."""
    digits = f"{serial:08d}"
    return f"{prefix}{digits}{s10_check_digit(digits)}VN"


def looks_like_s10(code: str) -> bool:
    """Tell the form of an S10 code, whatever its check digit."""
    return _S10.fullmatch(code) is not None


def is_s10(code: str) -> bool:
    """Tell a well-formed S10 code with a right check digit."""
    return looks_like_s10(code) and int(code[10]) == s10_check_digit(code[2:10])


def is_dossier_code(code: str, on: date | None = None) -> bool:
    """Tell whether some pattern in force on a day (or on any day) accepts the code."""
    if len(code) > MAX_LENGTH or code.startswith(_RESERVED) or code.endswith(RESULT_SUFFIX):
        return False
    return any(
        known.pattern.fullmatch(code)
        for known in _held
        if on is None or (known.valid_from <= on and (known.valid_to is None or on < known.valid_to))
    )


def result_code(dossier: str) -> str:
    """Give the code of the result of a dossier."""
    return dossier + RESULT_SUFFIX


def dossier_of(code: str) -> str:
    """Give the dossier that a result code belongs to; any other code comes back as it is."""
    return code.removesuffix(RESULT_SUFFIX)


def kind_of(code: str) -> CodeKind | None:
    """Tell what a code names, or None if its form is no code's. A wrong check digit makes it nobody's code."""
    if looks_like_s10(code):
        return CodeKind.ITEM if is_s10(code) else None
    if len(code) > MAX_LENGTH:
        return None
    if _BAG.fullmatch(code):
        return CodeKind.BAG
    if _MANIFEST.fullmatch(code):
        return CodeKind.MANIFEST
    if _TRIP.fullmatch(code):
        return CodeKind.TRIP
    if code.endswith(RESULT_SUFFIX) and is_dossier_code(dossier_of(code)):
        return CodeKind.RESULT
    return CodeKind.DOSSIER if is_dossier_code(code) else None
