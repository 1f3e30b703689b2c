"""Which rows of the ledger are worth a notice, and what it says: one notice for one fact."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct


class Kind(StrEnum):
    """What is told."""

    CONFIRM = "confirm"
    DUE = "due"
    MOVED = "moved"
    APOLOGY = "apology"
    LETTER = "letter"
    SUPPLEMENT = "supplement"
    RESULT = "result"
    OUT = "out_for_delivery"
    ATTEMPT = "attempt_failed"
    DESK = "desk"


class Fact(Struct, frozen=True, kw_only=True):
    """A fact about a dossier; `key` is the same whenever the same fact is read again."""

    key: str
    kind: Kind
    at: datetime
    facts: dict[str, Any]


FACTS: dict[str, Kind] = {
    "received": Kind.DUE,
    "supplement_requested": Kind.SUPPLEMENT,
    "extended": Kind.APOLOGY,
    "completed": Kind.RESULT,
    "apology.sent": Kind.LETTER,
    "out_for_delivery": Kind.OUT,
    "attempt_failed": Kind.ATTEMPT,
}
"""The kinds of rows that tell something, whatever their stream: no name is in two of them."""


def fact_of(
    row: str, kind: str, at: datetime, body: Mapping[str, Any], *, next_visit: date | None = None
) -> Fact | None:
    """Make the fact of a row; None where it tells nothing new. A result is ready once, a date is told once."""
    told = FACTS.get(kind)
    due = body.get("due")
    if told is None or (told is Kind.DUE and not due):
        return None
    facts: dict[str, Any] = {"due": due} if due else {}
    key = {Kind.RESULT: "result", Kind.DUE: f"due:{due}"}.get(told, f"{told}:{row}")
    if told is Kind.ATTEMPT and next_visit is not None:
        facts["next_visit"] = next_visit.isoformat()
    letter = (
        body.get("apology") if told is Kind.APOLOGY else body.get("number") if told is Kind.LETTER else None
    )
    if letter:
        facts["letter"] = str(letter)
    return Fact(key=key, kind=told, at=at, facts=facts)
