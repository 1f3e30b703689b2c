"""The law as data: procedures, lists, transit standards, constants, reasons; dated, cited, with a status."""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, Literal, TypeVar

from msgspec import Struct

from postal.calendars.rules import Convention, Limit
from postal.errors import NotFound, Unprocessable


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


Form = Literal["original", "copy", "electronic"]
UnitKind = Literal["post_office", "desk", "unit", "authority", "ministry"]


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
    issuer: str | None = None
    """Who answers for it; None is the national level."""
    decision: str | None = None
    decided_on: date | None = None


class Subject(StrEnum):
    """What a change of law is about."""

    PROCEDURE = "procedure"
    CONSTANT = "constant"
    TRANSIT = "transit"
    LIST = "list"
    PATTERN = "pattern"


class Component(Struct, frozen=True, kw_only=True):
    """One paper that a version of a procedure asks for (thành phần hồ sơ)."""

    code: str
    name_vi: str
    name_en: str
    form: Form
    copies: int = 1
    required: bool = True
    to_return: bool = False


class ProcessStep(Struct, frozen=True, kw_only=True):
    """One step of a version's internal process; `hours` are working hours."""

    name_vi: str
    name_en: str
    hours: int
    unit_kind: UnitKind
    role: str


class PostalList(Struct, frozen=True, kw_only=True):
    """A decision on what the post carries; the next one of its scope replaces it as a whole."""

    scope: str
    version: int
    decision: str
    decided_on: date
    valid_from: date
    valid_to: date | None
    citation: str
    status: Status


class ListEntry(Struct, frozen=True, kw_only=True):
    """What a list says of one procedure; giving in and bringing back are apart."""

    procedure: str
    eligible_submit: bool
    eligible_return: bool
    requires_presence: bool = False
    state_secret: bool = False
    reason: str = ""


class CodePattern(Struct, frozen=True, kw_only=True):
    """One way of writing a dossier code; it matches the whole code."""

    name: str
    pattern: str
    valid_from: date
    valid_to: date | None
    citation: str
    status: Status
    decision: str | None = None
    decided_on: date | None = None


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
    decision: str | None = None
    decided_on: date | None = None

    @property
    def subject(self) -> str:
        """How its history names the scope."""
        return f"{self.zone}{'+slip' if self.with_slip else ''}"


class Constant(Struct, frozen=True, kw_only=True):
    """A number or a choice that a text gives or an office configures."""

    name: str
    value: Any
    valid_from: date
    valid_to: date | None
    citation: str
    status: Status
    decision: str | None = None
    decided_on: date | None = None


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
        """Give a constant; that none held yet on the day is said in a sentence, since the day may have been typed."""
        if name not in self.by_name:
            raise Unprocessable(
                "law.none_in_force",
                vi=f"Ngày đó chưa có quy định hoặc cấu hình nào cho việc này ({name}); hãy kiểm tra lại ngày",
                en=f"Nothing was in force for this on that day ({name}); check the date",
                constant=name,
            )
        return self.by_name[name]

    def find(self, name: str) -> Constant | None:
        """A constant, or None where no text and no configuration held yet."""
        return self.by_name.get(name)

    def number(self, name: str) -> int:
        """A constant that counts something."""
        return int(self[name].value)

    def reading(self) -> Reading:
        """The reading of the statutory start that holds where a procedure states none."""
        return Reading(self["clock.t0_reading"].value)


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


Dated = TypeVar("Dated", Constant, TransitLimit, Procedure, PostalList, CodePattern)


AnyRule = Constant | TransitLimit | Procedure | PostalList | CodePattern
Rule = TypeVar("Rule", bound=AnyRule)


def is_withdrawn(rule: AnyRule) -> bool:
    """Tell a rule that was withdrawn before it came into force: its end is its beginning, so it holds on no day."""
    return rule.valid_to is not None and rule.valid_to <= rule.valid_from


def standing_of(rules: Iterable[Rule]) -> list[Rule]:
    """Leave out what was withdrawn."""
    return [rule for rule in rules if not is_withdrawn(rule)]


def in_force(rules: Iterable[Dated], on: date) -> list[Dated]:
    """Keep the rules that hold on a day."""
    return [rule for rule in rules if rule.valid_from <= on and (rule.valid_to is None or on < rule.valid_to)]


def constants_among(constants: Iterable[Constant], on: date) -> Constants:
    """The constants that hold on a day; of two of one name the later one."""
    held = sorted(in_force(constants, on), key=lambda constant: constant.valid_from)
    return Constants({constant.name: constant for constant in held})


def not_in_force(code: str, on: date, versions: Sequence[Procedure]) -> NotFound | Unprocessable:
    """Say that a procedure has no version on a day, and when it has or had one."""
    if not versions:
        return NotFound(
            "procedure.unknown",
            vi=f"Không có thủ tục {code}",
            en=f"There is no procedure {code}",
            procedure=code,
        )
    near = min(standing_of(versions) or versions, key=lambda each: abs((each.valid_from - on).days))
    held = f"{near.valid_from:%d/%m/%Y}" + (f" – {near.valid_to:%d/%m/%Y}" if near.valid_to else "")
    return Unprocessable(
        "procedure.not_in_force",
        vi=f"Thủ tục {code} không có hiệu lực ngày {on:%d/%m/%Y} (hiệu lực: {held}); hãy kiểm tra ngày",
        en=f"Procedure {code} is not in force on {on.isoformat()} (it holds {held}); check the day or its successor",
        pointer="/procedure",
        procedure=code,
        valid_from=near.valid_from.isoformat(),
        valid_to=near.valid_to.isoformat() if near.valid_to else None,
    )
