"""Checks of single values: instants, words of the vocabulary, ids and lists of them."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from integrations.epcis.rules.contexts import is_address, is_extension
from integrations.epcis.rules.vocabulary import CBV, WORDS, bare_word
from integrations.epcis.rules.wrong import Wrongs, below, twice

_INSTANT = re.compile(r"(\d{4})-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
_OFFSET = re.compile(r"[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)")
_UNIT = re.compile(r"[A-Z0-9]{2,3}")
YEARS = range(1900, 2200)
LONGEST_LIST = 10_000


def instant(value: Any, at: str, wrongs: Wrongs) -> datetime | None:
    """Read an RFC 3339 instant with its offset; midnight is 00:00, never 24:00."""
    found = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    if found is not None and int(found[1]) in YEARS:
        try:
            return read_instant(found[0])
        except ValueError:
            pass
    wrongs.add(
        at,
        "time",
        "Thời điểm phải theo RFC 3339, có chênh lệch múi giờ (ví dụ 2026-11-23T09:30:00+07:00; không có 24:00).",
        "An instant is RFC 3339 with its offset (such as 2026-11-23T09:30:00+07:00; there is no 24:00).",
    )
    return None


def read_instant(text: str) -> datetime:
    """Read an instant of an event that was checked; Python reads no nanoseconds."""
    head, dot, tail = text.partition(".")
    digits = len(tail) - len(tail.lstrip("0123456789"))
    return datetime.fromisoformat(f"{head}.{tail[:digits][:6]}{tail[digits:]}" if dot else text).astimezone(
        UTC
    )


def offset(value: Any, moment: str, at: str, wrongs: Wrongs) -> None:
    """Check the offset of the place, which the instant's own must not contradict (Z says nothing of the place)."""
    if not isinstance(value, str) or not _OFFSET.fullmatch(value):
        wrongs.add(
            at,
            "offset",
            "eventTimeZoneOffset phải có dạng +07:00.",
            "eventTimeZoneOffset has the form +07:00.",
        )
    elif not moment.endswith("Z") and moment[-6:] != value:
        wrongs.add(
            at,
            "offset",
            f"eventTime ghi {moment[-6:]}, eventTimeZoneOffset ghi {value}.",
            f"eventTime says {moment[-6:]} and eventTimeZoneOffset says {value}.",
        )


def word(value: Any, place: str, at: str, wrongs: Wrongs) -> str | None:
    """Check a word of the vocabulary; gives it bare, or the address of a word of one's own."""
    words, _ = WORDS[place]
    if isinstance(value, str):
        bare = bare_word(value, place)
        if bare in words:
            return bare
        of_standard = value.startswith((CBV, "cbv:", "urn:epcglobal:cbv", "https://ns.gs1.org/cbv/"))
        if is_address(value) and not of_standard:
            return value
    wrongs.add(
        at,
        "word",
        f"{str(value)[:60]} không có trong từ vựng CBV 2.0 và không phải địa chỉ của từ vựng riêng.",
        f"{str(value)[:60]} is no word of CBV 2.0 and no address of a word of your own.",
    )
    return None


def address(value: Any, at: str, wrongs: Wrongs) -> None:
    """Check an id."""
    if not is_address(value):
        wrongs.add(at, "address", "Mã phải là địa chỉ (URI).", "An id is a URI.")


def addresses(value: Any, at: str, wrongs: Wrongs, *, empty: bool = False) -> int:
    """Check a list of ids, each once; gives how many there are."""
    if not isinstance(value, list):
        wrongs.form(at, "Đây phải là một danh sách.", "This is a list.")
        return 0
    if not value and not empty:
        wrongs.add(
            at, "empty", "Danh sách rỗng; hãy bỏ trường này.", "The list is empty; leave the field out."
        )
    if len(value) > LONGEST_LIST:
        wrongs.form(at, f"Danh sách quá {LONGEST_LIST} mã.", f"The list has more than {LONGEST_LIST} ids.")
        return len(value)
    for index, each in enumerate(value):
        address(each, below(at, index), wrongs)
    no_twins(value, at, wrongs)
    return len(value)


def no_twins(values: list[Any], at: str, wrongs: Wrongs) -> None:
    """Check that nothing is in a list twice."""
    if (index := twice(values)) is not None:
        wrongs.add(
            below(at, index), "twice", "Mã này có hai lần trong danh sách.", "This is in the list twice."
        )


def quantities(value: Any, at: str, wrongs: Wrongs) -> int:
    """Check a list of classes with their quantities; gives how many there are."""
    if not isinstance(value, list):
        wrongs.form(at, "Đây phải là một danh sách.", "This is a list.")
        return 0
    if not value:
        wrongs.add(
            at, "empty", "Danh sách rỗng; hãy bỏ trường này.", "The list is empty; leave the field out."
        )
    for index, each in enumerate(value):
        place = below(at, index)
        if not known_members(each, {"epcClass", "quantity", "uom"}, place, None, wrongs):
            continue
        address(each.get("epcClass"), below(place, "epcClass"), wrongs)
        number = each.get("quantity", 1)
        if isinstance(number, bool) or not isinstance(number, (int, float)) or number <= 0:
            wrongs.form(below(place, "quantity"), "Số lượng phải lớn hơn 0.", "A quantity is above 0.")
        if "uom" in each and not (isinstance(each["uom"], str) and _UNIT.fullmatch(each["uom"])):
            wrongs.form(
                below(place, "uom"), "Đơn vị theo UN/ECE Rec 20.", "The unit is one of UN/ECE Rec 20."
            )
    no_twins(value, at, wrongs)
    return len(value)


def known_members(
    value: Any, standard: set[str] | frozenset[str], at: str, spaces: Mapping[str, str] | None, wrongs: Wrongs
) -> bool:
    """Check that something is an object and each of its members is the standard's or of a known namespace.

    Where `spaces` is None there may be no extensions at all.
    """
    if not isinstance(value, Mapping):
        wrongs.form(at, "Đây phải là một đối tượng.", "This is an object.")
        return False
    for name in value:
        if name not in standard and (spaces is None or not is_extension(name, spaces)):
            wrongs.add(
                below(at, name),
                "term",
                f"Không có trường {name[:60]} ở đây; trường riêng cần tiền tố khai báo trong @context.",
                f"There is no field {name[:60]} here; one of your own needs a prefix that @context defines.",
            )
    return True
