"""Changes of law as they are sent."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from postal.calendars.rules import Convention, Limit, Unit
from postal.identity.rules import OrganisationCode
from postal.law.rules import (
    Component,
    Decision,
    Draft,
    Form,
    ListEntry,
    ProcessStep,
    Reading,
    Status,
    Subject,
    UnitKind,
    Zone,
)
from postal.law.schemas.views import fields_of

Code = Annotated[str, Meta(pattern=r"^[A-Z0-9][A-Z0-9.\-]{1,34}$(?!\n)")]
PaperCode = Annotated[str, Meta(pattern=r"^[A-Z0-9][A-Z0-9.\-]{0,39}$(?!\n)")]
PatternName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{1,39}$(?!\n)")]
ConstantName = Annotated[str, Meta(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$(?!\n)", max_length=60)]
Name = Annotated[str, Meta(min_length=1, max_length=300)]
Citation = Annotated[str, Meta(min_length=1, max_length=300)]
Number = Annotated[str, Meta(min_length=1, max_length=100)]
RoleName = Annotated[str, Meta(pattern=r"^[a-z_]{1,30}$(?!\n)")]
Money = Annotated[int, Meta(ge=0, le=1_000_000_000)]
Small = Annotated[int, Meta(ge=1, le=100)]
Hours = Annotated[int, Meta(ge=1, le=366 * 8)]
Text = Annotated[str, Meta(max_length=200)]
Value = (
    Annotated[int, Meta(ge=-1_000_000_000, le=1_000_000_000)]
    | bool
    | Text
    | Annotated[list[Text], Meta(max_length=20)]
    | Annotated[dict[str, Text], Meta(max_length=4)]
)
Amount = Annotated[int, Meta(ge=-1_000_000, le=1_000_000)]


class Decided(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every change states: the decision behind it."""

    decision: Number
    decided_on: date

    def by(self) -> Decision:
        """Give the decision."""
        return Decision(number=self.decision, on=self.decided_on)


class LimitGiven(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A limit in the unit in which it is published."""

    value: Amount
    unit: Unit


class ComponentGiven(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One paper that a version asks for."""

    code: PaperCode
    name_vi: Name
    name_en: Name
    form: Form
    copies: Small = 1
    required: bool = True
    to_return: bool = False


class StepGiven(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step of the internal process, in working hours."""

    name_vi: Name
    name_en: Name
    hours: Hours
    unit_kind: UnitKind
    role: RoleName


class VersionGiven(Decided, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A version of a procedure as an office states it."""

    name_vi: Name
    name_en: Name
    limit: LimitGiven
    valid_from: date
    citation: Citation
    convention: Convention = Convention.END_OF_DAY
    calendar: Code = "VN-HC"
    t0_reading: Reading | None = None
    eligible_submit: bool = False
    eligible_return: bool = False
    requires_presence: bool = False
    state_secret: bool = False
    territory_free: bool = False
    fee: Money = 0
    valid_to: date | None = None
    status: Status = Status.CONFIGURED
    components: Annotated[Sequence[ComponentGiven], Meta(max_length=50)] = ()
    steps: Annotated[Sequence[StepGiven], Meta(max_length=50)] = ()

    def draft(self, issuer: str | None = None) -> Draft:
        """Give the version that is asked for."""
        plain = {
            name: getattr(self, name)
            for name in Draft.__struct_fields__
            if name not in {"limit", "components", "steps", "issuer"}
        }
        return Draft(
            **plain,
            limit=Limit(self.limit.value, self.limit.unit),
            components=[Component(**fields_of(each)) for each in self.components],
            steps=[ProcessStep(**fields_of(each)) for each in self.steps],
            issuer=issuer,
        )


class NewProcedure(VersionGiven, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A procedure with its first version; the office that answers for it is the caller's own unless it is national."""

    code: Code
    issuer: OrganisationCode | None = None


class NextVersion(VersionGiven, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The version that follows `after`, the newest one that the editor saw."""

    after: Annotated[int, Meta(ge=1, le=1_000_000)]


class EndProcedure(Decided, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first day on which a procedure no longer holds; `after` is the newest version that the editor saw."""

    valid_to: date
    after: Annotated[int, Meta(ge=1, le=1_000_000)]


class WithdrawRule(Decided, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The decision that withdraws the rule of a subject that was to hold from a day on, and why.

    The subject is written as in the history of changes: a procedure's code, a constant's or a pattern's name, the zone
    of a transit standard, the scope of a list.
    """

    what: Subject
    subject: Annotated[str, Meta(min_length=1, max_length=60)]
    valid_from: date
    reason: Annotated[str, Meta(min_length=3, max_length=300)]


class RuleGiven(Decided, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every dated rule states."""

    valid_from: date
    citation: Citation
    valid_to: date | None = None
    status: Status = Status.CONFIGURED


class NamedValue(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A constant and its next value."""

    name: ConstantName
    value: Value


class ConstantGiven(RuleGiven, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The next value of a constant: a number, a word, true or false, a list of words, or a text in two languages.

    `along` gives values of further constants by the same decision; weights of the sheet of QĐ 766 make 100 together.
    """

    name: ConstantName
    value: Value
    along: Annotated[Sequence[NamedValue], Meta(max_length=10)] = ()


class TransitGiven(RuleGiven, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The next transit standard of a scope: J + `days` working days."""

    zone: Zone
    days: Amount
    with_slip: bool = False
    calendar: Code = "VN-HC"


class PatternGiven(RuleGiven, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A way of writing dossier codes; the examples must match it whole."""

    name: PatternName
    pattern: Annotated[str, Meta(min_length=1, max_length=200)]
    examples: Annotated[Sequence[Annotated[str, Meta(min_length=1, max_length=60)]], Meta(max_length=10)] = ()


class EntryGiven(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a list says of one procedure."""

    procedure: Code
    eligible_submit: bool
    eligible_return: bool
    requires_presence: bool = False
    state_secret: bool = False
    reason: Annotated[str, Meta(max_length=300)] = ""


class ListGiven(RuleGiven, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A decision on what the post carries, of a province or (VN) of the country; it replaces the one before it."""

    entries: Annotated[Sequence[EntryGiven], Meta(max_length=10_000)]
    scope: Annotated[str, Meta(pattern=r"^([0-9]{2}|VN)$(?!\n)")] = "VN"

    def listed(self) -> list[ListEntry]:
        """Give what the list says."""
        return [ListEntry(**fields_of(each)) for each in self.entries]
