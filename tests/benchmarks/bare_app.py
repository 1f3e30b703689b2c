"""Handlers without anything around them, in a server configured like ours: the raw limit of answering."""

import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import asyncpg
import msgspec
import uvicorn
from litestar import Litestar, Request, get

from shipments.tracking.repository import FIND

DAY = date(2026, 11, 22)


class Given(msgspec.Struct, frozen=True):
    """What this process is told."""

    dsn: str


@get("/nothing")
async def nothing() -> dict[str, str]:
    """Answer without a question to the database."""
    return {"nothing": "at all"}


@get("/track/{code:str}")
async def track(code: str, request: Request[Any, Any, Any]) -> list[dict[str, Any]]:
    """Send the statement of tracking and give its rows as they are."""
    async with request.app.state.pool.acquire() as connection:
        found = await connection.fetch(FIND, code, DAY, False)
    return [dict(row) for row in found]


def app_of(dsn: str) -> Litestar:
    """Make the application with a pool like ours: ten connections, and no reset between users."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        app.state.pool = await asyncpg.create_pool(dsn, min_size=0, max_size=10, reset=_leave)
        try:
            yield
        finally:
            await app.state.pool.close()

    return Litestar([nothing, track], lifespan=[lifespan], openapi_config=None, logging_config=None)


async def _leave(_: object) -> None:
    pass


def main() -> None:
    """Serve on the socket that was handed over."""
    given = msgspec.json.decode(sys.stdin.buffer.read(), type=Given)
    config = uvicorn.Config(
        app_of(given.dsn),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=["127.0.0.1"],
        backlog=2048,
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[-1]))])


if __name__ == "__main__":
    main()
