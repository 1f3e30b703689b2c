"""Days off as the `holidays` library computes them, to be corrected by rows of our own."""

from collections.abc import Iterable
from importlib.metadata import version

import holidays

from postal.calendars.rules.days import DayRule


def library_days(country: str, years: Iterable[int], language: str | None = None) -> tuple[DayRule, ...]:
    """Days off and compensation workdays of a country, each with the library's version as its source.

    A compensation workday is worked with Friday's hours, since most swaps give a Friday or a Monday away.
    """
    source = f"holidays {version('holidays')}"
    citation = f"{country}, computed by {source}"
    wanted = set(years)
    found = holidays.country_holidays(country, years=wanted, language=language)
    rules = {
        day: DayRule(day=day, works=False, name=name, citation=citation, source=source)
        for day, name in found.items()
        if day.year in wanted
    }
    for day in getattr(found, "weekend_workdays", set()):
        if day.year in wanted:
            rules[day] = DayRule(
                day=day,
                works=True,
                as_weekday=4,
                name="Làm bù" if country == "VN" else "Workday",
                citation=citation,
                source=source,
            )
    return tuple(rules[day] for day in sorted(rules))
