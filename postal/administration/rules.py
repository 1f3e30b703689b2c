"""What administrators' pages decide by themselves: ends of days, the ids of a day, what shows personal data. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct

from postal.audit.looks import SHOWN
from postal.errors import BadInput
from postal.instants import Instant
from postal.network.rules import start_of

PERSONAL = frozenset({SHOWN, "file.read", "privacy.exported"})
"""Deeds of the audit log that show what is personal; so does an inspector's look at a dossier."""

HOLDING = frozenset({"dossiers", "feedback", "privacy-requests", "claims", "register", "files"})
"""Parts of addresses under which something personal may stand."""

INSPECTORS = " as inspector"
"""How the deed of an inspector's request ends."""


class Entry(Struct, frozen=True, kw_only=True):
    """Somebody's deed or look, as the audit log has it; `detail` holds codes."""

    id: UUID
    at: Instant
    actor: str
    organisation: str | None
    action: str
    subject: str
    detail: dict[str, Any]


class Wanted(Struct, frozen=True, kw_only=True):
    """Conditions on the audit log; what is None does not restrict."""

    person: str | None = None
    subject: str | None = None
    action: str | None = None
    begin: date | None = None
    end: date | None = None


class Reading(Struct, frozen=True, kw_only=True):
    """How often one kind of organisation read what is personal, and when last; names nobody. No kind: unknown."""

    kind: str | None
    times: int
    last: Instant


def first_id(day: date) -> UUID:
    """Give the least id that a row of a Vietnamese day can have: ids begin with the milliseconds of their instant."""
    return UUID(int=int(start_of(day).timestamp() * 1000) << 80)


def first_moment(day: date | None, now: datetime) -> datetime | None:
    """Give when something begins that begins on a day; today means at once, so None."""
    if day is None or start_of(day) <= now < start_of(day + timedelta(days=1)):
        return None
    return start_of(day)


def last_moment(day: date | None) -> datetime | None:
    """Give when something ends that lasts through a day: as the next one begins."""
    return None if day is None else start_of(day + timedelta(days=1))


def day_of(typed: str, pointer: str) -> date | None:
    """Read a day as forms send it, or as people in Vietnam write it; nothing is no day."""
    if not typed:
        return None
    try:
        parts = typed.split("/")
        iso = "-".join(part.zfill(2) for part in reversed(parts)) if len(parts) == len("dmy") else typed
        read = date.fromisoformat(iso)
    except ValueError as error:
        raise _no_day(pointer) from error
    if not date(1990, 1, 1) <= read <= date(2200, 1, 1):
        raise _no_day(pointer)
    return read


def is_personal(action: str, subject: str) -> bool:
    """Say whether a deed shows what is personal; of an inspector's look its address tells."""
    if action.endswith(INSPECTORS):
        return not HOLDING.isdisjoint(subject.split("/"))
    return action in PERSONAL


def told(detail: Mapping[str, Any]) -> str:
    """Write the details of an entry on one line."""
    return ", ".join(
        f"{name}: {_plain(value)}" for name, value in detail.items() if value not in (None, [], "")
    )


def _plain(value: Any) -> str:
    return " ".join(str(one) for one in value) if isinstance(value, list) else str(value)


def _no_day(pointer: str) -> BadInput:
    return BadInput(
        "administration.day",
        vi="Ngày viết dạng 25/11/2026",
        en="Write a day as 25/11/2026",
        pointer=pointer,
    )
