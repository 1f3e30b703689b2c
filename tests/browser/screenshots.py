"""Pictures of the main pages, from the demo: `python -m tests.browser.screenshots OUT`.

Starts the demo on its data folder (`--data`, by default a new one, which first lives through its week) and stops it at
the end; with `--url` it uses one that runs, whose folder `--data` names. Each page is taken in Vietnamese and English,
on a phone (320 px) and a desk (1280 px), light and dark: OUT/<page>-<language>-<width>-<light|dark>.png. `--only` takes
those whose names begin so.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Browser, BrowserContext, async_playwright

from postal.http.language import LANGUAGE_COOKIE
from tests.browser.chromium import launch
from tests.faults.house import _free_port

ROOT = Path(__file__).parents[2]
PATIENCE_S = 600
WIDTHS = {320: 640, 1280: 800}
LOCALES = {"vi": "vi-VN", "en": "en-US"}
PAGES: tuple[tuple[str, str | None, str], ...] = (
    ("start", None, "/"),
    ("tracking", None, "/t/{waiting}"),
    ("tracking-done", None, "/t/{done}"),
    ("station", None, "/scan"),
    ("desk", "desk", "/desk"),
    ("dossier", "desk", "/desk/dossiers/{late}"),
    ("register", "clerk", "/desk/register"),
    ("board", "supervisor", "/board"),
    ("network", "supervisor", "/network"),
    ("leaders", "agency_head", "/leaders"),
    ("home", "clerk", "/home"),
    ("sign-in", None, "/sign-in"),
)
"""Name of the picture, who looks (None: anybody), address; names in braces are codes of the demo."""


@contextmanager
def demo(url: str | None, folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Run the demo, or find the one that runs; gives where it answers and what it left for people to try."""
    if url is not None:
        yield url, json.loads((folder / "demo.json").read_text())
        return
    port = _free_port()
    arguments = [sys.executable, "-m", "postal.cli", "demo", "--data", str(folder), "--port", str(port)]
    with subprocess.Popen(
        arguments, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    ) as process:
        try:
            _until_lived(f"http://127.0.0.1:{port}", folder / "demo.json", process)
            yield f"http://127.0.0.1:{port}", json.loads((folder / "demo.json").read_text())
        finally:
            process.terminate()


def _until_lived(url: str, finished: Path, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if process.poll() is not None:
            raise SystemExit("The demo ended by itself; run it alone to see why: postal demo")
        try:
            if finished.exists() and httpx.get(f"{url}/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise SystemExit(f"The demo was not ready within {PATIENCE_S} s.")


class Studio:
    """Takes the pictures."""

    def __init__(self, browser: Browser, url: str, left: dict[str, Any], out: Path) -> None:
        self.browser, self.url, self.out = browser, url, out
        self.sign_ins = {one["role"]: one for one in left["sign_ins"]}
        codes = left["codes"]
        first = next(iter(codes.values()), "")
        shown = {"late": "overdue", "waiting": "at_desk", "done": "returned"}
        self.codes = codes | {name: codes.get(state, first) for name, state in shown.items()}
        self.cookies: dict[str, list[Any]] = {}
        self.failed: list[str] = []

    async def take(self, only: str) -> None:
        """Take every page in every way."""
        for language, width, colours in product(LOCALES, WIDTHS, ("light", "dark")):
            context = await self.browser.new_context(
                locale=LOCALES[language],
                viewport={"width": width, "height": WIDTHS[width]},
                color_scheme=colours,
                service_workers="block",
            )
            for name, role, address in PAGES:
                if name.startswith(only):
                    where = self.out / f"{name}-{language}-{width}-{colours}.png"
                    await self._one(context, language, role, address, where)
            await context.close()

    async def _one(
        self, context: BrowserContext, language: str, role: str | None, address: str, where: Path
    ) -> None:
        await context.clear_cookies()
        await context.add_cookies([{"name": LANGUAGE_COOKIE, "value": language, "url": self.url}])
        if role is not None:
            if role not in self.cookies:
                self.cookies[role] = await self._signed_in(role)
            await context.add_cookies(self.cookies[role])
        page = await context.new_page()
        answer = await page.goto(self.url + address.format(**self.codes))
        if answer is None or answer.status != 200:
            self.failed.append(f"{where.name}: answered {answer and answer.status}")
        await page.screenshot(path=where, full_page=True)
        await page.close()

    async def _signed_in(self, role: str) -> list[Any]:
        context = await self.browser.new_context()
        page = await context.new_page()
        await page.goto(f"{self.url}/sign-in")
        await page.fill("[name=login]", self.sign_ins[role]["login"])
        await page.fill("[name=password]", self.sign_ins[role]["password"])
        await page.click("main button[type=submit]")
        await page.wait_for_url(f"{self.url}/home")
        cookies = [one for one in await context.cookies() if "session" in one["name"]]
        await context.close()
        return cookies


async def main(arguments: argparse.Namespace) -> int:
    """Take the pictures; 1 when a page did not answer."""
    arguments.out.mkdir(parents=True, exist_ok=True)
    folder = arguments.data or Path(tempfile.mkdtemp(prefix="postal-demo-"))
    with demo(arguments.url, folder) as (url, left):
        async with async_playwright() as playwright:
            browser = await launch(playwright)
            studio = Studio(browser, url, left, arguments.out)
            await studio.take(arguments.only)
            await browser.close()
    print(*studio.failed, sep="\n")  # noqa: T201
    return bool(studio.failed)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.browser.screenshots", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, help="the demo's data folder")
    parser.add_argument("--url", help="a demo that runs already, e.g. http://127.0.0.1:8000")
    parser.add_argument("--only", default="", help="pages whose names begin so")
    sys.exit(asyncio.run(main(parser.parse_args())))
