"""Open pages are told that something changed, by a real server: who is told, when it ends, and how it gives way."""

import asyncio
import time
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import pytest
from msgspec.structs import replace

from postal import clock as clock_port
from postal import db
from postal.config import WebSettings
from postal.identity.cookies import COOKIE
from postal.identity.rules import Role
from postal.identity.service.sessions import _open
from postal.web import live
from postal.web.listener import listen
from postal.web.server import DrainingServer
from tests.factories.applications import application
from tests.factories.dossiers import DESK, OFFICE, STRANGER, Desks
from tests.factories.identity import person

WEB = WebSettings(port=0, drain_seconds=0, graceful_timeout_s=2)
PATIENCE_S = 6


class Listener:
    """An open page: the events that it was told, in order."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self.told: asyncio.Queue[str | None] = asyncio.Queue()
        self.reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            async for line in self.answer.aiter_lines():
                if line.startswith("event: "):
                    self.told.put_nowait(line.removeprefix("event: "))
        finally:
            self.told.put_nowait(None)

    async def next(self) -> str | None:
        """Give the next event; None is the end of the stream."""
        async with asyncio.timeout(PATIENCE_S):
            return await self.told.get()


class House:
    """A server that people ask, each by a session of their own."""

    def __init__(self, url: str, state, server, serving, stack: AsyncExitStack) -> None:
        self.url, self.state, self.server, self.serving, self.stack = url, state, server, serving, stack

    async def people(self, *who: tuple[str, str, Role]) -> list[httpx.AsyncClient]:
        """Give each a browser that is signed in."""
        now = await clock_port.now()
        made = []
        for code, organisation, role in who:
            await person(code, organisation, role, now=now)
            opened = await _open(code, organisation, None, now)
            browser = httpx.AsyncClient(base_url=self.url, cookies={COOKIE: opened.token}, timeout=10)
            made.append(await self.stack.enter_async_context(browser))
        return made

    async def listening(self, browser: httpx.AsyncClient, topic: str = live.WORK) -> Listener:
        """Open the stream of a page, and hear that it is open."""
        answer = await self.stack.enter_async_context(browser.stream("GET", f"/live?topic={topic}"))
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store, no-transform"
        assert "content-encoding" not in answer.headers
        listener = Listener(answer)
        self.stack.callback(listener.reading.cancel)
        assert await listener.next() == "changed"
        return listener


@pytest.fixture
def quick(monkeypatch):
    """Ask and tell more often than people need."""
    monkeypatch.setattr(live, "TICK_S", 0.05)
    monkeypatch.setattr(live, "APART_S", 0.05)


@pytest.fixture
async def served(settings):
    async with _serving(settings) as house:
        yield house


@asynccontextmanager
async def _serving(settings):
    app = application(replace(settings, web=WEB))
    socket = listen(WEB)
    server = DrainingServer(app, app.state, WEB)
    serving = asyncio.create_task(server.serve(sockets=[socket]))
    url = f"http://127.0.0.1:{socket.getsockname()[1]}"
    async with AsyncExitStack() as stack:
        async with asyncio.timeout(10), httpx.AsyncClient(base_url=url) as asking:
            while True:
                try:
                    await asking.get("/health/live")
                    break
                except httpx.ConnectError:
                    await asyncio.sleep(0.01)
        try:
            yield House(url, app.state, server, serving, stack)
        finally:
            server.should_exit = True
            await serving


async def test_whom_a_change_concerns_is_told_and_nobody_else(served, quick):
    desk, other, stranger = await served.people(
        ("nv-desk", DESK, Role.DESK), ("nv-office", OFFICE, Role.CLERK), ("nv-else", STRANGER, Role.CLERK)
    )
    async with httpx.AsyncClient(base_url=served.url, timeout=10) as api:
        desks = await Desks(api, await clock_port.now()).prepare()
        at_desk, elsewhere = await served.listening(desk), await served.listening(stranger)
        code = await desks.dossier()
        at_office = await served.listening(other, f"dossier:{code}")
        await desks.states(code, "received")
        assert [await at_desk.next(), await at_office.next()] == ["changed", "changed"]
        assert elsewhere.told.empty()
        # A person's topic is what that person may see; the answer to the rest is one and the same.
        for topic in (f"dossier:{code}", "dossier:H57.01-000000-0000", "nothing:1", "dossier:", "x"):
            assert (await stranger.get("/live", params={"topic": topic})).status_code == 404
        assert (await api.get("/live?topic=work", headers=desks.clerk)).status_code == 403
        assert (await api.get("/live?topic=work")).status_code == 401
        assert (await desk.head("/live?topic=work")).content == b""
        assert served.state.live.size == 3


async def test_signing_out_ends_the_stream_and_an_idle_session_is_not_kept_awake(served, quick, clock):
    (leaving, staying) = await served.people(("nv-1", OFFICE, Role.CLERK), ("nv-2", OFFICE, Role.CLERK))
    first, second = await served.listening(leaving), await served.listening(staying)
    seen = "SELECT seen_at FROM session WHERE person = 'nv-2'"
    before = await db.fetch_value(seen)
    await leaving.post("/sign-out")
    assert [await first.next(), await first.next()] == ["ended", None]
    assert served.state.live.size == 1
    clock.advance(live.IDLE)
    assert [await second.next(), await second.next()] == ["ended", None]
    assert await db.fetch_value(seen) == before
    assert served.state.live.size == 0


async def test_a_session_may_open_so_many_pages_and_each_that_is_closed_makes_room(served, quick):
    (browser,) = await served.people(("nv-1", OFFICE, Role.CLERK))
    opened = [await served.listening(browser) for _ in range(live.SESSION_CLIENTS)]
    refused = await browser.get("/live?topic=work")
    assert (refused.status_code, refused.json()["code"]) == (429, "live.too_many_pages")
    opened[0].reading.cancel()
    await opened[0].answer.aclose()
    # The server hears of it a moment later.
    async with asyncio.timeout(PATIENCE_S):
        while (await browser.head("/live?topic=work")).status_code == 429:
            pass
    await served.listening(browser)


async def test_a_process_that_ends_lets_its_pages_go_at_once(settings):
    async with _serving(settings) as house:
        browsers = await house.people(*((f"nv-{n}", OFFICE, Role.CLERK) for n in range(3)))
        pages = [await house.listening(browser) for browser in browsers]
        begun = time.monotonic()
        house.server.should_exit = True
        # Not "ended": the page comes back, to another process.
        assert [await page.next() for page in pages] == [None, None, None]
        assert time.monotonic() - begun < WEB.drain_seconds + 0.5
        async with asyncio.timeout(WEB.graceful_timeout_s):
            await house.serving
