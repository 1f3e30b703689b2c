"""Calendars for tests, built from the library and from rows of our own, without a database."""

from datetime import date
from functools import cache

from postal.calendars.rules import Calendar, DayRule, Hours, WorkingTime
from postal.calendars.rules.library import library_days

MORNING_AND_AFTERNOON = ((450, 690), (810, 1020))
OWN_DAYS = (
    DayRule(day=date(2026, 1, 2), works=False, name="Nghỉ hoán đổi Tết Dương lịch"),
    DayRule(day=date(2026, 1, 10), works=True, as_weekday=4, name="Làm bù ngày 02/01/2026"),
)


def week(spans=MORNING_AND_AFTERNOON, days=range(5), valid_from=None, valid_to=None):
    """The same hours on several weekdays."""
    return tuple(
        Hours(weekday=day, opens=opens, closes=closes, valid_from=valid_from, valid_to=valid_to)
        for day in days
        for opens, closes in spans
    )


@cache
def administrative() -> WorkingTime:
    """Vietnamese administrative hours with the library's days off and our corrections."""
    own = {rule.day: rule for rule in OWN_DAYS}
    days = {rule.day: rule for rule in library_days("VN", range(1990, 2081), "vi")} | own
    return WorkingTime(
        Calendar(code="VN-HC", zone="Asia/Ho_Chi_Minh", hours=week(), days=tuple(days.values()))
    )


@cache
def dutch() -> WorkingTime:
    """A Dutch office: weekdays nine to five, with summer time."""
    return WorkingTime(
        Calendar(
            code="NL",
            zone="Europe/Amsterdam",
            hours=week(((540, 1020),)),
            days=library_days("NL", range(2005, 2020)),
            first=date(2005, 1, 1),
            last=date(2020, 1, 1),
        )
    )


@cache
def around_the_clock() -> WorkingTime:
    """A Dutch night office, open all day on Sundays, so that both changes of the clock fall in its hours."""
    return WorkingTime(
        Calendar(
            code="NL-NIGHT",
            zone="Europe/Amsterdam",
            hours=week(((30, 150), (160, 1440)), (6,)) + week(((0, 1440),), (5,)),
            first=date(2005, 1, 1),
            last=date(2020, 1, 1),
        )
    )


@cache
def changing() -> WorkingTime:
    """Hours that changed on 1 July 2025: a longer afternoon and Saturday mornings from then on."""
    change = date(2025, 7, 1)
    hours = week(valid_to=change) + week(((420, 690), (780, 1080)), valid_from=change)
    return WorkingTime(
        Calendar(
            code="CHANGING",
            zone="Asia/Ho_Chi_Minh",
            hours=hours + week(((450, 690),), (5,), valid_from=change),
            days=library_days("VN", range(2024, 2028), "vi"),
            first=date(2024, 1, 1),
            last=date(2028, 1, 1),
        )
    )
