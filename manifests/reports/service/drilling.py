"""From a figure to the dossiers behind it."""

from datetime import datetime

from manifests.reports import repository
from manifests.reports.repository import Behind
from manifests.reports.rules import MEASURES, Kind, Report, basis_of, may_read, not_found, read_report
from manifests.reports.rules.measures import Basis
from manifests.reports.service.computing import constants_of, organisation_of, refuse_future, scope_of
from postal.errors import Unprocessable
from postal.identity.rules import Actor


async def rows_behind(
    code: str,
    measure: str,
    by: str,
    group: str,
    *,
    after: tuple[datetime, str] | None,
    limit: int,
    actor: Actor,
    now: datetime,
) -> list[Behind]:
    """List the dossiers that a measure of a report counts in a group, as far as the actor may see them.

    Raises:
        Unprocessable: The report has no such measure, or is not counted by that.
    """
    report = read_report(code)
    if not may_read(actor, report):
        raise not_found()
    organisation = await organisation_of(report)
    refuse_future(report, now)
    _refuse_unknown(report, measure, by)
    scope = await scope_of(report, organisation, await constants_of(report, now), now)
    return await repository.behind(measure, by, group, scope, actor, after, limit)


def _refuse_unknown(report: Report, measure: str, by: str) -> None:
    basis = Basis.CARRIED if report.kind is Kind.POST else Basis.SETTLED
    if measure not in MEASURES or basis_of(measure) is not basis:
        raise Unprocessable(
            "report.measure",
            vi="Báo cáo này không đếm chỉ tiêu đó; danh mục ở /api/v1/reports/definitions",
            en="This report counts no such measure; /api/v1/reports/definitions lists them",
            pointer="/query/measure",
        )
    if by != "all" and by not in repository.COLUMNS[basis]:
        raise Unprocessable(
            "report.by",
            vi=f"Không đếm theo {by}; chỉ theo: all, {', '.join(repository.COLUMNS[basis])}",
            en=f"Nothing is counted by {by}; only by all, {', '.join(repository.COLUMNS[basis])}",
            pointer="/query/by",
        )
