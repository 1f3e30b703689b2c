"""What of a leader's figures is drawn: shares by month, where the time goes by leg, time by holder."""

from collections.abc import Callable, Mapping, Sequence

from postal.web.charts import Part, Point, Series, Stacked, Trend, legs, stacked, trend
from shipments.figures.rules import Rate
from shipments.figures.rules.leader import HolderTime, Month
from shipments.figures.rules.summary import ClockSummary, Counts

HOLDERS = 10
"""So many holders are drawn; all stand in the table."""

WORKING = ("Trong giờ làm việc", "Within working hours")
RESTING = ("Ngoài giờ làm việc", "Outside working hours")
HOUR_MS = 3_600_000


def by_month(months: Sequence[Month], rate: Callable[[Counts], Rate]) -> Trend:
    """Draw a share from month to month with its interval."""
    points = []
    for each in months:
        told = rate(each.counts)
        low, high = told.interval
        name = f"{each.month:%m/%Y}"
        points.append(Point(name, told.share, low, high, told.hits, told.of))
    return trend(points)


def by_leg(clocks: Sequence[ClockSummary], names: Mapping[str, tuple[str, str]]) -> Stacked:
    """Draw the share of each leg in the whole time, in per cent."""
    parts = [Part(names[each.clock], each.share * 100) for each in clocks if each.share is not None]
    return legs("100 %", parts)


def by_holder(holders: Sequence[HolderTime], names: Mapping[str, str]) -> Stacked:
    """Draw the hours that dossiers lay with each unit, within its working hours and outside."""
    return stacked(
        [
            Series(
                names.get(each.holder, each.holder),
                (
                    Part(WORKING, each.amount.working_ms / HOUR_MS),
                    Part(RESTING, max(0, each.amount.calendar_ms - each.amount.working_ms) / HOUR_MS),
                ),
            )
            for each in holders[:HOLDERS]
        ]
    )
