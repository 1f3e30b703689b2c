"""Calendars as stored: what the library computes, our corrections, and calendars of organisations."""

from datetime import UTC, date, datetime, timedelta

import pytest

from postal.calendars import repository, service
from postal.calendars.rules import Calendar, DayRule, Hours
from postal.calendars.rules.library import library_days
from postal.db import count_statements, fetch, unit_of_work
from postal.errors import NotFound
from tests.factories.calendars import week

NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)


async def test_the_derived_days_are_those_of_the_installed_library(database):
    rows = await fetch("SELECT day, works FROM calendar_day WHERE calendar = 'VN-HC' AND source <> 'own'")
    assert {(row["day"], row["works"]) for row in rows} == {
        (rule.day, rule.works) for rule in library_days("VN", range(1990, 2081))
    }


async def test_our_own_days_win_over_the_library(database):
    time = await repository.working_time("VN-HC")
    assert not time.is_working_day(date(2026, 1, 2))
    assert time.is_working_day(date(2026, 1, 10))
    assert time.is_working_day(date(2026, 8, 22))
    assert not time.is_working_day(date(2026, 11, 24))
    cited = await fetch("SELECT citation, status FROM calendar_day WHERE day = '2026-01-10'")
    assert [row["status"] for row in cited] == ["found"]


async def test_a_calendar_takes_days_and_missing_hours_from_its_base(database):
    post, common = await repository.working_time("VN-BC"), await repository.working_time("VN")
    assert post.is_working_day(date(2026, 11, 28)), "post offices open on Saturday"
    assert not common.is_working_day(date(2026, 11, 28))
    assert not post.is_working_day(date(2026, 11, 24)), "and close on holidays"


async def test_a_built_calendar_is_kept_until_its_rows_change(database):
    code = "H57-KEPT"
    own = Calendar(code=code, zone="Asia/Ho_Chi_Minh", hours=week(((480, 720),)), name="Chỉ buổi sáng")
    built = await service.define(own, citation="test", status="test", now=NOON, base="VN-HC")
    with count_statements() as counted:
        assert await repository.working_time(code) is built
    assert counted.total == 1
    assert not built.is_working_day(date(2026, 2, 17)), "Tết comes from the base"
    again = await service.define(own, citation="test", status="test", now=NOON, base="VN-HC")
    assert again is built
    rule = DayRule(day=date(2026, 12, 1), works=False, name="Di dời trụ sở", source="own")
    changed = Calendar(code=code, zone=own.zone, hours=own.hours, days=(rule,), name=own.name)
    later = await service.define(changed, citation="test", status="test", now=NOON, base="VN-HC")
    assert not later.is_working_day(date(2026, 12, 1))
    assert built.is_working_day(date(2026, 12, 1)), "what was built before does not change under its user"


async def test_contradictory_hours_are_refused_before_anything_is_stored(database):
    twice = (Hours(weekday=0, opens=480, closes=720), Hours(weekday=0, opens=700, closes=800))
    with pytest.raises(ValueError, match="overlap"):
        await service.define(
            Calendar(code="H57-TWICE", zone="Asia/Ho_Chi_Minh", hours=twice),
            citation="test",
            status="test",
            now=NOON,
        )
    assert await repository.find("H57-TWICE") is None


async def test_an_unknown_calendar_is_named(database):
    with pytest.raises(NotFound):
        await repository.working_time("NOWHERE")


async def test_hours_may_change_on_a_day(database):
    change = date(2026, 12, 1)
    hours = week(((480, 720),), valid_to=change) + week(((480, 660),), valid_from=change)
    calendar = Calendar(code="H57-CHANGE", zone="Asia/Ho_Chi_Minh", hours=hours)
    time = await service.define(calendar, citation="test", status="test", now=NOON)
    async with unit_of_work():
        stored = await repository.find("H57-CHANGE")
    assert len(stored.hours) == 10
    assert time.closes(date(2026, 11, 30)) - time.opens(date(2026, 11, 30)) == timedelta(hours=4)
    assert time.closes(date(2026, 12, 1)) - time.opens(date(2026, 12, 1)) == timedelta(hours=3)
