"""Figures of a scoring year by agency, for PAR INDEX, SIPAS and PAPI (R33)."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from msgspec.structs import astuple

from manifests.reports import repository
from manifests.reports.repository import Scope
from manifests.reports.rules import Basis, Cadence, Period
from manifests.reports.rules.indicators import rate
from manifests.reports.rules.scoring import ScoringLine
from postal.errors import Unprocessable
from postal.identity.rules import Actor
from postal.network import repository as network
from postal.web.spreadsheets import Row, csv_stream


async def scoring(year: int, *, actor: Actor, now: datetime) -> list[ScoringLine]:
    """Give the figures of the agencies that the actor may see; those of a running year are provisional."""
    period = Period(year, Cadence.YEAR)
    if period.begin > now:
        raise Unprocessable(
            "report.future",
            vi=f"Năm {year} chưa bắt đầu nên chưa có gì để chấm điểm",
            en=f"The year {year} has not begun; there is nothing to score yet",
            pointer="/query/year",
        )
    scope = Scope(
        begin=period.begin,
        end=min(period.end, now),
        everything=actor.reads_everything,
        organisations=tuple(sorted(actor.sees)),
    )
    counted = await repository.grouped(Basis.SETTLED, scope)
    agencies = [
        each
        for each in counted
        if each.by == "authority" and (actor.reads_everything or each.group in actor.sees)
    ]
    named = await network.find_many([each.group for each in agencies])
    return [
        ScoringLine(
            year=year,
            provisional=now < period.end,
            authority=each.group,
            name=named[each.group].name if each.group in named else each.group,
            handled=each.counts["handled"],
            judged=each.counts["judged"],
            on_time=each.counts["on_time"],
            on_time_percent=_text(each.counts["on_time"], each.counts["judged"]),
            late=each.counts["late"],
            apologised=each.counts["apologised"],
            late_without_apology=each.counts["unapologised"],
            supplemented=each.counts["supplemented"],
            supplemented_again=each.counts["supplemented_again"],
            rated=each.counts["rated"],
            satisfied=each.counts["satisfied"],
            satisfied_percent=_text(each.counts["satisfied"], each.counts["rated"]),
            complained=each.counts["complained"],
        )
        for each in agencies
    ]


def scoring_csv(lines: Sequence[ScoringLine]) -> AsyncIterator[bytes]:
    """Write the figures as CSV; N/A where there was nothing to count."""

    async def rows() -> AsyncIterator[Row]:
        for line in lines:
            yield ["N/A" if cell is None else cell for cell in astuple(line)]

    return csv_stream(ScoringLine.__struct_fields__, rows())


def _text(n: int, d: int) -> str | None:
    share = rate(n, d)
    return None if share is None else str(share)
