"""A page without a server: our static files as the browser would get them, under the policy of every page."""

import mimetypes
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page, Route

from postal.http.headers import CONTENT_SECURITY_POLICY
from postal.web.assets import FOLDER
from tests.browser.chromium import Watch

HOST = "http://127.0.0.1:9"
BLANK = '<!doctype html><html lang="vi"><title>x</title><link rel="icon" href="data:,"><body></body></html>'


@asynccontextmanager
async def module_page(chromium: Browser) -> AsyncIterator[Page]:
    """Open an empty page that can import our modules; any fault of it fails the test."""
    context = await chromium.new_context()
    watch = Watch(context)
    await context.route(f"{HOST}/**", _answer)
    page = await context.new_page()
    await page.goto(f"{HOST}/")
    yield page
    await context.close()
    watch.check()


async def _answer(route: Route) -> None:
    path = route.request.url.removeprefix(HOST)
    headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
    if path == "/":
        await route.fulfill(body=BLANK, content_type="text/html", headers=headers)
        return
    file = FOLDER / path.removeprefix("/static/")
    kind = mimetypes.guess_type(file.name)[0] or "text/plain"
    await route.fulfill(body=file.read_bytes(), content_type=kind, headers=headers)
