"""What is seen of every request, unrouted ones included: its id, one log line, its count and its time."""

import time
from typing import Any

from litestar.types import ASGIApp, HTTPScope, Message, Receive, Send

from postal.observability.context import begin_request
from postal.observability.logs import say
from postal.observability.metrics import IN_FLIGHT, observe

UNMATCHED = "unmatched"


async def observed(app: ASGIApp, scope: HTTPScope, receive: Receive, send: Send) -> None:
    """Run the application for one request, and record method, route template, status and duration.

    The raw path and the query are never recorded: they hold the codes of citizens' dossiers.
    """
    offered = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
    identifier = begin_request(offered.decode("latin-1")).encode()
    status = 500
    streams_from = None

    async def send_with_id(message: Message) -> None:
        nonlocal status, streams_from
        if message["type"] == "http.response.start":
            status = message["status"]
            if any(each[1].startswith(b"text/event-stream") for each in message.get("headers", ())):
                # How long somebody listens is no measure of how slow the answer was.
                streams_from = time.perf_counter()
            message["headers"] = [*message.get("headers", ()), (b"x-request-id", identifier)]
        await send(message)

    started = time.perf_counter()
    with IN_FLIGHT.track_inprogress():
        try:
            await app(scope, receive, send_with_id)
        finally:
            _record(scope, status, (streams_from or time.perf_counter()) - started)


def _record(scope: Any, status: int, seconds: float) -> None:
    route = scope.get("path_template") or UNMATCHED
    observe(scope["method"], route, status, seconds)
    if not route.startswith(("/health/", "/metrics", "/static")):
        say(
            "postal.request",
            "request answered",
            method=scope["method"],
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
        )
