"""The law as it is answered."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from postal.instants import Instant
from postal.law.repository import Change, Offer
from postal.law.rules import (
    Changed,
    Component,
    Constant,
    Postage,
    PostalList,
    Procedure,
    ProcessStep,
    Reading,
    Status,
    TransitLimit,
    Zone,
    is_withdrawn,
)


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
    withdrawn: bool = False


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
    withdrawn: bool = False


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
    reason: str | None = None


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


def fields_of(given: Struct) -> dict[str, Any]:
    """Give the fields of a Struct by name."""
    return {name: getattr(given, name) for name in given.__struct_fields__}


def view_of(procedure: Procedure) -> ProcedureView:
    """Show a version by its own word."""
    limit = procedure.limit
    same = {
        name: getattr(procedure, name)
        for name in ProcedureView.__struct_fields__
        if name not in {"limit", "eligible", "list", "reason", "withdrawn"}
    }
    return ProcedureView(
        **same,
        limit=LimitView(limit.value, limit.unit.value, procedure.convention.value, procedure.calendar),
        eligible=procedure.eligible_submit or procedure.eligible_return,
        withdrawn=is_withdrawn(procedure),
    )


def offered(offer: Offer) -> ProcedureView:
    """Show a version as the list in force has it."""
    shown = view_of(offer.procedure)
    fields = {name: getattr(shown, name) for name in shown.__struct_fields__}
    return ProcedureView(**fields | {"list": list_view(offer.by), "reason": offer.reason})


def list_view(listed: PostalList | None) -> ListView | None:
    """Show a list's decision."""
    return ListView(**fields_of(listed), withdrawn=is_withdrawn(listed)) if listed else None


def constant_view(constant: Constant) -> ConstantView:
    """Show a constant."""
    return ConstantView(**fields_of(constant))


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
    return ChangeView(**fields_of(change) | {"id": str(change.id)})


def changed_view(changed: Changed, *, english: bool) -> ChangedView:
    """Show what a change did."""
    return ChangedView(**fields_of(changed), note=kept(changed, english=english))


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
