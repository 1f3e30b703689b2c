"""The law as data: procedures, transit standards, constants, reasons; dated, cited, with a status."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from msgspec import Struct

from postal.calendars.rules import Convention, Limit


class Status(StrEnum):
    """How sure we are: found in a text, configured by an office, or made for a test."""

    FOUND = "found"
    CONFIGURED = "configured"
    TEST = "test"


class Reading(StrEnum):
    """Which instant starts the statutory clock; four texts read differently."""

    HANDOVER = "handover"
    """The biên bản giao nhận is signed (QĐ 45/2016/QĐ-TTg Đ7 k4)."""
    COMPLETE = "complete"
    """The dossier is complete, supplements included (QĐ 45/2016/QĐ-TTg Đ7 k4)."""
    SLIP = "slip"
    """The moment shown on the giấy tiếp nhận (NĐ 118/2025/NĐ-CP Đ17 k3 as amended)."""
    AUTHORITY = "authority"
    """The authority receives it, for procedures independent of territory (the same paragraph)."""


class Zone(StrEnum):
    """Scopes of the transit standard."""

    INNER = "inner"
    INTER = "inter"
    METROPOLITAN = "metropolitan"
    INTERPROVINCE = "interprovince"


class Procedure(Struct, frozen=True, kw_only=True):
    """One version of an administrative procedure (TTHC)."""

    code: str
    version: int
    name_vi: str
    name_en: str
    limit: Limit
    convention: Convention
    calendar: str
    t0_reading: Reading | None
    eligible_submit: bool
    eligible_return: bool
    requires_presence: bool
    state_secret: bool
    territory_free: bool
    fee: int
    valid_from: date
    valid_to: date | None
    citation: str
    status: Status


class TransitLimit(Struct, frozen=True, kw_only=True):
    """J + n working days of one scope."""

    zone: Zone
    with_slip: bool
    days: int
    calendar: str
    valid_from: date
    valid_to: date | None
    citation: str
    status: Status


class Constant(Struct, frozen=True, kw_only=True):
    """A number or a choice that a text gives or an office configures."""

    name: str
    value: Any
    valid_from: date
    valid_to: date | None
    citation: str
    status: Status


class Reason(Struct, frozen=True, kw_only=True):
    """An entry of a dated list of reasons; rows of the ledger name it by code."""

    code: str
    applies_to: str
    name_vi: str
    name_en: str
    valid_from: date
    valid_to: date | None


class Constants(Struct, frozen=True):
    """All constants in force on one day."""

    by_name: dict[str, Constant]

    def __getitem__(self, name: str) -> Constant:
        return self.by_name[name]

    def find(self, name: str) -> Constant | None:
        """A constant, or None where no text and no configuration held yet."""
        return self.by_name.get(name)

    def number(self, name: str) -> int:
        """A constant that counts something."""
        return int(self.by_name[name].value)

    def reading(self) -> Reading:
        """The reading of the statutory start that holds where a procedure states none."""
        return Reading(self.by_name["clock.t0_reading"].value)


def reading_of(procedure: Procedure, constants: Constants) -> Reading:
    """Which instant starts the statutory clock of a procedure."""
    if procedure.territory_free:
        return Reading.AUTHORITY
    return procedure.t0_reading or constants.reading()


def zone_between(first: tuple[str, str], second: tuple[str, str]) -> Zone:
    """The scope of a leg between two (province, commune) pairs.

    The text speaks of districts, which ended on 1 July 2025; that a leg within one commune is `inner` and one
    within a province is `inter` is configured.
    """
    if first[0] != second[0]:
        return Zone.INTERPROVINCE
    return Zone.INNER if first[1] == second[1] else Zone.INTER


Dated = TypeVar("Dated", Constant, TransitLimit)


def in_force(rules: Iterable[Dated], on: date) -> list[Dated]:
    """Keep the rules that hold on a day."""
    return [rule for rule in rules if rule.valid_from <= on and (rule.valid_to is None or on < rule.valid_to)]


def constants_among(constants: Iterable[Constant], on: date) -> Constants:
    """The constants that hold on a day; of two of one name the later one."""
    held = sorted(in_force(constants, on), key=lambda constant: constant.valid_from)
    return Constants({constant.name: constant for constant in held})
