"""The server of one web process, and how it ends: not ready first, then no new connections, then nothing in flight."""

import asyncio
import contextlib
import socket
from types import FrameType

import uvicorn
from litestar.datastructures import State
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from postal.config import WebSettings

SETTLE_S = 0.3
"""A connection accepted last has this long to send its request before it counts as idle."""

LEAST_S = 0.5
TICK_S = 0.05


class DrainingServer(uvicorn.Server):
    """Uvicorn that goes on answering for a while after SIGTERM, so that no request meets a closing socket.

    While it drains, readiness is 503, so that a proxy sends its requests elsewhere, and every answer says
    `Connection: close`, so that clients leave on their own: uvicorn alone would cut idle connections at once, and with
    them the request that is on its way. The whole takes no longer than `graceful_timeout_s`.
    """

    def __init__(self, app: ASGIApp, state: State, web: WebSettings) -> None:
        self._state = state
        self._drain_s = min(web.drain_seconds, max(0.0, web.graceful_timeout_s - SETTLE_S - LEAST_S))
        config = uvicorn.Config(
            _closing(app, state),
            host=web.host,
            port=web.port,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(web.trusted_proxies),
            forwarded_allow_ips=list(web.trusted_proxies),
            backlog=2048,
        )
        left = web.graceful_timeout_s - self._drain_s - SETTLE_S
        config.timeout_graceful_shutdown = max(LEAST_S, left)  # type: ignore[assignment]  # waited for as a float
        super().__init__(config)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Turn readiness at the signal itself."""
        self._state["draining"] = True
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drain, close the listener, let the newest connections speak, then end as uvicorn does."""
        self._state["draining"] = True
        # Streams would never end by themselves; each page comes back to another process.
        if (live := self._state.get("live")) is not None:
            live.end()
        await self._pause(self._drain_s)
        for listening in sockets or []:
            self._accept_waiting(listening)
        for server in self.servers:
            server.close()
        for listening in sockets or []:
            listening.close()
        await self._pause(SETTLE_S)
        await super().shutdown(sockets)

    def _accept_waiting(self, listening: socket.socket) -> None:
        """Take what the kernel has accepted for us: closing the last listener would reset it."""
        loop = asyncio.get_running_loop()
        # Ours alone to read from now on: another process may share the queue, and takes what we leave.
        with contextlib.suppress(BlockingIOError, InterruptedError):
            while True:
                accepted, _ = listening.accept()
                accepted.setblocking(False)
                task = loop.create_task(loop.connect_accepted_socket(self._protocol, accepted))
                self.server_state.tasks.add(task)  # type: ignore[arg-type]
                task.add_done_callback(self.server_state.tasks.discard)

    def _protocol(self) -> asyncio.BaseProtocol:
        return self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )

    async def _pause(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        # A second Ctrl-C is from somebody who cannot wait.
        while not self.force_exit and (left := until - loop.time()) > 0:  # noqa: ASYNC110 - uvicorn's flag is no event
            await asyncio.sleep(min(left, TICK_S))


def _closing(app: ASGIApp, state: State) -> ASGIApp:
    """Add `Connection: close` to every answer while the process drains."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_closing(message: Message) -> None:
            if message["type"] == "http.response.start" and state.get("draining"):
                message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]
            await send(message)

        await app(scope, receive, send_closing if scope["type"] == ScopeType.HTTP else send)

    return application
