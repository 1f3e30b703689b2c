"""Calls to addresses that somebody else chose, over connections that are kept.

One client a process and event loop. A connection is used again for its own name alone, so no new name, certificate or
address comes in between; every new connection goes through the guard.
"""

import asyncio
import ssl
from collections.abc import Collection, Mapping
from typing import Any
from weakref import WeakKeyDictionary

import httpcore
import httpx

from integrations.outgoing.rules import MOST_READ, MOST_SENT, Answered, Call, Target, target_of, waits
from integrations.outgoing.rules.calls import WHOLE_S
from integrations.outgoing.service.guarding import Guard, Refused, Resolve, Unreached, resolved
from postal import clock
from postal.config import OutgoingSettings, Settings

CONNECT_S = 5.0
READ_S = 10.0
KEPT_S = 20.0
CONNECTIONS = 200
KEPT = 64

_BEGUN = "http11.send_request_headers.started"
_settings: list[OutgoingSettings] = [OutgoingSettings()]


def configure(settings: Settings) -> None:
    """Keep what the operator allows."""
    _settings[:] = [settings.outgoing]


def trusted_origins() -> tuple[str, ...]:
    """Give the origins that may be called although they are not of the open Internet."""
    return _settings[0].trusted


class Client:
    """A pool of connections for one set of trusted origins; use it in the event loop that it was made in."""

    def __init__(
        self,
        *,
        trusted: Collection[str] = (),
        resolve: Resolve = resolved,
        authorities: ssl.SSLContext | None = None,
        most_sent: int = MOST_SENT,
    ) -> None:
        self._trusted = frozenset(trusted)
        self._most_sent = most_sent
        context = authorities or httpx.create_ssl_context(trust_env=False)
        # Apart, so that no connection which may lead inside is ever used for a name that may not.
        self._pools = {
            inside: httpcore.AsyncConnectionPool(
                ssl_context=context,
                max_connections=CONNECTIONS,
                max_keepalive_connections=KEPT,
                keepalive_expiry=KEPT_S,
                network_backend=Guard(resolve, inside=inside),
            )
            for inside in (False, True)
        }

    async def call(self, given: Call) -> Answered:
        """Make a call; follows no redirect, asks no proxy, and reads little.

        Raises:
            Refused: The address leads where nobody may send us, or the body is longer than we send.
            Unreached: There was no answer.
        """
        target = target_of(given.url, self._trusted)
        if target is None or len(given.body) > self._most_sent:
            raise Refused
        begun: list[bool] = []
        request = _request(target, given, begun)
        try:
            async with asyncio.timeout(given.whole_s):
                return await self._answer(self._pools[target.trusted], request)
        except httpcore.LocalProtocolError as error:
            raise Refused from error
        except (
            TimeoutError,
            httpcore.NetworkError,
            httpcore.TimeoutException,
            httpcore.ProtocolError,
        ) as error:
            raise Unreached(maybe=bool(begun)) from error
        except OSError as error:
            raise Unreached(maybe=bool(begun)) from error

    async def close(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            await pool.aclose()

    async def _answer(self, pool: httpcore.AsyncConnectionPool, request: httpcore.Request) -> Answered:
        answer = await pool.handle_async_request(request)
        body, cut = b"", False
        try:
            async for piece in answer.aiter_stream():
                body += piece
                if len(body) > MOST_READ:
                    body, cut = body[:MOST_READ], True
                    break
        finally:
            # A body that was not read to its end closes its connection.
            await answer.aclose()
        said = {name.lower(): value for name, value in answer.headers}
        wait = said.get(b"retry-after", b"").decode("latin-1")
        return Answered(
            status=answer.status,
            retry_after=waits(wait, clock.machine_now()) if wait else None,
            body=body,
            cut=cut,
            content_type=said.get(b"content-type", b"").decode("latin-1")[:100],
        )


_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[tuple[str, ...], Client]] = WeakKeyDictionary()


async def call(
    given: Call, *, trusted: Collection[str] | None = None, resolve: Resolve = resolved
) -> Answered:
    """Make a call with the client of this process; `trusted` instead of the origins that the operator named.

    Raises:
        Refused: The address leads where nobody may send us, or the body is longer than we send.
        Unreached: There was no answer.
    """
    origins = trusted_origins() if trusted is None else tuple(sorted(trusted))
    if resolve is not resolved:
        client = Client(trusted=origins, resolve=resolve)
        try:
            return await client.call(given)
        finally:
            await client.close()
    kept = _clients.setdefault(asyncio.get_running_loop(), {})
    if origins not in kept:
        kept[origins] = Client(trusted=origins, most_sent=_settings[0].body_bytes)
    return await kept[origins].call(given)


async def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    trusted: Collection[str] = (),
    resolve: Resolve = resolved,
    whole_s: float = WHOLE_S,
) -> Answered:
    """Send a body, by the operator's list of origins and these."""
    return await call(
        Call(url=url, body=body, headers=dict(headers), whole_s=whole_s),
        trusted={*trusted, *trusted_origins()},
        resolve=resolve,
    )


async def close() -> None:
    """Close the connections of this event loop."""
    for client in _clients.pop(asyncio.get_running_loop(), {}).values():
        await client.close()


def _request(target: Target, given: Call, begun: list[bool]) -> httpcore.Request:
    async def trace(name: str, _info: dict[str, Any]) -> None:
        if name == _BEGUN:
            begun.append(True)

    ours = {"host", "content-length", "transfer-encoding", "connection", "accept-encoding"}
    host = f"[{target.host}]" if ":" in target.host else target.host
    named = host if target.port in {80, 443} else f"{host}:{target.port}"
    headers = [("Host", named), ("Accept-Encoding", "identity"), ("User-Agent", "postal")]
    headers += [(name, value) for name, value in given.headers.items() if name.lower() not in ours]
    if given.method != "GET":
        headers.append(("Content-Length", str(len(given.body))))
    return httpcore.Request(
        given.method,
        httpcore.URL(
            scheme=target.scheme.encode(),
            host=target.host.encode(),
            port=target.port,
            target=target.path.encode(),
        ),
        headers=[(name.encode(), value.encode()) for name, value in headers],
        content=given.body if given.method != "GET" else None,
        extensions={
            "timeout": {"connect": CONNECT_S, "read": READ_S, "write": READ_S, "pool": CONNECT_S},
            "trace": trace,
        },
    )
