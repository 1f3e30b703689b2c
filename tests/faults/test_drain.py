"""SIGTERM under load: readiness turns first, and no request that was sent stays without its answer."""

import asyncio
import contextlib
import os
import signal
import time

import httpx
import psutil
import pytest

from tests.faults.load import Load, compare, equip

FULL = os.environ.get("POSTAL_TEST_PROFILE") == "full"
ROUNDS = 6 if FULL else 1
RATE = 60
# Refused before a byte was sent: nothing listens any more, so nothing was in flight.
REFUSED = "ConnectError"


@pytest.mark.slow
async def test_a_web_process_that_is_told_to_end_answers_everything_that_reached_it(empty_database, launch):
    fleet = await equip(empty_database, devices=8)
    serving = launch("serve", empty_database)
    await serving.ready()
    async with Load(lambda: serving.url, fleet, rate=RATE, seed=1) as load:
        for _ in range(ROUNDS):
            await asyncio.sleep(0.7)
            ending = serving
            ending.process.send_signal(signal.SIGTERM)
            unready, refused = await _end_of(ending)
            assert refused - unready > 0.5
            # A system that starts lets callers wait: its socket listens before anybody can answer.
            following = launch("serve", empty_database)
            await following.ready()
            serving = following
    assert set(load.ledger.statuses()) <= {200, REFUSED}
    assert (await compare(load.ledger, empty_database)).clean


@pytest.mark.slow
async def test_renewing_one_of_two_web_processes_is_not_noticed(empty_database, launch):
    fleet = await equip(empty_database, devices=8)
    system = launch(
        "up",
        empty_database,
        POSTAL_DATABASE__OWNER_DSN=empty_database.owner_dsn or "",
        POSTAL_WEB__WORKERS="2",
    )
    await system.ready()
    async with Load(system.url, fleet, rate=RATE, seed=2) as load:
        for number in range(ROUNDS + 1):
            webs = sorted(_webs(system), key=lambda process: process.create_time())
            assert len(webs) == 2
            # The older one, then the one that was not renewed: each in its turn.
            webs[0].send_signal(signal.SIGTERM)
            await _until(lambda old=webs[0]: not old.is_running() and len(_webs(system)) == 2)
            await asyncio.sleep(0.5 * (number < ROUNDS))
    assert set(load.ledger.statuses()) == {200}
    assert (await compare(load.ledger, empty_database)).clean


@pytest.mark.slow
async def test_a_whole_system_that_is_told_to_end_leaves_no_request_without_its_answer(
    empty_database, launch
):
    fleet = await equip(empty_database, devices=8)
    given = {"POSTAL_DATABASE__OWNER_DSN": empty_database.owner_dsn or "", "POSTAL_WEB__WORKERS": "2"}
    system = launch("up", empty_database, **given)
    await system.ready()
    async with Load(lambda: system.url, fleet, rate=RATE, seed=3) as load:
        await asyncio.sleep(0.7)
        begun = time.monotonic()
        system.process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(system.process.wait, 15)
        assert time.monotonic() - begun < 10
        following = launch("up", empty_database, **given)
        await following.ready()
        system = following
    assert set(load.ledger.statuses()) <= {200, REFUSED}
    assert load.ledger.statuses()[200] > 0
    assert (await compare(load.ledger, empty_database)).clean


@pytest.mark.slow
async def test_a_connection_that_idles_is_closed_and_one_that_asks_in_the_drain_is_told_to_leave(
    empty_database, launch
):
    serving = launch("serve", empty_database, POSTAL_WEB__DRAIN_SECONDS="1.5")
    await serving.ready()
    async with httpx.AsyncClient(base_url=serving.url) as asking:
        assert (await asking.get("/health/live")).headers.get("connection") != "close"
        serving.process.send_signal(signal.SIGTERM)
        begun = time.monotonic()
        live = await asking.get("/health/live")
        ready = await asking.get("/health/ready")
        assert (live.status_code, live.headers["connection"]) == (200, "close")
        assert (ready.status_code, ready.json()["draining"]) == (503, True)
        await asyncio.to_thread(serving.process.wait, 10)
    assert 1.5 <= time.monotonic() - begun < 5


async def _end_of(ending):
    """Give when a process first said that it is not ready, and when it first refused a connection."""
    unready = refused = 0.0
    async with asyncio.timeout(10):
        while not refused:
            try:
                async with httpx.AsyncClient(timeout=3) as asking:
                    status = (await asking.get(f"{ending.url}/health/ready")).status_code
            except httpx.ConnectError:
                refused = time.monotonic()
            else:
                if status == 503:
                    unready = unready or time.monotonic()
            await asyncio.sleep(0.02)
    await asyncio.to_thread(ending.process.wait, 10)
    assert unready
    return unready, refused


def _webs(system):
    found = []
    for each in psutil.Process(system.process.pid).children():
        with contextlib.suppress(psutil.NoSuchProcess):
            if "serve" in each.cmdline() and each.status() != psutil.STATUS_ZOMBIE:
                found.append(each)
    return found


async def _until(condition, seconds=20):
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - the event is in another process
            await asyncio.sleep(0.05)
