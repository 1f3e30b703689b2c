"""Fixtures of the browser tests: one house and one Chromium a worker, visitors whose every fault fails the test.

All of them live in one loop, which Playwright is bound to; so tests here use no other asynchronous fixtures.
"""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from postal.db.embedded import EmbeddedPostgres
from postal.http.language import LANGUAGE_COOKIE
from tests.browser.chromium import Visitor, Watch, launch
from tests.browser.house import House
from tests.conftest import settings_of

HERE = Path(__file__).parent
Visit = Callable[..., Awaitable[Visitor]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def house(postgres: EmbeddedPostgres) -> Iterator[House]:
    """Run one real server over a database of its own, with the scenes; tests share it, so they add and never clean."""
    folder = Path(tempfile.mkdtemp(prefix="postal-house-"))
    asyncio.run(_database(postgres))
    house = House(settings_of(postgres, "house"), folder)
    try:
        yield house
    finally:
        house.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def _database(postgres: EmbeddedPostgres) -> None:
    admin = await asyncpg.connect(postgres.dsn_of("postgres", "postgres"))
    await admin.execute("CREATE DATABASE house TEMPLATE postal OWNER postal_owner STRATEGY FILE_COPY")
    await admin.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Run one Chromium; tests open contexts in it."""
    async with async_playwright() as playwright:
        browser = await launch(playwright)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(house: House, chromium: Browser) -> AsyncIterator[Visit]:
    """Give what opens a visitor's browser: `await visit("clerk")`, `await visit()` for nobody signed in,
    `await visit("scanner")` for an enrolled device on which nobody signed in.

    `language="en"` chooses a language as the link in the masthead does. Further arguments are those of a Playwright
    context (`locale`, `java_script_enabled`, `viewport`, `color_scheme`…).
    At the end of the test every visitor's watch is checked.
    """
    visitors: list[Visitor] = []

    async def opened(
        role: str | None = None, *, token: str | None = None, language: str | None = None, **more: Any
    ) -> Visitor:
        context = await chromium.new_context(**({"locale": "vi-VN"} | more))
        if role == "scanner":
            secret = house.keys["device"].removeprefix("Bearer ")
            await context.add_cookies([{"name": "postal_station", "value": secret, "url": house.url}])
        elif role is not None or token is not None:
            # A session of one's own: another test may have let hours pass, and sessions end.
            value = token or house.ask("session", person=house.people[role])
            await context.add_cookies([{"name": "postal_session", "value": value, "url": house.url}])
        if language is not None:
            await context.add_cookies([{"name": LANGUAGE_COOKIE, "value": language, "url": house.url}])
        watch = Watch(context)
        visitor = Visitor(context, await context.new_page(), watch, house.url)
        visitor.page.set_default_timeout(10_000)
        visitor.page.set_default_navigation_timeout(30_000)
        visitors.append(visitor)
        return visitor

    yield opened
    for visitor in visitors:
        await visitor.context.close()
    for visitor in visitors:
        visitor.watch.check()
