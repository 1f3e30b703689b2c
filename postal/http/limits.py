"""How often one caller may ask: fixed windows, counted in Valkey so that all server processes share them.

Without Valkey each process counts for itself, so that a limit weakens but never opens. A route states a limit of its
own in its `opt`: `opt={**ANYONE, **limited("tracking", 20, 60)}`; inside a handler, for another key than the caller's,
`await spend(request, Limit("sign-in", 10, 60), key=login)`.
"""

import hashlib
import ipaddress
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import structlog
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.types import ASGIApp, Receive, Scope, Send
from msgspec import Struct

from postal.errors import TooMany
from postal.http.counters import LocalCounter, SharedCounter
from postal.http.layers import Layer

OPT = "limit"
UNLIMITED_OPT = "unlimited"

log = structlog.get_logger("postal.limits")


class Limit(Struct, frozen=True):
    """At most `count` requests in each window of `seconds`; 0 means no limit."""

    name: str
    count: int
    seconds: int


class RateLimiter:
    """Counts in the shared store, or in this process while the store is away."""

    def __init__(
        self, shared: SharedCounter | None = None, counts: Mapping[str, int] = MappingProxyType({})
    ) -> None:
        """Take the shared store, and the counts that the operator set for limits by their name."""
        self._shared = shared
        self._local = LocalCounter()
        self._counts = counts

    async def spend(self, limit: Limit, key: str) -> float | None:
        """Count one request; give None when it is within the limit, else the seconds until the window ends."""
        count = self._counts.get(limit.name, limit.count)
        if not count:
            return None
        bucket = _bucket(limit, key)
        counted = await self._shared.add(bucket, limit.seconds) if self._shared else None
        used, left = counted or self._local.add(bucket, limit.seconds)
        return left if used > count else None

    async def forgive(self, limit: Limit, key: str) -> None:
        """Forget what was counted."""
        bucket = _bucket(limit, key)
        self._local.drop(bucket)
        if self._shared is not None:
            await self._shared.drop(bucket)

    async def close(self) -> None:
        """Let go of the shared store."""
        if self._shared is not None:
            await self._shared.close()


def _bucket(limit: Limit, key: str) -> str:
    return hashlib.sha256(f"{limit.name}\x00{key}".encode()).hexdigest()[:32]


def limited(name: str, count: int, seconds: int) -> dict[str, Any]:
    """State a route's own limit for each caller, in place of the general one."""
    return {OPT: Limit(name, count, seconds)}


UNLIMITED: dict[str, Any] = {UNLIMITED_OPT: True}
"""For routes that must never be refused for their number: scanning, health, static files."""


async def spend(connection: ASGIConnection[Any, Any, Any, Any], limit: Limit, key: str | None = None) -> None:
    """Count one request against `limit`, by `key` or else by the caller; raise TooMany with Retry-After."""
    limiter = connection.app.state.get("limiter")
    if not isinstance(limiter, RateLimiter):
        return
    left = await limiter.spend(limit, caller_key(connection.scope) if key is None else key)
    if left is not None:
        log.info("limit reached", limit=limit.name)
        raise TooMany(
            "request.too_many",
            vi="Quá nhiều yêu cầu, hãy thử lại sau.",
            en="Too many requests; try again later.",
            retry_after=max(1, int(left) + 1),
        )


async def forgive(connection: ASGIConnection[Any, Any, Any, Any], limit: Limit, key: str) -> None:
    """Forget what was counted against `limit` by `key`."""
    limiter = connection.app.state.get("limiter")
    if isinstance(limiter, RateLimiter):
        await limiter.forgive(limit, key)


def caller_key(scope: Scope) -> str:
    """Name the caller: the actor if there is one, else the client's address (its /64 network for IPv6)."""
    actor = scope.get("user")
    if actor is not None and actor.kind != "anonymous":
        return f"actor:{actor.id}"
    client = scope.get("client")
    return f"address:{network_of(client[0] if client else '')}"


@lru_cache(maxsize=4096)
def network_of(address: str) -> str:
    """Reduce an address to what one subscriber cannot change at will."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


class LimitsMiddleware(Layer):
    """Applies the route's own limit, or the general one of signed-in or anonymous callers; runs after identity."""

    def __init__(self, *, known_per_minute: int, anonymous_per_minute: int) -> None:
        self._known = Limit("known", known_per_minute, 60)
        self._anonymous = Limit("anonymous", anonymous_per_minute, 60)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Count and pass on, or refuse."""
        opt = scope["route_handler"].opt
        if not opt.get(UNLIMITED_OPT):
            request: Request[Any, Any, Any] = Request(scope)
            known = getattr(scope.get("user"), "kind", "anonymous") != "anonymous"
            await spend(request, opt.get(OPT) or (self._known if known else self._anonymous))
        await next_app(scope, receive, send)
