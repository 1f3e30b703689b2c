"""The versions of a calendar: what a later decision changed, and the working time as it was known before."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from postal.calendars.rules.days import Calendar, DayRule
from postal.calendars.rules.decisions import Decision
from postal.calendars.rules.working_time import WorkingTime


class Editions:
    """Every version of one calendar, the oldest first; working time is built for those that somebody asks for."""

    def __init__(self, calendars: Sequence[Calendar], known_from: Sequence[datetime]) -> None:
        self._calendars = tuple(calendars)
        self._known_from = tuple(known_from)
        self._built: dict[int, WorkingTime] = {}

    @property
    def latest(self) -> WorkingTime:
        """The calendar with all decisions."""
        return self._time(len(self._calendars) - 1)

    def at(self, instant: datetime) -> WorkingTime:
        """The calendar with the decisions entered up to an instant."""
        return self._time(bisect_right(self._known_from, instant))

    def version(self, number: int) -> WorkingTime:
        """The calendar of a version."""
        return self._time(number - 1)

    def upto(self, instant: datetime) -> "Editions":
        """The versions that were known at an instant; what is built is shared."""
        count = bisect_right(self._known_from, instant)
        kept = Editions(self._calendars[: count + 1], self._known_from[:count])
        kept._built = self._built  # the same versions have the same numbers
        return kept

    def _time(self, index: int) -> WorkingTime:
        if index not in self._built:
            self._built[index] = WorkingTime(self._calendars[index])
        return self._built[index]


def editions_of(
    calendar: Calendar,
    base_days: Iterable[DayRule],
    own_days: Iterable[DayRule],
    decisions: Iterable[Decision],
) -> Editions:
    """Lay decisions over the days of a calendar and its base, one version each, in the order of their entry.

    What a calendar decides for itself holds over what its base says, whichever was entered later. A withdrawal is a
    version too: from its entry on the decisions before it hold without the withdrawn one.
    """
    base, own = tuple(base_days), tuple(own_days)
    holding: list[Decision] = []
    calendars, known_from = [_laid(calendar, base, own, holding, 1)], []
    for decision in sorted(decisions, key=lambda each: (each.entered_at, each.id)):
        holding = [each for each in holding if each.id != decision.withdraws]
        holding.append(decision)
        calendars.append(_laid(calendar, base, own, holding, len(calendars) + 1))
        known_from.append(decision.entered_at)
    return Editions(calendars, known_from)


def _laid(
    calendar: Calendar,
    base_days: Iterable[DayRule],
    own_days: Iterable[DayRule],
    holding: Iterable[Decision],
    version: int,
) -> Calendar:
    base: dict[date, DayRule] = {rule.day: rule for rule in base_days}
    own: dict[date, DayRule] = {rule.day: rule for rule in own_days}
    for decision in holding:
        layer = own if decision.calendar == calendar.code else base
        layer.update({change.day: decision.rule_of(change) for change in decision.days})
    return _version(calendar, base, own, version)


def _version(
    calendar: Calendar, base: Mapping[date, DayRule], own: Mapping[date, DayRule], version: int
) -> Calendar:
    return Calendar(
        code=calendar.code,
        name=calendar.name,
        zone=calendar.zone,
        hours=calendar.hours,
        days=tuple({**base, **own}.values()),
        first=calendar.first,
        last=calendar.last,
        version=version,
    )
