"""A new version of the station's program: it waits for scans that are not sent, and both versions read one outbox."""

import re
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.browser.stations import at_station, expect_once, ledger_of, manifest_of, strangers
from tests.faults.proxy import Proxy
from tests.faults.toxics import LoseRequests, Rewrite

BROKEN = ("ERR_CONNECTION", "ERR_FAILED", "ERR_EMPTY_RESPONSE", "ERR_ABORTED", "ERR_NETWORK", "ERR_SOCKET")
PLAIN = Rewrite(b"Accept-Encoding", b"Ignore-Encoding")
UNSENT = LoseRequests(containing=b"POST /api/v1/scans")
COME = """async () => {
  const found = await navigator.serviceWorker.getRegistration();
  await found.update();
  while (!found.waiting) await new Promise((go) => setTimeout(go, 20));
}"""


TAKEN = """async () => {
  const found = await navigator.serviceWorker.getRegistration();
  const taken = new Promise((go) => navigator.serviceWorker.addEventListener("controllerchange", go));
  found.waiting.postMessage("take over");
  await taken;
}"""


@pytest.fixture
def profile():
    with tempfile.TemporaryDirectory(prefix="postal-profile-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
def proxy(house):
    with Proxy(("127.0.0.1", urlsplit(house.url).port)) as running:
        yield running


def release(house, number):
    """Let the server give another version: another name of what is kept, and another page."""
    worker = httpx.get(f"{house.url}/scan/sw.js").text
    present = re.search(r'"version":"([0-9a-f]{16})"', worker)[1].encode()
    return PLAIN, Rewrite(present, b"%016d" % number), Rewrite(b'id="station"', b'id="statio%d"' % number)


@pytest.mark.slow
async def test_a_new_version_waits_for_scans_and_both_versions_read_one_outbox(house, profile, proxy):
    manifest, items = await manifest_of(house, 3)
    stray = strangers(1, 60_000_000)
    proxy.toxics = (PLAIN,)
    async with at_station(profile, house, url=proxy.url) as (station, watch):
        watch.allow(*BROKEN)
        page = station.page
        await page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
        await station.open()
        await station.begin(house.people["desk"])
        await station.scan(manifest)

        # The new version comes while scans wait: nothing changes, and the old one goes on.
        proxy.toxics = (*release(house, 1), UNSENT)
        await station.scan(items[0])
        await page.evaluate(COME)
        await station.scan(items[1])
        assert await station.unsent() == 2
        proxy.toxics = release(house, 1)
        await page.click("#send")
        await station.sent()
        # All is sent, but somebody works; the page is still the old one, after more than one look.
        await page.wait_for_timeout(1500)
        assert await page.locator("#station").count() == 1

        # When the work is finished it takes over by itself.
        await page.click("#finish")
        await page.wait_for_selector("html[data-station='ready'] #statio1")
        expect_once(await ledger_of(house, station.device), items[:2])

        # Another one comes while a scan waits, and the page is opened again: it takes over and sends that scan.
        proxy.toxics = (*release(house, 2), UNSENT)
        await station.scan(manifest)
        await station.scan(items[2])
        await page.evaluate(COME)
        assert await page.locator("#statio1").count() == 1
        await page.reload()
        await page.wait_for_selector("html[data-station='ready'] #statio2")
        assert await station.unsent() == 1
        assert (await page.inner_text("#seen"), await page.inner_text("#missing")) == ("3", "0")
        await station.scan(*stray)
        proxy.toxics = release(house, 2)
        await page.click("#send")
        await station.sent()
        expect_once(await ledger_of(house, station.device), [*items, *stray])
        assert await page.evaluate("() => caches.keys()") == ["station-0000000000000002"]

        # A third one is let in by the browser itself while somebody works: the page goes over when that is finished.
        proxy.toxics = release(house, 3)
        await page.evaluate(COME)
        await page.evaluate(TAKEN)
        assert await page.locator("#statio2").count() == 1
        await page.click("#finish")
        await page.wait_for_selector("html[data-station='ready'] #statio3")
