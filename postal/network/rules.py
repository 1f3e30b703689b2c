"""Organisations and administrative units: validity, succession, search keys."""

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from msgspec import Struct

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
OPERATOR = "VN"
"""The organisation that runs the whole system: present from the start, so that a first key can be made."""

NOT_ORGANISATIONS = frozenset({"CITIZEN"})
"""Well-formed codes that mean another party."""


class Kind(StrEnum):
    """What an organisation does in the chain."""

    POST_OFFICE = "post_office"
    HUB = "hub"
    CARRIER = "carrier"
    DESK = "desk"
    UNIT = "unit"
    AUTHORITY = "authority"
    MINISTRY = "ministry"


class Level(StrEnum):
    """The level of government or of the network; there has been no district since 1 July 2025."""

    CENTRAL = "central"
    PROVINCE = "province"
    COMMUNE = "commune"


class AdministrativeUnit(Struct, frozen=True, kw_only=True):
    """A province or a commune, as an official list has it."""

    code: str
    province_code: str | None
    name: str
    type: str
    valid_from: date
    valid_to: date | None
    citation: str


class Organisation(Struct, frozen=True, kw_only=True):
    """A party of the network. Its validity is half-open: `valid_to` is the first day on which it no longer exists."""

    code: str
    name: str
    kind: Kind
    level: Level
    parent: str | None
    unit_code: str | None
    province_code: str | None
    calendar: str
    valid_from: date
    valid_to: date | None
    successor: str | None
    address_public: str | None

    def exists_on(self, day: date) -> bool:
        """Say whether the organisation exists on a local day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


def local_day(at: datetime) -> date:
    """Give the Vietnamese calendar day of an instant."""
    return at.astimezone(LOCAL).date()


def start_of(day: date) -> datetime:
    """Give the instant at which a Vietnamese calendar day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=LOCAL)


class SuccessionCycle(ValueError):
    """An organisation would succeed itself."""


def successors(code: str, links: Mapping[str, str]) -> tuple[str, ...]:
    """Give those that took over from `code`, nearest first, by links from an organisation to its successor."""
    chain: list[str] = []
    passed = {code}
    while (following := links.get(code)) is not None:
        if following in passed:
            raise SuccessionCycle(following)
        passed.add(following)
        chain.append(following)
        code = following
    return tuple(chain)


def heir(code: str, links: Mapping[str, str]) -> str:
    """Give the organisation that answers today for what `code` held."""
    return (code, *successors(code, links))[-1]


def search_key(text: str) -> str:
    """Reduce a name to what one types without diacritics: lower case, single spaces, đ as d."""
    stripped = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    letters = "".join(sign for sign in stripped if not unicodedata.combining(sign))
    return " ".join("".join(sign if sign.isalnum() else " " for sign in letters).split())
