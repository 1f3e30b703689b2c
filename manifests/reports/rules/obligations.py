"""Who owes which report by when, and who is late."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from manifests.reports.rules.periods import Cadence, Period, month_after, periods_over
from manifests.reports.rules.reports import POSTAL, Kind, Report, cadences_of, owes
from postal.instants import utc
from postal.law.rules import Constant, Constants
from postal.network.rules import Organisation, start_of

AHEAD_DAYS = 5
"""So many days before it is due, a report is asked for."""

LOOKING_BACK_MONTHS = 24
"""Obligations older than that are history: the calendar lists them no more."""


class Standing(StrEnum):
    """How an obligation stands."""

    AHEAD = "ahead"
    DUE = "due"
    LATE = "late"
    DONE = "done"
    DONE_LATE = "done_late"


class Deadline(Struct, frozen=True, kw_only=True):
    """The instant before which a report must be published, and where that stands."""

    at: datetime
    citation: str
    status: str


class Obligation(Struct, frozen=True, kw_only=True):
    """One report that is owed."""

    report: Report
    deadline: Deadline
    standing: Standing
    published_at: datetime | None


def deadline_of(kind: Kind, period: Period, constants: Constants) -> Deadline | None:
    """Tell by when a report of a period is owed; "before the 15th" is over when the 15th begins. None: not owed."""
    if period.cadence not in cadences_of(kind):
        return None
    if kind is Kind.POST:
        names = {
            Cadence.QUARTER: "report.post.quarter_day",
            Cadence.HALF: "report.post.half_year",
            Cadence.YEAR: "report.post.year",
        }
        name = names[period.cadence]
    else:
        whose = "unit" if kind is Kind.UNIT else "province"
        name = f"report.{whose}.{'month' if period.cadence is Cadence.MONTH else 'period'}_day"
    constant = constants.find(name)
    return None if constant is None else _deadline(constant, period)


def obligations(
    organisations: Iterable[Organisation],
    published: Mapping[str, datetime],
    constants: Constants,
    *,
    since: date,
    today: date,
    now: datetime,
) -> Iterator[Obligation]:
    """List what is owed for periods that ended after the first dossier came in, and is not long past."""
    known = list(organisations)
    postal = frozenset(each.code for each in known if each.kind in POSTAL)
    begin = max(since, month_after(today.replace(day=1), -LOOKING_BACK_MONTHS))
    for organisation in known:
        for kind in Kind:
            if not owes(organisation, kind, postal):
                continue
            for report in _reports(kind, organisation, begin, today):
                deadline = deadline_of(kind, report.period, constants)
                if deadline is not None:
                    yield _judged(report, deadline, published.get(report.code), now)


def to_remind(owed: Iterable[Obligation], reminded: Collection[tuple[str, str]]) -> list[Obligation]:
    """Choose those of which somebody must be told now: due soon, or late, each once."""
    return [
        each
        for each in owed
        if each.standing in {Standing.DUE, Standing.LATE}
        and (each.report.code, each.standing.value) not in reminded
    ]


def _reports(kind: Kind, organisation: Organisation, begin: date, today: date) -> Iterator[Report]:
    since = max(begin, organisation.valid_from)
    last = (
        today
        if organisation.valid_to is None
        else min(today, month_after(organisation.valid_to.replace(day=1), 1))
    )
    for cadence in cadences_of(kind):
        for period in periods_over(cadence, since, last):
            yield Report(kind, period, organisation.code)


def _judged(report: Report, deadline: Deadline, published_at: datetime | None, now: datetime) -> Obligation:
    if published_at is not None:
        standing = Standing.DONE if published_at < deadline.at else Standing.DONE_LATE
    elif now >= deadline.at:
        standing = Standing.LATE
    else:
        soon = now >= deadline.at - timedelta(days=AHEAD_DAYS)
        standing = Standing.DUE if soon else Standing.AHEAD
    return Obligation(report=report, deadline=deadline, standing=standing, published_at=published_at)


def _deadline(constant: Constant, period: Period) -> Deadline:
    return Deadline(
        at=utc(start_of(_day_of(constant.value, period.end_day))),
        citation=constant.citation,
        status=constant.status.value,
    )


def _day_of(value: object, after: date) -> date:
    """Read a day of the month, or a month and a day of the year, as the first such day after a period."""
    if isinstance(value, str):
        month, day = map(int, value.split("-"))
        found = date(after.year, month, day)
        return found if found >= after else date(after.year + 1, month, day)
    return after.replace(day=int(str(value)))
