"""Working days of the simulated province: its own naive reckoning, independent of the system's calendars."""

from datetime import UTC, date, datetime, time, timedelta, timezone

from holidays import country_holidays

HANOI = timezone(timedelta(hours=7))
TICK = timedelta(minutes=5)
HOLIDAYS = country_holidays("VN")


def at(day: date, clock: str, minutes: float = 0) -> datetime:
    """Give the instant of a local wall-clock time on a day, some minutes later, in UTC."""
    hour, minute = clock.split(":")
    local = datetime.combine(day, time(int(hour), int(minute)), tzinfo=HANOI)
    return (local + timedelta(minutes=minutes)).astimezone(UTC).replace(microsecond=0)


def local_day(instant: datetime) -> date:
    """Give the local calendar day of an instant."""
    return instant.astimezone(HANOI).date()


def tick(instant: datetime) -> datetime:
    """Round up to the grid on which desks and offices write to the system."""
    seconds = TICK.total_seconds()
    epoch = instant.timestamp()
    return datetime.fromtimestamp(-(-epoch // seconds) * seconds, tz=UTC)


def working_days(start: date, count: int) -> list[date]:
    """Give the first `count` days from `start` that are not a Saturday or Sunday."""
    days: list[date] = []
    day = start
    while len(days) < count:
        if day.weekday() < 5:
            days.append(day)
        day += timedelta(days=1)
    return days


def next_working_day(day: date, count: int = 1) -> date:
    """Give the `count`-th working day after a day."""
    return working_days(day + timedelta(days=1), count)[-1]


def previous_working_day(day: date) -> date:
    """Give the working day before a day."""
    while True:
        day -= timedelta(days=1)
        if day.weekday() < 5:
            return day


def quiet_monday(after: datetime) -> date:
    """Give the first Monday after an instant that begins a week without a public holiday."""
    day = local_day(after) + timedelta(days=1)
    while day.weekday() or any(day + timedelta(days=ahead) in HOLIDAYS for ahead in range(6)):
        day += timedelta(days=1)
    return day


def iso(instant: datetime, milliseconds: int = 0) -> str:
    """Write an instant with the local offset, as a device would, some milliseconds off the truth."""
    return (
        (instant + timedelta(milliseconds=milliseconds)).astimezone(HANOI).isoformat(timespec="milliseconds")
    )
