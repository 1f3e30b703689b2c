"""What a leader reads: counts of a period as rates, where the time goes, and what was saved."""

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

from msgspec import Struct

from postal.errors import Unprocessable
from shipments.dossiers.rules import Channel
from shipments.figures.rules.intervals import Rate
from shipments.figures.rules.model import BY_WORKING_TIME, DONE, STATUTORY, VERDICTS, Amount, Cut
from shipments.figures.rules.spread import quantile

MONTHS = 12
MOST_MONTHS = 36
LEGS = ("C1", "C6")
STAGES = ("C1", "C2", "C3", "C5", "C6")
"""Clocks that follow one another from hand to hand; C4 lies within C3, C7 is the whole."""

COUNTED = (
    "registered",
    "received",
    "completed",
    "returned",
    "supplemented",
    "supplemented_again",
    "extended",
    "past_due",
    "past_due_done",
    "promised",
    "taken",
    "formal_in",
    "formal_out",
    "chosen",
    "digitised",
    "digitised_papers",
    "result_by_post",
)
JUDGED_CLOCKS = tuple(
    f"{clock}.{verdict}" for clock in ("C1", "C2", "C3", "C4", "C5", "C6", "C7") for verdict in VERDICTS
)
MEASURES = (*COUNTED, *JUDGED_CLOCKS)
OF_GROUPS = ("received", *DONE, *(f"{leg}.{verdict}" for leg in LEGS for verdict in VERDICTS))


Side = Literal["all", "authority", "desk", "office"]
_CUTS = {cut.value: cut for cut in Cut}


class Scope(Struct, frozen=True):
    """Whose dossiers a caller reads: all, or those of one side of some organisations."""

    side: Side
    values: tuple[str, ...] = ()

    @property
    def cut(self) -> Cut:
        """Give the cut that holds the whole of the scope."""
        return Cut(self.side)

    def by(self, dimension: str) -> Cut | None:
        """Give the cut of the scope by a dimension; None where nothing is summed so."""
        name = dimension if self.side in ("all", dimension) else f"{self.side}+{dimension}"
        return _CUTS.get(name)


class Counts(Struct, frozen=True):
    """Sums of one period or group by measure, and of these dossiers those that came by post."""

    amounts: Mapping[str, Amount]
    posted: int = 0

    def n(self, *measures: str) -> int:
        """Add up how often something was counted."""
        return sum(self.amounts[measure].n for measure in measures if measure in self.amounts)

    @property
    def done(self) -> int:
        """Give how many statutory clocks stopped."""
        return self.n(*DONE)

    def in_time(self, *clocks: str) -> Rate:
        """Give how many of the clocks with a verdict kept their limit; the undecided are left out and told apart."""
        good = self.n(*(f"{clock}.{verdict}" for clock in clocks for verdict in ("early", "on_time")))
        return Rate(good, good + self.n(*(f"{clock}.late" for clock in clocks)))

    @property
    def on_time(self) -> Rate:
        """Give the share in time among the dossiers that were done with a verdict."""
        return self.in_time(STATUTORY)

    @property
    def in_transit(self) -> Rate:
        """Give the share of the post's legs that kept J+n."""
        return self.in_time(*LEGS)

    @property
    def post(self) -> Rate:
        """Give the share that came by post."""
        return Rate(min(self.posted, self.n("received")), self.n("received"))

    @property
    def digitised(self) -> Rate:
        """Give the share of completed dossiers with a file for each paper and for the result."""
        return _rate(self.n("digitised"), self.n("completed"))

    @property
    def chosen(self) -> Rate:
        """Give the share with the citizen's recorded choice."""
        return _rate(self.n("chosen"), self.n("registered"))

    @property
    def formal_in(self) -> Rate:
        """Give the share of those registered for the post that came without it."""
        return _rate(self.n("formal_in"), self.posted)

    @property
    def formal_out(self) -> Rate:
        """Give the share of results bound for the post that the post never had."""
        home = self.n(*(f"C6.{verdict}" for verdict in VERDICTS))
        return Rate(self.n("formal_out"), self.n("formal_out") + home)

    @property
    def reduction(self) -> float | None:
        """Give by how much the time taken was shorter than the time promised, as a share (R19)."""
        promised, taken = (self.amounts.get(name, Amount()).calendar_ms for name in ("promised", "taken"))
        return 1 - taken / promised if promised else None


class ClockSummary(Struct, frozen=True, kw_only=True):
    """One clock in a period: how many stopped, seconds on the average and at quantiles, its share of the whole way."""

    clock: str
    n: int
    mean: float | None
    p50: float | None
    p90: float | None
    share: float | None
    working_share: float | None
    on_time: Rate


class Saved(Struct, frozen=True, kw_only=True):
    """What citizens were spared, by dated constants; the formula is told with the figure."""

    directions: int
    trips: int
    minutes: int
    cost: int
    trips_per_direction: int
    trip_minutes: int
    trip_cost: int


def clock_summary(clock: str, counts: Counts, spread: Mapping[int, int]) -> ClockSummary:
    """Sum up one clock; working time for the agency's clocks, calendar time for the others."""
    amount = _total(clock, counts)
    by_working = clock in BY_WORKING_TIME
    length = amount.working_ms if by_working else amount.calendar_ms
    whole = sum(_total(stage, counts).calendar_ms for stage in STAGES)
    return ClockSummary(
        clock=clock,
        n=amount.n,
        mean=length / amount.n / 1_000 if amount.n else None,
        p50=_seconds(quantile(spread, Fraction(1, 2))),
        p90=_seconds(quantile(spread, Fraction(9, 10))),
        share=amount.calendar_ms / whole if whole and clock in STAGES else None,
        working_share=amount.working_ms / amount.calendar_ms if amount.calendar_ms else None,
        on_time=counts.in_time(clock),
    )


def saved(counts: Counts, per_direction: int, minutes: int, cost: int) -> Saved:
    """Count the trips that the post made instead of a citizen: papers that came by it, results that it took home."""
    home = counts.n(*(f"C6.{verdict}" for verdict in VERDICTS))
    directions = max(0, counts.posted - counts.n("formal_in")) + home
    trips = directions * per_direction
    return Saved(
        directions=directions,
        trips=trips,
        minutes=trips * minutes,
        cost=trips * cost,
        trips_per_direction=per_direction,
        trip_minutes=minutes,
        trip_cost=cost,
    )


def months_between(begin: date | None, end: date | None, today: date) -> tuple[date, date]:
    """Give the first day of the first month and of the one after the last; without either, the last twelve months."""
    last = (end or today).replace(day=1)
    first = begin.replace(day=1) if begin else month_after(last, 1 - MONTHS)
    following = month_after(last, 1)
    if not first <= last or first < month_after(following, -MOST_MONTHS):
        raise Unprocessable(
            "figures.period",
            vi=f"Chọn từ tháng đến tháng theo thứ tự, nhiều nhất {MOST_MONTHS} tháng",
            en=f"Choose a first and a last month in order, at most {MOST_MONTHS} months",
            pointer="/query/from",
        )
    return first, following


def month_after(first: date, months: int) -> date:
    """Give the first day of the month so many months later or, negative, earlier."""
    at = first.year * 12 + first.month - 1 + months
    return date(at // 12, at % 12 + 1, 1)


def months_of(begin: date, end: date) -> list[date]:
    """List the first days of months from one, up to but not including another."""
    listed = []
    while begin < end:
        listed.append(begin)
        begin = (begin + timedelta(days=31)).replace(day=1)
    return listed


def posted(by_channel: Mapping[str, int]) -> int:
    """Give how many came by post."""
    return by_channel.get(Channel.POST, 0)


def _rate(hits: int, of: int) -> Rate:
    # Numerator and denominator are counted on different days; at the edge of a period one may be ahead of the other.
    return Rate(min(hits, of), of)


def _total(clock: str, counts: Counts) -> Amount:
    return sum((counts.amounts.get(f"{clock}.{verdict}", Amount()) for verdict in VERDICTS), start=Amount())


def _seconds(length: Fraction | None) -> float | None:
    return float(length) if length is not None else None
