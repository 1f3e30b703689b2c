"""Chromium for tests, and pages that are watched: what goes wrong in them fails the test."""

import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Page, Playwright, Request, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = (
    "These tests drive a real Chromium, and none was found. Run `make chromium`, or set CHROMIUM= to one."
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}
OURS_TO_SAY = "Failed to load resource: the server responded with a status of 4"
"""Chromium's own line about an answer of 400 to 499, which a page may mean."""


def executable() -> str:
    """Find Chromium: as told by CHROMIUM, else on PATH; who cannot run says what mends it."""
    told = os.environ.get("CHROMIUM")
    found = shutil.which(told) if told else next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise SystemExit(MISSING)
    return found


async def launch(playwright: Playwright, **more: Any) -> Browser:
    """Start Chromium as all browser tests use it."""
    return await playwright.chromium.launch(executable_path=executable(), args=list(FLAGS), **more)


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """Run a browser of one's own, e.g. one that will be killed."""
    async with async_playwright() as playwright:
        browser = await launch(playwright)
        yield browser
        await browser.close()


@asynccontextmanager
async def persistent(folder: Path, **more: Any) -> AsyncIterator[BrowserContext]:
    """Run a browser over a profile in a folder, which outlives it: for what must survive closing and crashes."""
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            str(folder), executable_path=executable(), args=list(FLAGS), **more
        )
        yield context
        await context.close()


class Watch:
    """Keeps what goes wrong in a context: console, exceptions, failed requests, requests to elsewhere.

    `requests` are all addresses asked for. `allow` takes a part of a fault that a test means to cause.
    """

    def __init__(self, context: BrowserContext) -> None:
        self.requests: list[str] = []
        self.faults: list[str] = []
        self._allowed: list[str] = []
        context.on("request", self._requested)
        context.on("requestfailed", self._failed)
        context.on("weberror", lambda error: self.faults.append(f"exception: {error.error}"))
        context.on("console", self._said)

    def allow(self, *parts: str) -> None:
        """Let faults be that hold one of these texts, e.g. `ERR_INTERNET_DISCONNECTED`."""
        self._allowed += parts

    def found(self) -> list[str]:
        """Give the faults so far that nobody allowed."""
        return [fault for fault in self.faults if not any(part in fault for part in self._allowed)]

    def check(self) -> None:
        """Fail if anything went wrong."""
        assert not self.found(), "\n".join(self.found())

    def _requested(self, request: Request) -> None:
        self.requests.append(request.url)
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob", "about"} and parts.hostname not in LOOPBACK:
            self.faults.append(f"foreign request: {request.url}")

    def _failed(self, request: Request) -> None:
        # A navigation breaks off what the page before still asked for.
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"failed request: {request.method} {request.url} {request.failure}")

    def _said(self, message: Any) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(OURS_TO_SAY):
            self.faults.append(
                f"console {message.type}: {message.text} ({message.page.url if message.page else ''})"
            )


class Visitor:
    """One visitor's browser context, watched; `page` is its first page."""

    def __init__(self, context: BrowserContext, page: Page, watch: Watch, url: str) -> None:
        self.context, self.page, self.watch, self.url = context, page, watch, url

    async def go(self, path: str) -> int:
        """Go to a page of the house; gives the status of the answer."""
        answer = await self.page.goto(self.url + path)
        assert answer is not None, path
        return answer.status


if __name__ == "__main__":
    sys.stdout.write(f"{executable()}\n")
