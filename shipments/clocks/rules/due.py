"""When a clock falls due, as data: so that it can be computed, explained day by day, and checked by hand."""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from postal.calendars.rules import Convention, Limit, Unit, WorkingTime, due_of


class DueKind(StrEnum):
    """The sorts of rules that give a due instant."""

    LIMIT = "limit"
    """A published limit, counted from the beginning."""
    TRANSIT = "transit"
    """J + n: in time until the n-th working day after the first one is over."""
    SAME_DAY = "same_day"
    """Within the working day; what comes after the cut-off hour, at the beginning of the next one."""
    PROMISE = "promise"
    """What a giấy hẹn states."""
    AS_LONG = "as_long"
    """As much working time as a promise gave before a supplement was asked."""
    FIXED = "fixed"
    """An instant stated for a leg or an extension; no calendar moves it."""


class DueRule(Struct, frozen=True, kw_only=True):
    """A rule for one clock; `waits` are spans after which the due instant moves on by the working time in them.

    `printed` is the instant that a promise states, `printed_by` the calendar known when it was made.
    """

    kind: DueKind
    limit: Limit | None = None
    convention: Convention = Convention.END_OF_DAY
    cutoff_hour: int = 0
    grace_minutes: int = 0
    printed: datetime | None = None
    printed_by: WorkingTime | None = None
    from_promise: datetime | None = None
    waits: tuple[tuple[datetime, datetime], ...] = ()

    def due(self, time: WorkingTime, begin: datetime) -> datetime:
        """The due instant of a clock that began at `begin`, by the calendar `time`."""
        due = self.plain(time, begin)
        waited = self.waited(time)
        return time.at(time.worked(due) + waited) if waited else due

    def waited(self, time: WorkingTime) -> int:
        """The working microseconds of the waits."""
        return sum(time.between(start, end) for start, end in self.waits)

    def plain(self, time: WorkingTime, begin: datetime) -> datetime:
        """The due instant before waits move it on."""
        if self.kind is DueKind.PROMISE:
            return self._promised(time, begin)
        if self.kind is DueKind.FIXED and self.printed is not None:
            return self.printed
        if self.kind is DueKind.SAME_DAY:
            return self._same_day(time, begin)
        if self.kind is DueKind.AS_LONG and self.printed is not None and self.from_promise is not None:
            return time.at(time.worked(begin) + max(time.between(self.from_promise, self.printed), 0))
        limit = self._limit()
        if self.kind is DueKind.TRANSIT:
            return time.end_of(time.add_working_days(time.local_day(begin), limit.value))
        return due_of(time, begin, limit, self.convention)

    def is_recounted(self, time: WorkingTime, begin: datetime) -> bool:
        """Tell whether a promise is the published limit, so that a changed calendar is counted through again."""
        then = self.printed_by
        return (
            self.limit is not None
            and then is not None
            and then.calendar.version != time.calendar.version
            and self.printed == due_of(then, begin, self.limit, self.convention)
        )

    def _promised(self, time: WorkingTime, begin: datetime) -> datetime:
        """A promise in writing stands; a calendar that changed since may only give more time, never less.

        One that is the published limit is counted through again; any other moves only if its day is off now.
        """
        if self.printed is None:
            msg = "a promise states an instant"
            raise ValueError(msg)
        then = self.printed_by
        if then is None or then.calendar.version == time.calendar.version:
            return self.printed
        if self.is_recounted(time, begin):
            return max(self.printed, due_of(time, begin, self._limit(), self.convention))
        day = time.local_day(self.printed)
        if time.is_working_day(day) or not then.is_working_day(day):
            return self.printed
        return time.closes(time.add_working_days(day, 1))

    def _same_day(self, time: WorkingTime, begin: datetime) -> datetime:
        day = time.local_day(begin)
        if not time.is_working_day(day):
            return time.closes(time.add_working_days(day, 1))
        if begin.astimezone(time.zone).hour < self.cutoff_hour:
            return time.closes(day)
        opening = time.opens(time.add_working_days(day, 1))
        return time.due(opening, timedelta(minutes=self.grace_minutes))

    def _limit(self) -> Limit:
        if self.limit is None:
            msg = f"a rule of kind {self.kind} has a limit"
            raise ValueError(msg)
        return self.limit


def working_days(days: int) -> DueRule:
    """So many working days, until closing time."""
    return DueRule(kind=DueKind.LIMIT, limit=Limit(days, Unit.WORKING_DAYS))


def stated(due: datetime) -> DueRule:
    """An instant in writing: it does not depend on when the clock began."""
    return DueRule(kind=DueKind.FIXED, printed=due)
