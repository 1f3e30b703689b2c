"""Which reports there are, whose they are, and who may see and publish them."""

import re
from enum import StrEnum

from msgspec import Struct

from manifests.reports.rules.periods import Cadence, Period, read_period
from postal.errors import NotFound, Unprocessable
from postal.identity.rules import Actor, Role
from postal.network.rules import Kind as Party
from postal.network.rules import Organisation

PREFIX = "BAOCAO-"
PUBLISHED = "report.published"
_WRITTEN = re.compile(
    r"BAOCAO-(766|DONVI|TINH|BUUCHINH)-([0-9]{4}[A-Z0-9]{1,3})-([A-Z0-9][A-Z0-9.\-]{1,34})", re.ASCII
)


class Kind(StrEnum):
    """What is reported."""

    INDEX = "766"
    UNIT = "DONVI"
    PROVINCE = "TINH"
    POST = "BUUCHINH"


NAMES: dict[Kind, tuple[str, str]] = {
    Kind.INDEX: (
        "Bộ chỉ số chỉ đạo, điều hành và đánh giá chất lượng phục vụ (QĐ 766/QĐ-TTg)",
        "Indicators of service quality (Decision 766/QĐ-TTg)",
    ),
    Kind.UNIT: (
        "Báo cáo tình hình giải quyết thủ tục hành chính của đơn vị",
        "Report of a unit on the settlement of procedures",
    ),
    Kind.PROVINCE: (
        "Báo cáo tổng hợp tình hình giải quyết thủ tục hành chính",
        "Provincial report on the settlement of procedures",
    ),
    Kind.POST: (
        "Báo cáo bưu chính công ích trong giải quyết thủ tục hành chính",
        "Report of the post on the carriage of dossiers and results",
    ),
}

QUERY_VERSIONS = {
    Kind.INDEX: "766/1",
    Kind.UNIT: "settlement/1",
    Kind.PROVINCE: "settlement/1",
    Kind.POST: "post/1",
}
"""What a figure means is fixed by this; it changes with every change of a formula or of its statement."""

POSTAL = frozenset({Party.POST_OFFICE, Party.HUB})
READERS = frozenset({Role.CONTROL, Role.REGULATOR, Role.AGENCY_HEAD, Role.SUPERVISOR})


class Report(Struct, frozen=True, order=True):
    """One report: of an organisation, which stands for all below it, about a period."""

    kind: Kind
    period: Period
    organisation: str

    @property
    def code(self) -> str:
        """Write its code, under which the ledger keeps its publication."""
        return f"{PREFIX}{self.kind}-{self.period.code}-{self.organisation}"


def read_report(code: str) -> Report:
    """Read the code of a report; what is none is not found."""
    found = _WRITTEN.fullmatch(code)
    if found is None:
        raise not_found()
    try:
        return Report(Kind(found[1]), read_period(found[2]), found[3])
    except Unprocessable:
        raise not_found() from None


def fits(kind: Kind, organisation: Organisation) -> bool:
    """Tell whether an organisation can have a report of a kind: the post its own, agencies theirs."""
    if kind is Kind.POST:
        return organisation.kind in POSTAL
    return organisation.kind not in {*POSTAL, Party.CARRIER}


def owes(organisation: Organisation, kind: Kind, postal_parents: frozenset[str]) -> bool:
    """Tell whether an organisation has to hand in reports of a kind.

    Units: every authority. The province, and the sheet of QĐ 766: whoever coordinates a province, which is an authority
    of that level that stands under no other. The post: an enterprise reports for all its offices, so only one above
    which there is no postal organisation.
    """
    if kind is Kind.UNIT:
        return organisation.kind is Party.AUTHORITY
    if kind is Kind.POST:
        return organisation.kind in POSTAL and organisation.parent not in postal_parents
    return (
        organisation.kind is Party.AUTHORITY
        and organisation.level == "province"
        and organisation.parent is None
    )


def may_read(actor: Actor, report: Report) -> bool:
    """Tell who sees a report that is not public: inspectors, and those who answer for the organisation."""
    if actor.reads_everything:
        return True
    return report.organisation in actor.sees and not actor.roles.isdisjoint(READERS)


def may_publish(actor: Actor, report: Report) -> bool:
    """Tell who may publish: procedure control any, the head its agency's own, the supervisor the post's."""
    if Role.CONTROL in actor.roles:
        return True
    own = Role.SUPERVISOR if report.kind is Kind.POST else Role.AGENCY_HEAD
    return actor.organisation == report.organisation and own in actor.roles


def cadences_of(kind: Kind) -> tuple[Cadence, ...]:
    """Give the periods for which a report is owed."""
    if kind is Kind.INDEX:
        return (Cadence.MONTH,)
    if kind is Kind.POST:
        return (Cadence.QUARTER, Cadence.HALF, Cadence.YEAR)
    return tuple(Cadence)


def not_found() -> NotFound:
    """Make the one answer for what is not there and what this caller may not see."""
    return NotFound("report.not_found", vi="Không tìm thấy báo cáo này", en="There is no such report")
