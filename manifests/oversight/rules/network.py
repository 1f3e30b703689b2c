"""The network as a supervisor goes through it: what waits at each organisation, in which order. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from postal.instants import Instant
from postal.network.rules import Kind

SHOWN_RANGES = 3
"""So many missing ranges of a device are told; the others are counted."""

WATCHED = (Kind.POST_OFFICE, Kind.HUB, Kind.CARRIER, Kind.DESK)
"""Kinds of organisations with a queue of their own."""


class Sort(StrEnum):
    """By what the list is ordered; the first by name, all others the most first."""

    CODE = "code"
    HELD = "held"
    OLDEST = "oldest"
    OFFERS = "offers"
    SILENT = "silent"
    SHIFTS = "shifts"
    LATE = "late"
    MANIFESTS = "manifests"
    DISCREPANCIES = "discrepancies"


SORTS: dict[Sort, tuple[str, str]] = {
    Sort.CODE: ("Đơn vị", "Organisation"),
    Sort.HELD: ("Đang giữ", "Held"),
    Sort.OLDEST: ("Giữ lâu nhất", "Oldest"),
    Sort.OFFERS: ("Chờ nhận", "Offered to it"),
    Sort.SILENT: ("Máy chưa gửi hết", "Devices with unsent scans"),
    Sort.SHIFTS: ("Ca đang mở", "Open shifts"),
    Sort.LATE: ("Chuyến trễ", "Late runs"),
    Sort.MANIFESTS: ("Bảng kê chờ", "Manifests waiting"),
    Sort.DISCREPANCIES: ("Chênh lệch mở", "Open discrepancies"),
}


class Silent(Struct, frozen=True, kw_only=True):
    """The device that has been silent longest of those that have not sent everything, with the numbers that lack."""

    device: str
    last_contact: Instant
    missing: tuple[tuple[int, int], ...]


class Queue(Struct, frozen=True, kw_only=True):
    """What waits at one organisation now; `key` is what the list is ordered by."""

    code: str
    name: str
    kind: Kind
    held: int
    oldest: Instant | None
    offers: int
    silent: int
    shifts: int
    late: int
    manifests: int
    discrepancies: int
    overdue: int
    worst: Silent | None
    key: float


class Province(Struct, frozen=True, kw_only=True):
    """What waits in one province; no code: organisations of no province."""

    code: str | None
    name: str | None
    organisations: int
    offers: int
    silent: int
    shifts: int
    late: int
    manifests: int
    discrepancies: int
    overdue: int


def in_words(missing: Sequence[tuple[int, int]]) -> str:
    """Write missing numbers as `12–15, 18` and how many ranges more there are."""
    told = [str(first) if first == last else f"{first}–{last}" for first, last in missing[:SHOWN_RANGES]]
    more = len(missing) - SHOWN_RANGES
    return ", ".join(told) + (f" (+{more})" if more > 0 else "")


def age(since: datetime, now: datetime) -> tuple[int, bool]:
    """Tell how long something has waited: whole hours, or whole days from two days on (then True)."""
    span = max(timedelta(0), now - since)
    days = span >= timedelta(days=2)
    return (span // timedelta(days=1) if days else span // timedelta(hours=1)), days
