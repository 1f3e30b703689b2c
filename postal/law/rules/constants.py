"""What the value of a constant may be: the form of the one that stands, within bounds that its name tells."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from postal.errors import NotFound, Unprocessable
from postal.law.rules.model import Constant, Reading, in_force

BOUNDS: tuple[tuple[re.Pattern[str], int, int], ...] = (
    (re.compile(r"_percent$|^indicators\.weight\."), 0, 100),
    (re.compile(r"(month|quarter|period)_day$"), 1, 28),
    (re.compile(r"cutoff_hour$"), 1, 23),
    (re.compile(r"days"), 1, 366),
    (re.compile(r"months"), 1, 12),
    (re.compile(r"years"), 1, 100),
    (re.compile(r"hours"), 1, 366 * 24),
    (re.compile(r"minutes"), 1, 366 * 24 * 60),
    (re.compile(r"(^|\.)max$|_max$|min_invitations$|max_supplements$"), 0, 100),
)
"""Least and most by name, the first that fits."""

MOST = 1_000_000_000
WEIGHT, WHOLE = "indicators.weight.", 100
"""Names of the weights of the five groups of QĐ 766, and what they make together."""

CHOICES: dict[str, frozenset[str]] = {
    "clock.t0_reading": frozenset(Reading),
    "clock.supplement_reading": frozenset({"restart", "subtract"}),
}
_DAY_OF_YEAR = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])")
LONGEST_TEXT = 200


def bounds_of(name: str) -> tuple[int, int]:
    """The least and the most that a number of this name may be."""
    return next(((least, most) for form, least, most in BOUNDS if form.search(name)), (0, MOST))


def check_constant(name: str, value: Any, standing: Any) -> None:
    """Refuse a value of another form than the one that stands, or out of bounds."""
    if not _same_form(value, standing):
        raise Unprocessable(
            "law.constant_form",
            vi=f"Giá trị của {name} phải cùng dạng với giá trị đang có",
            en=f"The value of {name} must have the form of the one that stands",
            pointer="/value",
        )
    if isinstance(value, int) and not isinstance(value, bool):
        _check_number(name, value)
    if isinstance(value, str):
        _check_word(name, value, standing)
    texts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if any(not text.strip() or len(text) > LONGEST_TEXT for text in texts):
        raise _choice(name, "không để trống, không quá 200 ký tự", "not empty, at most 200 characters")


def check_weights(constants: Sequence[Constant], since: date) -> None:
    """Refuse weights of the sheet of QĐ 766 that do not make 100 on every day from one on.

    What changes several weights is one decision, so they are given together.
    """
    weights = [each for each in constants if each.name.startswith(WEIGHT)]
    changes = {each.valid_from for each in weights} | {each.valid_to for each in weights if each.valid_to}
    for day in sorted({since} | {day for day in changes if day > since}):
        total = sum(int(each.value) for each in in_force(weights, day))
        if total != WHOLE:
            raise Unprocessable(
                "law.weights_total",
                vi=f"Tổng trọng số các nhóm chỉ số phải là {WHOLE}, ngày {day:%d/%m/%Y} là {total};"
                " hãy sửa các nhóm trong cùng một quyết định",
                en=f"The weights of all groups must make {WHOLE} and make {total} on {day.isoformat()};"
                " change the groups by one decision",
                pointer="/along",
                total=total,
            )


def unknown(name: str) -> NotFound:
    """Say that no constant has this name; new ones come with the program that reads them."""
    return NotFound(
        "law.constant_unknown",
        vi=f"Không có hằng số {name}",
        en=f"There is no constant {name}",
        pointer="/name",
    )


def _same_form(value: Any, standing: Any) -> bool:
    if type(value) is not type(standing):
        return False
    if isinstance(value, dict):
        return value.keys() == standing.keys() and all(isinstance(text, str) for text in value.values())
    return not isinstance(value, list) or all(isinstance(text, str) for text in value)


def _check_number(name: str, value: int) -> None:
    least, most = bounds_of(name)
    if value < least or value > most:
        raise Unprocessable(
            "law.constant_range",
            vi=f"Giá trị của {name} phải từ {least} đến {most}",
            en=f"The value of {name} must be from {least} to {most}",
            pointer="/value",
        )


def _check_word(name: str, value: str, standing: str) -> None:
    allowed = CHOICES.get(name)
    if allowed is not None and value not in allowed:
        raise _choice(
            name, "chọn một trong: " + ", ".join(sorted(allowed)), "one of: " + ", ".join(sorted(allowed))
        )
    if _DAY_OF_YEAR.fullmatch(standing) and not _DAY_OF_YEAR.fullmatch(value):
        raise _choice(name, "ghi tháng-ngày, ví dụ 07-10", "write month-day, for example 07-10")
    if not value.strip() or len(value) > LONGEST_TEXT:
        raise _choice(name, "không để trống, không quá 200 ký tự", "not empty, at most 200 characters")


def _choice(name: str, vi: str, en: str) -> Unprocessable:
    return Unprocessable(
        "law.constant_choice",
        vi=f"Giá trị của {name}: {vi}",
        en=f"The value of {name}: {en}",
        pointer="/value",
    )
