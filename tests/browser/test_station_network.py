"""A scanning station on a bad network: it never waits for it, and an answer that is lost costs nothing."""

import asyncio
import json
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser.stations import at_station, expect_once, ledger_of, manifest_of, strangers
from tests.faults.proxy import Proxy
from tests.faults.toxics import HalfOpen, LoseAnswers

BROKEN = ("ERR_CONNECTION", "ERR_FAILED", "ERR_EMPTY_RESPONSE", "ERR_ABORTED", "ERR_NETWORK", "ERR_SOCKET")
SHARE_OF_LOST = 0.3
SENDING = b"POST /api/v1/scans"

# The first answer to a question for what may be handed out is on its way for a long time.
HOLDING = """() => {
  const real = window.fetch;
  window.counted = 0;
  window.fetch = async (...given) => {
    const answer = await real(...given);
    const address = String(given[0]);
    window.counted += address === '/scan/lists/count';
    if (!window.release && address === '/scan/lists/deliver') {
      await new Promise((go) => { window.release = go; });
    }
    return answer;
  };
}"""


@pytest.fixture
def profile():
    with tempfile.TemporaryDirectory(prefix="postal-profile-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
def proxy(house):
    with Proxy(("127.0.0.1", urlsplit(house.url).port), seed=6) as running:
        yield running


async def scan_at_a_pace(house, profile, proxy, count, a_second):
    """Scan into a black hole at a pace, then let answers be lost, and see everything arrive once."""
    listed = count // 3
    manifest, items = await manifest_of(house, listed)
    codes = [*items, *strangers(count - listed, 20_000_000)]
    async with at_station(profile, house, url=proxy.url) as (station, watch):
        watch.allow(*BROKEN)
        await station.begin(house.people["desk"])
        await station.scan(manifest)
        proxy.toxics = (HalfOpen(),)
        told = await station.scan(*codes, every_ms=1000 / a_second)
        assert told["told"] == ["ok"] * listed + ["wrong"] * (count - listed)
        assert await station.unsent() == count
        took = sorted(told["took"])
        assert took[int(count * 0.95)] <= 100, took[-20:]
        assert await station.page.inner_text("#missing") == "0"

        # The first answer is lost for certain, others as chance has it.
        proxy.toxics = (LoseAnswers(containing=SENDING),)
        proxy.reset_all()
        await station.page.click("#send")
        while proxy.lost == 0:  # noqa: ASYNC110 - the proxy counts in a thread of its own
            await asyncio.sleep(0.02)
        proxy.toxics = (LoseAnswers(SHARE_OF_LOST, containing=SENDING),)
        more = strangers(count // 3, 30_000_000)
        await station.scan(*more, every_ms=20)
        await station.sent(within_s=60)
        expect_once(await ledger_of(house, station.device), [*codes, *more])
        shown = await station.page.locator("#rows tr").evaluate_all(
            "rows => rows.map(row => row.dataset.verdict)"
        )
        assert set(shown) <= {"accepted", "repeated", "unknown"}


async def test_verdicts_do_not_wait_for_a_network_that_is_a_black_hole(house, profile, proxy):
    await scan_at_a_pace(house, profile, proxy, count=30, a_second=10)


async def test_a_list_that_was_asked_for_before_does_not_replace_one_asked_for_after(house, profile):
    manifest, [item] = await manifest_of(house, 1)
    async with at_station(profile, house) as (station, _):
        page = station.page
        await station.begin(house.people["desk"])
        await page.evaluate(HOLDING)
        await page.click("#refresh")
        await page.wait_for_function("() => window.release")
        await station.scan(manifest, item)
        await station.choose("LNH-PHT", "Phát")
        # Asked for when the work was begun, and once more with all others when the scan had been answered.
        await page.wait_for_function("() => window.counted === 1")
        await page.evaluate("() => window.release()")
        await page.wait_for_function("() => window.counted === 2")
        kept = json.loads(await station.kept())["databases"]
        [lists] = [rows for store, rows in kept.items() if store.endswith("/lists")]
        [handed_out] = [row["list"]["expected"] for row in lists if row["key"] == "deliver"]
        assert item in [piece["code"] for piece in handed_out]
        assert (await station.scan(item))["told"] == ["ok"]


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_two_thousand_scans_arrive_once_though_three_of_ten_answers_are_lost(house, profile, proxy):
    await scan_at_a_pace(house, profile, proxy, count=2000, a_second=1000)


@pytest.mark.slow
@pytest.mark.timeout(1200)
async def test_ten_minutes_of_work_drop_no_scan(house, profile, proxy):
    await scan_at_a_pace(house, profile, proxy, count=1800, a_second=3)
