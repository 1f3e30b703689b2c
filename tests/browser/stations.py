"""A scanning station for tests: enrolled, with a shift and a manifest to receive, and a scanner that types."""

import asyncio
import contextlib
import itertools
import json
import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil
from playwright.async_api import BrowserContext, Error, Page, async_playwright

from shipments.pieces.rules import s10
from tests.browser.chromium import FLAGS, Watch, executable
from tests.browser.house import House
from tests.browser.scenes import PASSWORD
from tests.factories.dossiers import DESK, OFFICE

_numbers = itertools.count(1)

SCAN = """async ([codes, everyMs]) => {
  const panel = document.getElementById('verdict');
  const took = [], told = [], longest = { ms: 0, code: '' };
  const begun = performance.now();
  for (const [index, code] of codes.entries()) {
    const due = begun + index * everyMs;
    if (performance.now() < due) await new Promise((go) => setTimeout(go, due - performance.now()));
    const shown = new Promise((go) => {
      const watch = new MutationObserver(() => {
        if (panel.querySelector('.code').textContent.endsWith(code)) { watch.disconnect(); go(); }
      });
      watch.observe(panel, { subtree: true, childList: true, characterData: true, attributes: true });
      setTimeout(() => { watch.disconnect(); go(); }, 5000);
    });
    for (const sign of code) {
      const how = { key: sign, bubbles: true, cancelable: true, code: 'Key' + sign.toUpperCase() };
      document.body.dispatchEvent(new KeyboardEvent('keydown', how));
      document.body.dispatchEvent(new KeyboardEvent('keyup', how));
    }
    const enter = { key: 'Enter', code: 'Enter', bubbles: true, cancelable: true };
    const at = performance.now();
    document.body.dispatchEvent(new KeyboardEvent('keydown', enter));
    document.body.dispatchEvent(new KeyboardEvent('keyup', enter));
    await shown;
    took.push(performance.now() - at);
    told.push(panel.dataset.tone);
  }
  return { took, told };
}"""

PRESS = """code => {
  for (const key of [...code, 'Enter']) {
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key, code: key, bubbles: true, cancelable: true }));
  }
}"""

# What is expected is on the screen, and the piece is in the list that it was drawn from; the screen names 200 alone.
EXPECTED = """async ([key, code]) => {
  const [{ name }] = await indexedDB.databases();
  const db = await new Promise((go, no) => {
    const asked = indexedDB.open(name);
    asked.onsuccess = () => go(asked.result);
    asked.onerror = () => no(asked.error);
  });
  const kept = await new Promise((go, no) => {
    const asked = db.transaction('lists').objectStore('lists').get(key);
    asked.onsuccess = () => go(asked.result);
    asked.onerror = () => no(asked.error);
  });
  db.close();
  const shown = document.getElementById('expected').textContent;
  return kept.list.expected.some((piece) => piece.code === code) && shown === String(kept.list.expected.length);
}"""

KEPT = """async () => {
  const found = { local: { ...localStorage }, session: { ...sessionStorage }, databases: {}, caches: {} };
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((go, no) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => go(asked.result);
      asked.onerror = () => no(asked.error);
    });
    for (const store of db.objectStoreNames) {
      found.databases[`${name}/${store}`] = await new Promise((go, no) => {
        const asked = db.transaction(store).objectStore(store).getAll();
        asked.onsuccess = () => go(asked.result);
        asked.onerror = () => no(asked.error);
      });
    }
    db.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      found.caches[request.url] = await (await cache.match(request)).text();
    }
  }
  return found;
}"""


class Station:
    """A page at `/scan` of an enrolled browser, at the desk that receives."""

    def __init__(self, page: Page, url: str, house: House, device: str) -> None:
        self.page, self.url, self.house, self.device = page, url, house, device

    async def open(self) -> None:
        """Open the page and wait until it works."""
        await self.page.goto(f"{self.url}/scan")
        await self.page.wait_for_selector('html[data-station="ready"]')

    async def begin(self, person: str, works: int = 1) -> None:
        """Begin a shift, and wait until the lists are there."""
        await self.page.fill("#login", person)
        await self.page.fill("#password", PASSWORD)
        await self.page.click("#open-shift")
        await self.page.wait_for_function(
            """n => document.getElementById('begin').hidden
              && document.querySelectorAll('#choose:not([hidden]) #work-list button').length >= n""",
            arg=works,
        )

    async def scan(self, *codes: str, every_ms: float = 0) -> dict[str, list[Any]]:
        """Scan codes, each after the verdict on the one before; gives the tones and how long each took in ms."""
        return await self.page.evaluate(SCAN, [list(codes), every_ms])

    async def choose(self, command: str, title: str) -> None:
        """Choose a work by the command code that hangs beside the table."""
        await self.page.evaluate(PRESS, command)
        await self.page.wait_for_function(
            "title => document.getElementById('work-title').textContent === title", arg=title
        )

    async def expects(self, key: str, code: str) -> None:
        """Wait until the present work, of the list kept under this key, expects a piece."""
        await self.page.wait_for_function(EXPECTED, arg=[key, code])

    async def unsent(self) -> int:
        """Read the number that is always shown."""
        return int(await self.page.inner_text("#unsent"))

    async def sent(self, within_s: float = 30) -> None:
        """Wait until nothing waits any more."""
        await self.page.wait_for_function(
            "() => document.getElementById('unsent').textContent === '0'", timeout=within_s * 1000
        )

    async def kept(self) -> str:
        """Give everything that the browser keeps, as one text."""
        return json.dumps(await self.page.evaluate(KEPT), ensure_ascii=False)


async def enrolment(
    house: House, organisation_key: str = "agency", organisation: str = DESK
) -> tuple[str, str]:
    """Register a device and give it with its one-time code."""
    code = f"tram-{os.getpid()}-{next(_numbers)}"
    async with httpx.AsyncClient(
        base_url=f"{house.url}/api/v1", headers=headers(house, organisation_key)
    ) as api:
        (await api.post("/devices", json={"code": code, "organisation": organisation})).raise_for_status()
        invited = await api.post(f"/devices/{code}/enrolment")
        invited.raise_for_status()
    return code, invited.json()["code"]


async def manifest_of(house: House, count: int, *, dispatch: bool = True) -> tuple[str, list[str]]:
    """Send a manifest of so many items from the office to the desk; gives its code and the items."""
    async with httpx.AsyncClient(
        base_url=f"{house.url}/api/v1", headers=headers(house, "owner"), timeout=60
    ) as api:
        items = [await _item(api) for _ in range(count)]
        made = await api.post("/manifests", json={"receiver": DESK, "lines": items})
        made.raise_for_status()
        code = made.json()["code"]
        (await api.post(f"/manifests/{code}/seal")).raise_for_status()
        if dispatch:
            (await api.post(f"/manifests/{code}/dispatch")).raise_for_status()
    return code, items


async def _item(api: httpx.AsyncClient) -> str:
    made = await api.post("/items", json={"destination": DESK})
    made.raise_for_status()
    return str(made.json()["code"])


def strangers(count: int, start: int) -> list[str]:
    """Write well-formed codes that nobody has registered."""
    return [s10("TN", start + number * 11) for number in range(count)]


def headers(house: House, key: str) -> dict[str, str]:
    """Give the headers of one of the house's keys."""
    held = house.keys[key]
    return {"Authorization": held} if isinstance(held, str) else held


@asynccontextmanager
async def at_station(
    folder: Path, house: House, *, url: str | None = None, enrol: bool = True
) -> AsyncIterator[tuple[Station, Watch]]:
    """Run a browser over a profile, enrolled as a device of the desk unless the profile is already."""
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            str(folder), executable_path=executable(), args=list(FLAGS), locale="vi-VN"
        )
        watch = Watch(context)
        page = context.pages[0] if context.pages else await context.new_page()
        page.set_default_timeout(15_000)
        station = Station(page, url or house.url, house, "")
        if enrol:
            station.device, code = await enrolment(house)
            await page.goto(f"{station.url}/scan/enrol")
            await page.fill("#code", code)
            await page.click("main button[type=submit]")
            await page.wait_for_selector('html[data-station="ready"]')
        yield station, watch
        with contextlib.suppress(Error):
            await context.close()


async def kill(folder: Path) -> None:
    """End the browser that runs over a profile as a power cut would."""
    mine = [
        each
        for each in psutil.process_iter(["cmdline"])
        if any(str(folder) in part for part in each.info["cmdline"] or ())
    ]
    for each in mine:
        with contextlib.suppress(psutil.NoSuchProcess):
            os.kill(each.pid, signal.SIGKILL)
    await asyncio.to_thread(psutil.wait_procs, mine, 10)
    # What a browser that ended in order would have taken away.
    for lock in ("SingletonLock", "SingletonCookie", "SingletonSocket"):
        with contextlib.suppress(FileNotFoundError):
            (folder / lock).unlink()


async def ledger_of(house: House, device: str) -> list[asyncpg.Record]:
    """Read what the ledger has of a device, by its number."""
    connection = await asyncpg.connect(house.database.owner_dsn)
    try:
        return await connection.fetch(
            "SELECT id, epoch, seq, kind, code, person, occurred_at FROM ledger WHERE device = $1 ORDER BY epoch, seq",
            device,
        )
    finally:
        await connection.close()


def expect_once(rows: Sequence[asyncpg.Record], codes: Sequence[str]) -> None:
    """Hold that each scan is there exactly once, in the order in which it was made."""
    assert [row["code"] for row in rows] == list(codes)
    assert [row["seq"] for row in rows] == list(range(1, len(codes) + 1))
    assert len({row["epoch"] for row in rows}) == 1


__all__ = (
    "DESK",
    "OFFICE",
    "BrowserContext",
    "Station",
    "at_station",
    "enrolment",
    "kill",
    "ledger_of",
    "manifest_of",
)
