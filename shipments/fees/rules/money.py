"""What money is collected for, how it is paid, and whose account of which day it belongs to."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct

from postal.identity.rules import Role
from postal.instants import Instant

LARGEST = 10**12
"""No single amount is larger: far over every fee, and thousands of such still fit what JSON counts exactly."""

COLLECTED, REFUNDED = "fee.collected", "fee.refunded"
CORRECTED, CLOSED = "fee.corrected", "fee.day_closed"

_PREFIX = "QUY"


TAKERS = (Role.CLERK, Role.COURIER, Role.POST_DESK, Role.SUPERVISOR, Role.DESK, Role.SYSTEM)
"""Who takes money in and hands it over."""

COUNTERS = (Role.SUPERVISOR, Role.POST_DESK, Role.DESK, Role.AGENCY_HEAD, Role.SYSTEM)
"""Who counts what others hand over."""


class FeeLine(StrEnum):
    """What is paid for: the agency's phí and lệ phí, or the post's cước."""

    FEE = "fee"
    CHARGE = "charge"
    FARE = "fare"


class Channel(StrEnum):
    """How it is paid."""

    CASH = "cash"
    TRANSFER = "transfer"
    ONLINE = "online"


class Entry(Struct, frozen=True, kw_only=True):
    """Money that a person took or gave back. `fee` names the collection that a refund gives back."""

    id: UUID
    account: str
    kind: str
    at: Instant
    dossier: str
    line: FeeLine
    channel: Channel
    amount: int
    receipt: str
    fee: UUID | None = None
    reason: str | None = None
    void_by: UUID | None = None


class AccountHolder(NamedTuple):
    """Whose account of which day."""

    organisation: str
    person: str
    day: date


def account_of(organisation: str, person: str, day: date) -> str:
    """Write the code of an account; the colon stands in no code of an organisation or a person."""
    return f"{_PREFIX}:{organisation}:{person}:{day:%Y%m%d}"


def safe_of(organisation: str, day: date) -> str:
    """Write the code of an office's safe of a day: the account of what it counted, which is no single person's."""
    return account_of(organisation, "", day)


def is_safe(code: str) -> bool:
    """Tell whether an account is an office's safe."""
    return is_account(code) and not holder_of(code).person


def is_account(code: str) -> bool:
    """Tell whether a code of the ledger names an account."""
    return code.startswith(f"{_PREFIX}:")


def holder_of(account: str) -> AccountHolder:
    """Read the code of an account."""
    _, organisation, person, day = account.split(":")
    return AccountHolder(organisation, person, date.fromisoformat(day))
