"""Clocks that jump: the system's own, which only goes forwards, and those of devices, which do what they like."""

import os
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from msgspec.structs import replace

from postal import clock as clock_port
from postal import db
from postal.app import create_app
from postal.config import Settings
from postal.identity.rules import Role
from tests.factories.custody import OFFICE, OPERATOR, Scanner, network, organisation_key, pieces

FULL = os.environ.get("POSTAL_TEST_PROFILE") == "full"
SEED = int(os.environ.get("POSTAL_TEST_SEED", random.randrange(10**6)))
ITEM = "DH123456785VN"
KINDS = ("accept", "hold", "depart", "arrive", "hold", "depart")
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
BEGINNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
STEADY = [timedelta(hours=3), timedelta(hours=-3), 40 * DAY, -70 * DAY, timedelta(days=365 * 3)]
JUMPS = [timedelta(hours=-2), timedelta(hours=2), 30 * DAY, -30 * DAY, -400 * DAY]


@dataclass
class Moved:
    """The simulated clock as a scanner needs it; a test moves it by the public route alone."""

    instant: datetime

    def set(self, instant: datetime) -> None:
        """Do nothing: a device does not move the system's clock."""


@pytest.fixture
async def now(clock, client):
    await network(clock.instant)
    await pieces(ITEM, now=clock.instant - DAY)
    return clock.instant


@pytest.fixture
async def scanner(client, clock, now):
    return await Scanner.at(client, clock, OFFICE)


@pytest.fixture
async def simulated(empty_database, tmp_path) -> AsyncIterator[httpx.AsyncClient]:
    settings = replace(Settings(), database=empty_database, data=str(tmp_path), clock="simulated")
    await db.start(settings.database)
    try:
        await clock_port.claim("simulated", BEGINNING)
        transport = httpx.ASGITransport(app=create_app(settings), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as speaking:
            yield speaking
    finally:
        await db.stop()
        clock_port.use()


async def timeline(client, now):
    headers = await organisation_key(OFFICE, Role.CLERK, now=now)
    answer = await client.get(f"/api/v1/pieces/{ITEM}", headers=headers)
    assert answer.status_code == 200, answer.text
    return [(step["row"], step["kind"]) for step in answer.json()["timeline"]]


async def test_the_systems_clock_jumps_a_month_and_never_back(simulated):
    await network(BEGINNING)
    await pieces(ITEM, now=BEGINNING)
    admin = await organisation_key(OPERATOR.organisation, Role.ADMIN, now=BEGINNING)
    scanner = await Scanner.at(simulated, Moved(BEGINNING), OFFICE)
    later = BEGINNING + 31 * DAY
    early = [scanner.scan(kind, ITEM, BEGINNING + at * MINUTE) for at, kind in enumerate(KINDS[:3])]
    assert [each["verdict"] for each in await scanner.results(early[:1], BEGINNING)] == ["accepted"]

    moved = await simulated.put("/api/v1/clock", json={"now": later.isoformat()}, headers=admin)
    assert moved.status_code == 200, moved.text
    for back in (BEGINNING, later - timedelta(microseconds=1)):
        refused = await simulated.put("/api/v1/clock", json={"now": back.isoformat()}, headers=admin)
        assert (refused.status_code, refused.json()["code"]) == (409, "clock.backwards")
    assert await clock_port.now() == later

    # What was scanned before the jump comes in after it, with its time, and the first one again.
    late = await scanner.results([*early, scanner.scan("arrive", ITEM, later)], later)
    assert [each["verdict"] for each in late] == ["repeated", "accepted", "accepted", "accepted"]
    assert ["very_late" in each["flags"] for each in late] == [True, True, True, False]
    kinds = [kind for _, kind in await timeline(simulated, later)]
    assert kinds == [*KINDS[:3], "arrive"]
    assert await rows() == 4


@pytest.mark.parametrize("skew", STEADY, ids=str)
async def test_a_device_whose_clock_is_wrong_is_heard_and_corrected(client, scanner, now, skew):
    scanner.skew = skew
    times = [now + at * MINUTE for at in range(len(KINDS))]
    scans = [scanner.scan(kind, ITEM, at) for kind, at in zip(KINDS, times, strict=True)]
    results = await scanner.results(scans, times[-1])
    assert {each["verdict"] for each in results} == {"accepted"}
    assert all("clock_in_doubt" in each["flags"] for each in results)
    stored = await db.fetch("SELECT corrected_at FROM ledger WHERE stream = 1 ORDER BY seq")
    assert [row["corrected_at"] for row in stored] == times
    assert [row for row, _ in await timeline(client, times[-1])] == [scan["id"] for scan in scans]


@pytest.mark.parametrize("jump", JUMPS, ids=str)
async def test_a_clock_that_jumps_in_the_middle_of_a_batch_costs_no_scan_and_no_order(
    client, scanner, now, jump
):
    times = [now + at * MINUTE for at in range(len(KINDS))]
    scans = []
    for number, (kind, at) in enumerate(zip(KINDS, times, strict=True)):
        scanner.skew = jump if number >= 3 else timedelta(0)
        scans.append(scanner.scan(kind, ITEM, at))
    results = await scanner.results(scans, times[-1])
    assert {each["verdict"] for each in results} == {"accepted"}
    assert all("clock_in_doubt" in each["flags"] for each in results)
    # A clock that went back leaves earlier scans in the future of their own device.
    assert all(("in_future" in each["flags"]) == (jump < timedelta(0)) for each in results[:3])
    assert [row for row, _ in await timeline(client, times[-1])] == [scan["id"] for scan in scans]
    again = await scanner.results(scans, times[-1] + MINUTE)
    assert {(each["verdict"], each["first"]) for each in again} == {("repeated", "accepted")}
    assert await rows() == len(scans)


@pytest.mark.parametrize("number", range(60 if FULL else 4))
async def test_clocks_that_jump_at_random_between_scans_and_syncs_lose_nothing(client, scanner, now, number):
    # Drawn in each process anew, so it is no parameter: the names of tests must be the same in all of them.
    seed = SEED + number
    chance = random.Random(seed)
    at, sent, waiting = now, [], []
    for _ in range(12):
        if chance.random() < 0.4:
            # Less than the two months for which the device is enrolled: before that nobody stands behind a scan.
            scanner.skew = timedelta(seconds=chance.uniform(-1, 1) * 2 * 10 ** chance.randrange(1, 7))
        at += timedelta(seconds=chance.randrange(1, 600))
        waiting.append(scanner.scan(chance.choice(KINDS), ITEM, at))
        if chance.random() < 0.4:
            results = await scanner.results(waiting, at)
            assert {each["verdict"] for each in results} == {"accepted"}, seed
            sent, waiting = [*sent, *waiting], []
    if waiting:
        await scanner.results(waiting, at)
    sent += waiting
    assert [row for row, _ in await timeline(client, at)] == [scan["id"] for scan in sent], seed
    assert await rows() == len(sent)


async def rows():
    return await db.fetch_value("SELECT count(*) FROM ledger WHERE stream = 1")
