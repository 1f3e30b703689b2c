"""The house of the browser tests as a process: the real application over a database of its own, and the relay.

It takes its settings as one line of JSON on standard input, fills the world, says where it answers, and then does what
further lines ask for: each is an object with `do`, and each is answered by one line.
"""

import asyncio
import json
import socket
import sys
import time
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import uvicorn
from litestar import Litestar

from postal import clock
from postal.app import create_app
from postal.config import Settings, code_key
from postal.http.limits import Limit, RateLimiter
from postal.identity.access import access_of
from postal.identity.service.sessions import _open
from postal.jobs.relay import relay
from postal.outbox.service import drain
from tests.browser.scenes import PEOPLE, WORKPLACES, Scenes


class Uncounted(RateLimiter):
    """Counts nothing: one visitor looks at more pages here than anybody may in a minute."""

    async def spend(self, limit: Limit, key: str) -> float | None:
        """Say that there is room."""
        return None


class TickingClock:
    """Time that passes, from an instant which does not depend on the day of the test."""

    def __init__(self, start: datetime) -> None:
        self.set(start)

    def set(self, instant: datetime) -> None:
        """Jump to an instant and go on from there."""
        self._from, self._since = instant.astimezone(UTC), time.monotonic()

    @property
    def instant(self) -> datetime:
        """Give the present instant."""
        return self._from + timedelta(seconds=time.monotonic() - self._since)

    def advance(self, delta: timedelta) -> datetime:
        """Jump forwards."""
        self.set(self.instant + delta)
        return self.instant

    async def now(self) -> datetime:
        """Give the present instant."""
        return self.instant


class Doors:
    """What a test may ask of the house beside what any browser may."""

    def __init__(self, ticking: TickingClock) -> None:
        self.ticking = ticking

    async def session(self, person: str, organisation: str | None = None) -> str:
        """Open a session of a person as sign-in does after the password; gives its token."""
        opened = await _open(person, organisation or WORKPLACES[person], None, self.ticking.instant)
        return opened.token

    async def advance(self, seconds: float) -> str:
        """Let time pass."""
        return self.ticking.advance(timedelta(seconds=seconds)).isoformat()

    async def now(self) -> str:
        """Tell the house's time."""
        return self.ticking.instant.isoformat()

    async def settle(self) -> int:
        """Run the messages of the outbox until none is due."""
        return await drain()


async def serve() -> None:
    """Fill the house, open it, and answer at its doors until standard input ends."""
    lines = await _standard_input()
    settings = msgspec.json.decode(await lines.readline(), type=Settings)
    app = create_app(settings)
    app.state.limiter = Uncounted()
    ticking = TickingClock(Scenes.BEGIN)
    clock.use(ticking.now)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://house.test") as client:
        scenes = await Scenes(client, ticking, code_key(settings)).build()
    listening = socket.create_server(("127.0.0.1", settings.web.port), backlog=512)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, server_header=False))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:  # noqa: ASYNC110 - uvicorn's flag is no event
        await asyncio.sleep(0.01)
    relaying = asyncio.create_task(relay(None))
    doors = Doors(ticking)
    tokens = {role: await doors.session(person) for role, person in PEOPLE.items()}
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    house = {"url": url, "tokens": tokens, "people": PEOPLE, "codes": scenes.codes, "keys": scenes.keys}
    _say({**house, "pages": list(_pages(app))})
    while line := await lines.readline():
        asked = json.loads(line)
        try:
            _say({"said": await getattr(doors, asked.pop("do"))(**asked)})
        except Exception:  # noqa: BLE001 - whoever asked is told
            _say({"failed": traceback.format_exc()})
    relaying.cancel()
    await asyncio.gather(relaying, return_exceptions=True)
    server.should_exit = server.force_exit = True
    await serving


def _pages(app: Litestar) -> Iterator[dict[str, Any]]:
    """Tell the routes that stand outside the API's document, and who may go there."""
    for route in app.routes:
        handler, _ = getattr(route, "route_handler_map", {}).get("GET", (None, None))
        access = None if handler is None or handler.include_in_schema else access_of(handler)
        if access is not None:
            roles = None if access.roles is None else sorted(access.roles)
            yield {"path": route.path_format, "anonymous": access.anonymous, "roles": roles}


async def _standard_input() -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=2**20)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


def _say(what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(serve())
