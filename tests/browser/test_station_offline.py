"""A day without network at a scanning station ends with every scan on the server, exactly once."""

import json
import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.browser.scenes import CANARIES, NAMES, PASSWORD
from tests.browser.stations import (
    at_station,
    expect_once,
    kill,
    ledger_of,
    manifest_of,
    strangers,
)

FULL = os.environ.get("POSTAL_TEST_PROFILE") == "full"
LISTED, OTHERS = (400, 1600) if FULL else (15, 45)
OFFLINE = ("ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION", "ERR_FAILED", "ERR_EMPTY_RESPONSE", "ERR_NETWORK")


@pytest.fixture
def profile():
    with tempfile.TemporaryDirectory(prefix="postal-profile-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.mark.timeout(600)
async def test_scans_made_offline_survive_a_kill_and_arrive_exactly_once(house, profile):
    manifest, items = await manifest_of(house, LISTED)
    codes = [*items, *strangers(OTHERS, 10_000_000)]
    person = house.people["desk"]
    async with at_station(profile, house) as (station, _):
        device = station.device
    async with at_station(profile, house, enrol=False) as (station, watch):
        watch.allow(*OFFLINE)
        await station.open()
        await station.begin(person)
        await station.scan(manifest)
        assert await station.page.inner_text("#expected") == str(LISTED)
        await station.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        await station.page.context.set_offline(True)
        told = await station.scan(*codes)
        assert told["told"] == ["ok"] * LISTED + ["wrong"] * OTHERS
        assert (await station.scan(codes[0]))["told"] == ["repeated"]
        assert await station.unsent() == len(codes)
        assert await station.page.inner_text("#missing") == "0"
        times = json.loads(await station.kept())["databases"]["postal-station/scans"]
        await kill(profile)
    assert await ledger_of(house, device) == []

    async with at_station(profile, house, enrol=False) as (station, watch):
        watch.allow(*OFFLINE)
        await station.page.context.set_offline(True)
        await station.open()
        assert await station.unsent() == len(codes)
        assert await station.page.inner_text("#work-title") == f"Nhận {manifest}"
        await station.page.context.set_offline(False)
        await station.sent(within_s=30)
        rows = await ledger_of(house, device)
        expect_once(rows, codes)
        assert {row["person"] for row in rows} == {person}
        stated = [row["body"]["occurred_at"] for row in times]
        assert [row["occurred_at"].isoformat(timespec="milliseconds") for row in rows] == [
            _utc(instant) for instant in stated
        ]
        kept = await station.kept()
    for canary in (*CANARIES, *NAMES, person, PASSWORD, "bccp_"):
        assert canary not in kept
    assert rows[0]["occurred_at"] - rows[-1]["occurred_at"] < timedelta(0)


def _utc(instant):
    return datetime.fromisoformat(instant).astimezone(UTC).isoformat(timespec="milliseconds")
