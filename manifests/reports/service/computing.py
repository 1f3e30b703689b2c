"""Computing a report: what is counted for whom, and the names of its groups."""

from datetime import datetime

from manifests.reports import repository
from manifests.reports.repository import Group, Scope
from manifests.reports.rules import QUERY_VERSIONS, Basis, Content, Kind, Report, Table, fits, not_found
from manifests.reports.rules.composing import (
    PETITIONS_HANDLED,
    PETITIONS_IN_TIME,
    Grouped,
    index_tables,
    post_tables,
    settlement_tables,
)
from manifests.reports.rules.words import CLOCKS, NO_OFFICE, NO_UNIT, UNITS, WHOLE
from postal.errors import Unprocessable
from postal.law import repository as law
from postal.law.rules import Constants
from postal.network import repository as network
from postal.network.rules import Kind as Party
from postal.network.rules import Organisation, local_day


async def organisation_of(report: Report) -> Organisation:
    """Give the organisation of a report; none that could have one is not found."""
    found = (await network.find_many([report.organisation])).get(report.organisation)
    if found is None or not fits(report.kind, found):
        raise not_found()
    return found


def refuse_future(report: Report, now: datetime) -> None:
    """Raise for a period that has not begun: there is nothing to report of it."""
    if report.period.begin > now:
        vi, en = report.period.name
        raise Unprocessable(
            "report.future",
            vi=f"{vi} chưa bắt đầu nên chưa có gì để báo cáo",
            en=f"{en} has not begun; there is nothing to report yet",
            pointer="/period",
        )


async def constants_of(report: Report, now: datetime) -> Constants:
    """Give the constants that hold on the last day of a period, or today while it runs."""
    return await law.constants_at(min(local_day(report.period.end), local_day(now)))


async def scope_of(report: Report, organisation: Organisation, constants: Constants, now: datetime) -> Scope:
    """Say what a report counts: the operator of the whole system stands for everything, others for all below them."""
    most = constants.find("indicators.max_supplements")
    return Scope(
        begin=report.period.begin,
        end=min(report.period.end, now),
        everything=organisation.kind is Party.MINISTRY,
        organisations=await repository.organisations_below(organisation.code),
        most_requests=int(most.value) if most else 1,
    )


async def compute(report: Report, now: datetime) -> Content:
    """Compute a report as it is known now; one whose period still runs is provisional.

    Raises:
        NotFound: There is no such organisation, or it has no such reports.
        Unprocessable: The period lies in the future.
    """
    organisation = await organisation_of(report)
    refuse_future(report, now)
    constants = await constants_of(report, now)
    scope = await scope_of(report, organisation, constants, now)
    return Content(
        report=report.code,
        organisation=organisation.code,
        name=organisation.name,
        begin=report.period.first_day,
        end=report.period.end_day,
        query_version=QUERY_VERSIONS[report.kind],
        as_of=now,
        provisional=now < report.period.end,
        tables=await _tables(report.kind, scope, constants),
    )


async def _tables(kind: Kind, scope: Scope, constants: Constants) -> tuple[Table, ...]:
    if kind is Kind.POST:
        carried = await repository.grouped(Basis.CARRIED, scope)
        affairs = await repository.affairs(scope)
        return post_tables(_plain(carried), _plain(affairs), await _labels([*carried, *affairs]))
    settled = await repository.grouped(Basis.SETTLED, scope)
    labels = await _labels(settled)
    if kind is not Kind.INDEX:
        return settlement_tables(_plain(settled), labels, await repository.spans(scope))
    means = [
        (
            f"{each.procedure}/{each.version}",
            f"{each.procedure} {each.name_vi}; hạn {each.limit_value} {UNITS[each.limit_unit][0]}",
            each.limit_unit,
            each.calendar_us,
            each.working_us,
            each.n,
        )
        for each in await repository.means(scope)
    ]
    joined = _with_petitions(settled, await repository.petitions(scope))
    synced = await repository.anything_synchronised()
    return index_tables(joined, labels, means, constants, synced=synced)


def _plain(groups: list[Group]) -> Grouped:
    return [(each.by, each.group, each.counts) for each in groups]


def _with_petitions(settled: list[Group], petitions: list[Group]) -> Grouped:
    """Add what was done about petitions to the counts of dossiers; who had petitions alone gets no line."""
    found = {(each.by, each.group): each.counts for each in petitions}
    none = {"handled": 0, "in_time": 0}
    return [
        (
            each.by,
            each.group,
            {
                **each.counts,
                PETITIONS_HANDLED: found.get((each.by, each.group), none)["handled"],
                PETITIONS_IN_TIME: found.get((each.by, each.group), none)["in_time"],
            },
        )
        for each in settled
    ]


async def _labels(groups: list[Group]) -> dict[tuple[str, str], str]:
    """Name what is counted by; the words of a frozen report are Vietnamese."""
    of = {
        by: [each.group for each in groups if each.by == by and each.group]
        for by in {each.by for each in groups}
    }
    parties = [code for by in ("authority", "desk", "office") for code in of.get(by, ())]
    named = {code: each.name for code, each in (await network.find_many(parties)).items()}
    units = await repository.names_of_units(of.get("commune", []))
    procedures = await repository.names_of_procedures(of.get("procedure", []))
    labels = {("all", ""): WHOLE[0], ("commune", ""): NO_UNIT[0], ("office", ""): NO_OFFICE[0]}
    labels |= {("clock", clock): f"{clock} {words[0]}" for clock, words in CLOCKS.items()}
    for by, codes in of.items():
        for code in codes:
            name = {"commune": units, "procedure": procedures}.get(by, named).get(code)
            labels[by, code] = f"{name} ({code})" if name else code
    return labels
