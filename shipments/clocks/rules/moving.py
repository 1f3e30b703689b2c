"""Which open deadlines of a dossier a decision on a calendar moves."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from postal.calendars.rules import Editions
from shipments.clocks.rules.judging import due_from
from shipments.clocks.rules.model import Clock, Clocks

MICROSECOND = timedelta(microseconds=1)


class Moved(Struct, frozen=True, kw_only=True):
    """One open clock whose due instant a decision moved, and by which version of the calendar."""

    clock: str
    ordinal: int
    calendar: str
    version: int
    before: datetime
    after: datetime
    holder: str | None


def moved_by(entered_at: datetime, clocks: Clocks, editions: Mapping[str, Editions]) -> Iterator[Moved]:
    """Compare each open deadline by the calendar just before a decision was entered and just after it.

    So the answer is the same whenever it is asked and whatever else was refreshed meanwhile.
    """
    for clock in clocks.clocks:
        versions = editions.get(clock.calendar)
        if not _is_open(clock) or versions is None or clock.due_rule is None or clock.begun is None:
            continue
        if clock.begun > entered_at:
            continue
        later = versions.at(entered_at)
        before = due_from(versions.at(entered_at - MICROSECOND), clock.begun, clock.due_rule)
        after = due_from(later, clock.begun, clock.due_rule)
        if before is not None and after is not None and before != after:
            yield Moved(
                clock=clock.clock.value,
                ordinal=clock.ordinal,
                calendar=clock.calendar,
                version=later.calendar.version,
                before=before,
                after=after,
                holder=clock.holder,
            )


def _is_open(clock: Clock) -> bool:
    return clock.started is not None and clock.stopped is None
