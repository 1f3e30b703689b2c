"""What the law looks like over HTTP."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from postal.law.rules import Procedure, Status


class LimitView(Struct, frozen=True):
    """A published limit and how it is counted."""

    value: int
    unit: str
    convention: str
    calendar: str


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


class ProcedureHistory(Struct, frozen=True):
    """The version in force, if any, and every version, newest first."""

    current: ProcedureView | None
    versions: Sequence[ProcedureView]


def view_of(procedure: Procedure) -> ProcedureView:
    """Show a version."""
    limit = procedure.limit
    return ProcedureView(
        code=procedure.code,
        version=procedure.version,
        name_vi=procedure.name_vi,
        name_en=procedure.name_en,
        limit=LimitView(limit.value, limit.unit.value, procedure.convention.value, procedure.calendar),
        eligible=procedure.eligible_submit or procedure.eligible_return,
        eligible_submit=procedure.eligible_submit,
        eligible_return=procedure.eligible_return,
        requires_presence=procedure.requires_presence,
        state_secret=procedure.state_secret,
        fee=procedure.fee,
        valid_from=procedure.valid_from,
        valid_to=procedure.valid_to,
        citation=procedure.citation,
        status=procedure.status,
    )
