"""What a scanning station says when something is odd: another tab, storage that was cleared, a device revoked."""

import tempfile
from pathlib import Path

import httpx
import pytest

from tests.browser.stations import (
    PRESS,
    at_station,
    expect_once,
    headers,
    ledger_of,
    manifest_of,
    strangers,
)

BROKEN = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "ERR_ABORTED", "status of 403", "status of 401")
REFUSING = """() => {
  const real = IDBObjectStore.prototype.add;
  IDBObjectStore.prototype.add = function (...given) {
    if (window.full && this.name === 'scans') throw new DOMException('full', 'QuotaExceededError');
    return real.apply(this, given);
  };
  window.full = true;
}"""

# The gap is told on the screen first, and to the server as soon as it can be reached.
UNTIL_TOLD = """async (last) => {
  for (;;) {
    const { epochs } = await (await fetch('/scan/work')).json();
    const told = epochs.find((one) => one.last_seq === last);
    if (told) return told.missing;
    await new Promise((go) => setTimeout(go, 50));
  }
}"""

ANOTHER_LAYOUT = """code => {
  const signs = { A: 'Q', Q: 'A', W: 'Z', Z: 'W', M: '?', 1: '&', 2: 'é', 3: '"', 4: "'", 5: '(', 6: '-', 7: 'è' };
  for (const sign of code) {
    const physical = /[0-9]/.test(sign) ? `Digit${sign}` : `Key${sign}`;
    const how = { key: signs[sign] ?? sign, code: physical, bubbles: true, cancelable: true };
    document.body.dispatchEvent(new KeyboardEvent('keydown', how));
  }
  const enter = { key: 'Enter', code: 'Enter', bubbles: true, cancelable: true };
  document.body.dispatchEvent(new KeyboardEvent('keydown', enter));
}"""


@pytest.fixture
def profile():
    with tempfile.TemporaryDirectory(prefix="postal-profile-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


async def test_a_station_tells_what_is_odd_and_loses_nothing(house, profile):
    manifest, items = await manifest_of(house, 4)
    async with at_station(profile, house) as (station, watch):
        watch.allow(*BROKEN)
        page, device = station.page, station.device
        await station.begin(house.people["desk"])
        await station.scan(manifest)

        # What is damaged is said before the scan, and a wrong scan is taken back by another row.
        await page.click("#damaged")
        await station.scan(items[0])
        stray = strangers(1, 50_000_000)[0]
        assert (await station.scan(stray))["told"] == ["wrong"]
        assert await page.inner_text("#extra") == "1"
        await page.click("#undo")
        await page.wait_for_function("() => document.getElementById('extra').textContent === '0'")
        await station.sent()
        rows = await ledger_of(house, device)
        assert [(row["kind"], row["code"]) for row in rows] == [
            ("receive", items[0]), ("receive", stray), ("correct", stray)
        ]  # fmt: skip

        # What another keyboard layout made of a code waits for a person's word; nothing is recorded before.
        assert not await page.is_visible("#confirm")
        await page.evaluate(ANOTHER_LAYOUT, items[3])
        await page.wait_for_selector(f"#confirm:has-text('{items[3]}')")
        assert (await page.locator("#confirm").bounding_box())["height"] >= 48
        assert (await page.inner_text("#seen"), await station.unsent()) == ("1", 0)
        await page.focus("#confirm")
        await page.keyboard.press("Enter")
        await page.wait_for_function("() => document.getElementById('seen').textContent === '2'")
        assert not await page.is_visible("#confirm")
        await station.sent()
        rows = await ledger_of(house, device)
        assert [(row["kind"], row["code"]) for row in rows[3:]] == [("receive", items[3])]

        # What was just received can be handed out at once.
        await station.scan(items[1])
        await station.choose("LNH-PHT", "Phát")
        await station.expects("deliver", items[1])
        assert (await station.scan(items[1]))["told"] == ["ok"]

        # A shift ends, and the next person begins another.
        await station.sent()
        await page.click("#close-shift")
        assert "Mọi lượt quét đã gửi" in await page.inner_text("#asking-text")
        await page.click("#asking-yes")
        await station.begin(house.people["desk"])
        await station.scan(manifest)

        # A second tab does not scan.
        second = await page.context.new_page()
        await second.goto(f"{station.url}/scan")
        await second.wait_for_selector('html[data-station="second"]')
        assert "thẻ khác" in await second.inner_text("#verdict-text")
        await second.close()

        # A full disk refuses loudly, and nothing is called written that is not.
        await page.evaluate(REFUSING)
        await page.evaluate(PRESS, items[2])
        told = await page.evaluate(
            """async () => {
              const panel = document.getElementById('verdict');
              while (panel.dataset.tone !== 'bad') await new Promise((go) => setTimeout(go, 10));
              return panel.innerText;
            }"""
        )
        assert "KHÔNG ghi được" in told
        assert await page.locator('[data-alarm="storage"]').count() == 1
        assert await page.inner_text("#seen") == "3"
        await page.evaluate("() => { window.full = false; }")

        # Without network: what waits is asked about before the shift ends, and stays.
        await page.context.set_offline(True)
        assert (await station.scan(items[2]))["told"] == ["ok"]
        await page.click("#close-shift")
        assert "Còn 1 lượt quét chưa gửi" in await page.inner_text("#asking-text")
        await page.click("#asking-no")

        # The storage is cleared while a scan waits: the gap is told, here and to the server.
        await page.goto("about:blank")
        await page.context.set_offline(False)
        await page.goto(f"{station.url}/scan/enrol")
        await page.evaluate(
            "() => new Promise((go) => { indexedDB.deleteDatabase('postal-station').onsuccess = go; })"
        )
        await station.open()
        await page.wait_for_selector('[data-alarm="gap"]')
        missing = await page.evaluate(UNTIL_TOLD, 7)
        # The browser may have sent it in the moment in which its page went; then nothing lacks.
        arrived = len(await ledger_of(house, device)) == 7
        assert missing == ([] if arrived else [[7, 7]])

        # A device that is revoked keeps what it has, and says what to do.
        await page.wait_for_function("() => document.querySelector('#begin:not([hidden])')")
        await station.begin(house.people["desk"])
        await station.scan(manifest)
        await page.context.set_offline(True)
        await station.scan(items[2])
        async with httpx.AsyncClient(base_url=f"{house.url}/api/v1", headers=headers(house, "agency")) as api:
            (await api.post(f"/devices/{device}/revoke")).raise_for_status()
        await page.context.set_offline(False)
        await page.wait_for_selector("#enrol-first:not([hidden])")
        assert await station.unsent() == 1
    expect_once((await ledger_of(house, device))[:6], [items[0], stray, stray, items[3], items[1], items[1]])
