"""What the law looks like over HTTP."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from msgspec import Meta, Struct

from postal.calendars.rules import Convention, Limit, Unit
from postal.identity.rules import OrganisationCode
from postal.instants import Instant
from postal.law.repository import Change, Offer
from postal.law.rules import (
    Changed,
    Component,
    Constant,
    Decision,
    Draft,
    Form,
    ListEntry,
    Postage,
    PostalList,
    Procedure,
    ProcessStep,
    Reading,
    Status,
    TransitLimit,
    UnitKind,
    Zone,
)

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


class LimitView(Struct, frozen=True):
    """A published limit and how it is counted."""

    value: int
    unit: str
    convention: str
    calendar: str


class ListView(Struct, frozen=True, kw_only=True):
    """The decision on what the post carries that a procedure's eligibility comes from."""

    scope: str
    version: int
    decision: str
    decided_on: date
    valid_from: date
    valid_to: date | None
    citation: str
    status: Status


class ProcedureView(Struct, frozen=True, kw_only=True):
    """One version of a procedure; `eligible` tells whether the post may carry anything of it, and why not."""

    code: str
    version: int
    name_vi: str
    name_en: str
    limit: LimitView
    eligible: bool
    eligible_submit: bool
    eligible_return: bool
    requires_presence: bool
    state_secret: bool
    fee: int
    valid_from: date
    valid_to: date | None
    citation: str
    status: Status
    territory_free: bool
    t0_reading: Reading | None
    issuer: str | None
    decision: str | None
    decided_on: date | None
    list: ListView | None = None
    reason: str = ""


class ProcedureHistory(Struct, frozen=True, kw_only=True):
    """The version in force, if any, with its papers and steps, and every version, newest first."""

    current: ProcedureView | None
    versions: Sequence[ProcedureView]
    components: Sequence[Component] = ()
    steps: Sequence[ProcessStep] = ()


class PostageView(Struct, frozen=True, kw_only=True):
    """What one leg costs within a scope, in đồng, one way, and its transit standard J + n in working days."""

    zone: Zone
    least: int
    most: int
    citation: str
    status: Status
    days: int | None
    transit_citation: str | None
    transit_status: Status | None


class ConstantView(Struct, frozen=True, kw_only=True):
    """A number or a choice, with where it comes from."""

    name: str
    value: Any
    valid_from: date
    valid_to: date | None
    citation: str
    status: Status
    decision: str | None
    decided_on: date | None


class FaresView(Struct, frozen=True):
    """Postage by zone on a day, and what else belongs to it."""

    on: date
    zones: Sequence[PostageView]
    others: Sequence[ConstantView]


class ChangeView(Struct, frozen=True, kw_only=True):
    """One change of law."""

    id: str
    at: Instant
    actor: str
    organisation: str | None
    what: str
    subject: str
    version: int | None
    action: str
    effective: date
    decision: str
    decided_on: date
    open_dossiers: int
    before: Any
    after: Any


class ChangedView(Struct, frozen=True, kw_only=True):
    """What a change did; `open_dossiers` keep what they began under, as `note` says in the caller's language."""

    what: str
    subject: str
    version: int | None
    valid_from: date
    valid_to: date | None
    ended: int | None
    ended_on: date | None
    open_dossiers: int
    note: str


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
            components=[Component(**_fields(each)) for each in self.components],
            steps=[ProcessStep(**_fields(each)) for each in self.steps],
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


class RuleGiven(Decided, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every dated rule states."""

    valid_from: date
    citation: Citation
    valid_to: date | None = None
    status: Status = Status.CONFIGURED


class ConstantGiven(RuleGiven, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The next value of a constant: a number, a word, true or false, a list of words, or a text in two languages."""

    name: ConstantName
    value: Value


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
        return [ListEntry(**_fields(each)) for each in self.entries]


def _fields(given: Struct) -> dict[str, Any]:
    return {name: getattr(given, name) for name in given.__struct_fields__}


def view_of(procedure: Procedure) -> ProcedureView:
    """Show a version by its own word."""
    limit = procedure.limit
    same = {
        name: getattr(procedure, name)
        for name in ProcedureView.__struct_fields__
        if name not in {"limit", "eligible", "list", "reason"}
    }
    return ProcedureView(
        **same,
        limit=LimitView(limit.value, limit.unit.value, procedure.convention.value, procedure.calendar),
        eligible=procedure.eligible_submit or procedure.eligible_return,
    )


def offered(offer: Offer) -> ProcedureView:
    """Show a version as the list in force has it."""
    shown = view_of(offer.procedure)
    fields = {name: getattr(shown, name) for name in shown.__struct_fields__}
    return ProcedureView(**fields | {"list": list_view(offer.by), "reason": offer.reason})


def list_view(listed: PostalList | None) -> ListView | None:
    """Show a list's decision."""
    return ListView(**_fields(listed)) if listed else None


def constant_view(constant: Constant) -> ConstantView:
    """Show a constant."""
    return ConstantView(**_fields(constant))


def postage_view(postage: Postage) -> PostageView:
    """Show what a leg costs."""
    transit: TransitLimit | None = postage.transit
    return PostageView(
        zone=postage.zone,
        least=int(postage.least.value),
        most=int(postage.most.value),
        citation=postage.least.citation,
        status=postage.least.status,
        days=transit.days if transit else None,
        transit_citation=transit.citation if transit else None,
        transit_status=transit.status if transit else None,
    )


def change_view(change: Change) -> ChangeView:
    """Show a change."""
    return ChangeView(**_fields(change) | {"id": str(change.id)})


def changed_view(changed: Changed, *, english: bool) -> ChangedView:
    """Show what a change did."""
    return ChangedView(**_fields(changed), note=kept(changed, english=english))


def kept(changed: Changed, *, english: bool) -> str:
    """Say how many dossiers keep what they began under."""
    count = changed.open_dossiers
    if english:
        return (
            f"{count} dossiers under way keep what they began under" if count else "No dossier is under way"
        )
    return (
        f"{count} hồ sơ đang giải quyết giữ nguyên quy định lúc tiếp nhận"
        if count
        else "Không có hồ sơ nào đang giải quyết"
    )
