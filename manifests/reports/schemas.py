"""What is sent about reports, and how lists of them answer."""

from typing import Annotated

from msgspec import Meta, Struct

from manifests.reports.rules import Obligation
from manifests.reports.rules.portal import PortalReceipt
from postal.instants import Instant
from postal.law.rules import Status


class Owed(Struct, frozen=True, kw_only=True):
    """One report that an organisation owes: by when, and how it stands."""

    code: str
    kind: str
    period: str
    cadence: str
    organisation: str
    due: Instant
    citation: str
    status: Status
    standing: str
    published_at: Instant | None


class Meaning(Struct, frozen=True, kw_only=True):
    """What a figure means. `n` and `d` are measures: `/reports/{code}/rows?measure=` lists the dossiers of each."""

    key: str
    form: str
    name_vi: str
    name_en: str
    formula_vi: str
    formula_en: str
    n: str | None
    d: str | None
    citation: str


class PortalReceipts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Several answers of the portal."""

    receipts: Annotated[list[PortalReceipt], Meta(min_length=1, max_length=500)]


def owed_of(obligation: Obligation) -> Owed:
    """Write an obligation as lists answer it."""
    report = obligation.report
    return Owed(
        code=report.code,
        kind=report.kind.value,
        period=report.period.code,
        cadence=report.period.cadence.value,
        organisation=report.organisation,
        due=obligation.deadline.at,
        citation=obligation.deadline.citation,
        status=Status(obligation.deadline.status),
        standing=obligation.standing.value,
        published_at=obligation.published_at,
    )
