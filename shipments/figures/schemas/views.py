"""What figures look like over HTTP."""

from datetime import date
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from postal.instants import Instant
from shipments.figures.repository import Behind, Statistic, Told
from shipments.figures.rules import Rate
from shipments.figures.rules.leader import Leading
from shipments.figures.rules.publication import LATE, Published
from shipments.figures.rules.summary import ClockSummary, Counts


class ReasonView(Struct, frozen=True, kw_only=True):
    """Why a day was published again, and how many dossiers changed up to its end since the time before."""

    code: str
    dossiers: int
    vi: str
    en: str


class PublicationView(Struct, frozen=True, kw_only=True):
    """One publication of a day: revision 0 at its end, further ones beside it. `digest` is the SHA-256 of `content`."""

    day: date
    revision: int
    taken_at: Instant
    reason: ReasonView | None
    digest: str
    log_size: int | None
    checkpoint: str | None


class StatisticView(PublicationView, frozen=True, kw_only=True):
    """What was published about a day, and every publication of it. `digest` is over `content` as RFC 8785 writes it."""

    content: Published
    revisions: list[PublicationView]


def publication_view(statistic: Statistic) -> PublicationView:
    """Show one publication without its figures."""
    return PublicationView(**_told(statistic))


def statistic_view(told: Told, publications: list[Statistic]) -> StatisticView:
    """Show one publication with its figures, beside all others of the day."""
    return StatisticView(
        **_told(told.statistic),
        content=told.content,
        revisions=[publication_view(each) for each in publications],
    )


def reason_view(reason: str | None) -> ReasonView | None:
    """Say why a day was published again."""
    if reason is None:
        return None
    code, _, number = reason.partition(":")
    dossiers = int(number or 0)
    what = {
        LATE: (
            f"{dossiers} hồ sơ có thao tác được ghi nhận hoặc đính chính sau khi công bố",
            f"{dossiers} dossiers had steps recorded or corrected after the publication",
        )
    }
    vi, en = what.get(code, (code, code))
    return ReasonView(code=code, dossiers=dossiers, vi=vi, en=en)


def _told(statistic: Statistic) -> dict[str, Any]:
    return {
        "day": statistic.day,
        "revision": statistic.revision,
        "taken_at": statistic.taken_at,
        "reason": reason_view(statistic.reason),
        "digest": statistic.digest,
        "log_size": statistic.log_size,
        "checkpoint": statistic.checkpoint,
    }


class RateView(Struct, frozen=True, kw_only=True):
    """So many of so many, with the Wilson 95 % interval; `share` is null (N/A) where there is nothing to share."""

    hits: int
    of: int
    share: float | None
    low: float | None
    high: float | None


class CountsView(Struct, frozen=True, kw_only=True):
    """Counts of a period or group. `post` is null where it is not summed."""

    received: int
    done: int
    late: int
    undecided: int
    on_time: RateView
    transit: RateView
    post: RateView | None


class MonthView(CountsView, frozen=True, kw_only=True):
    """One month, by its first day."""

    month: date


class GroupView(CountsView, frozen=True, kw_only=True):
    """One row of the comparison, surely worst first."""

    value: str


class ClockSummaryView(Struct, frozen=True, kw_only=True):
    """One clock in seconds; quantiles err by at most 1/16. `share` is that of the way from hand to hand."""

    clock: str
    n: int
    mean_seconds: float | None
    p50_seconds: float | None
    p90_seconds: float | None
    share: float | None
    working_share: float | None
    on_time: RateView


class HolderView(Struct, frozen=True, kw_only=True):
    """What the steps at one unit took."""

    holder: str
    steps: int
    calendar_seconds: float
    working_seconds: float
    on_time: RateView


class SavedView(Struct, frozen=True, kw_only=True):
    """Trips saved = directions × trips a direction; minutes and đồng = trips × the configured constants."""

    directions: int
    trips: int
    minutes: int
    cost: int
    trips_per_direction: int
    trip_minutes: int
    trip_cost: int


class LeadingView(Struct, frozen=True, kw_only=True):
    """Figures of the caller's dossiers from `begin` up to but not including `end`."""

    begin: date
    end: date
    side: str
    organisations: list[str]
    by: str
    total: CountsView
    open: int
    overdue: int
    digitised: RateView
    chosen: RateView
    formal_in: RateView
    formal_out: RateView
    reduction: float | None
    months: list[MonthView]
    groups: list[GroupView]
    clocks: list[ClockSummaryView]
    holders: list[HolderView]
    saved: SavedView


class BehindView(Struct, frozen=True, kw_only=True):
    """A dossier that is counted in a figure, and the day for which it is."""

    dossier: str
    day: date
    measure: str
    authority: str
    desk: str
    office: str | None
    procedure: str
    channel: str
    calendar_seconds: float
    working_seconds: float


def rate_view(rate: Rate) -> RateView:
    """Show a rate."""
    low, high = rate.interval if rate.of else (None, None)
    return RateView(hits=rate.hits, of=rate.of, share=rate.share, low=low, high=high)


def leading_view(leading: Leading) -> LeadingView:
    """Show what a leader reads."""
    total = leading.total
    return LeadingView(
        begin=leading.begin,
        end=leading.end,
        side=leading.scope.side,
        organisations=list(leading.scope.values),
        by=leading.by.value,
        total=CountsView(**_counts(total)),
        open=leading.open,
        overdue=leading.overdue,
        digitised=rate_view(total.digitised),
        chosen=rate_view(total.chosen),
        formal_in=rate_view(total.formal_in),
        formal_out=rate_view(total.formal_out),
        reduction=total.reduction,
        months=[MonthView(month=each.month, **_counts(each.counts)) for each in leading.months],
        groups=[
            GroupView(value=each.value, **_counts(each.counts, has_channel=each.has_channel))
            for each in leading.groups
        ],
        clocks=[_clock(each) for each in leading.clocks],
        holders=[
            HolderView(
                holder=each.holder,
                steps=each.amount.n,
                calendar_seconds=each.amount.calendar_ms / 1_000,
                working_seconds=each.amount.working_ms / 1_000,
                on_time=rate_view(each.on_time),
            )
            for each in leading.holders
        ],
        saved=SavedView(**asdict(leading.saved)),
    )


def behind_view(behind: Behind) -> BehindView:
    """Show a dossier behind a figure."""
    return BehindView(
        dossier=behind.dossier,
        day=behind.day,
        measure=behind.measure,
        authority=behind.authority,
        desk=behind.desk,
        office=behind.office or None,
        procedure=behind.procedure,
        channel=behind.channel,
        calendar_seconds=behind.calendar_ms / 1_000,
        working_seconds=behind.working_ms / 1_000,
    )


def _counts(counts: Counts, *, has_channel: bool = True) -> dict[str, Any]:
    return {
        "received": counts.n("received"),
        "done": counts.done,
        "late": counts.n("C3.late"),
        "undecided": counts.n("C3.undecided", "C3.unjudged"),
        "on_time": rate_view(counts.on_time),
        "transit": rate_view(counts.in_transit),
        "post": rate_view(counts.post) if has_channel else None,
    }


def _clock(summary: ClockSummary) -> ClockSummaryView:
    return ClockSummaryView(
        clock=summary.clock,
        n=summary.n,
        mean_seconds=summary.mean,
        p50_seconds=summary.p50,
        p90_seconds=summary.p90,
        share=summary.share,
        working_share=summary.working_share,
        on_time=rate_view(summary.on_time),
    )
