"""Daily statistics: fixed at the end of the day, restated beside, never changed, without small numbers."""

from datetime import date, datetime, timedelta, timezone

import asyncpg
import pytest

from postal.db import execute, fetch
from postal.outbox.service import drain
from shipments.figures.service import publish_days
from tests.factories.dossiers import DESK, OFFICE, Desks
from tests.factories.pages import check_page
from tests.factories.pieces import scan

VIETNAM = timezone(timedelta(hours=7))


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=VIETNAM)


async def statistics(client, path, **query):
    answer = await client.get(f"/api/v1/statistics{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def whole(told):
    return next(line for line in told["content"]["lines"] if line["cut"] == "all")


async def test_a_published_day_stays_and_a_late_scan_is_a_new_figure_beside_it(client, clock):
    desks = await Desks(client, clock.instant).prepare()
    clock.set(at(23, 8))
    codes = [await desks.dossier() for _ in range(4)]
    for code in codes:
        await scan("accept", code, OFFICE, at(23, 9))
        await scan("receive", code, DESK, at(23, 10), counterparty=OFFICE)
    clock.set(at(23, 11))
    for code in codes[:3]:
        await desks.states(code, "received")
    # Before all messages are counted, a day waits.
    clock.set(at(24, 0))
    await publish_days(clock.instant)
    assert (await statistics(client, ""))["items"] == []
    await drain()
    await publish_days(clock.instant)
    await publish_days(clock.instant)
    first = await statistics(client, "/2026-11-23")
    assert whole(first) == {
        "cut": "all",
        "value": "",
        "registered": 4,
        "received": 3,
        "in_time": 0,
        "late": 0,
        "undecided": 0,
        "open": 3,
        "overdue": 0,
    }
    assert (first["revision"], first["reason"], len(first["revisions"])) == (0, None, 1)

    # The fourth was received on the 23rd, which its desk tells two days later.
    clock.set(at(25, 9))
    answer = await desks.state(codes[3], "received", occurred_at=at(23, 14).isoformat())
    assert answer.status_code == 201, answer.text
    await drain()
    await publish_days(clock.instant)
    second = await statistics(client, "/2026-11-23")
    assert whole(second)["received"] == 4
    assert second["revision"] == 1
    assert second["reason"]["code"] == "late_rows"
    assert second["reason"]["dossiers"] == 1
    assert second["revisions"][0]["digest"] == first["digest"] != second["digest"]
    kept = await statistics(client, "/2026-11-23", revision=0)
    assert kept["content"] == first["content"]
    assert [each["day"] for each in (await statistics(client, ""))["items"]] == ["2026-11-24", "2026-11-23"]

    page = check_page(await client.get("/statistics/2026-11-23"))
    assert "1 hồ sơ" in page
    check_page(await client.get("/statistics?lang=en"), language="en")
    table = (await client.get("/api/v1/statistics/2026-11-23/data.csv")).content.decode("utf-8-sig")
    assert table.splitlines()[1].startswith("2026-11-23,1,all,")
    assert (await client.get("/api/v1/statistics/2026-11-22")).status_code == 404
    assert not any(code in page + table for code in codes)

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await execute("UPDATE daily_statistic SET content = '{}'")


async def test_small_numbers_are_not_shown_and_days_are_caught_up(client, clock):
    desks = await Desks(client, clock.instant).prepare()
    clock.set(at(23, 8))
    await desks.dossier()
    await drain()
    await publish_days(at(24, 1))
    told = await statistics(client, "/2026-11-23")
    assert {line["registered"] for line in told["content"]["lines"]} == {None}
    assert told["content"]["min_cell"] == 3
    assert told["content"]["rule_status"] == "configured"
    await publish_days(at(27, 1))
    days = [row["day"] for row in await fetch("SELECT day FROM daily_statistic ORDER BY day")]
    assert days == [date(2026, 11, day) for day in (23, 24, 25, 26)]
