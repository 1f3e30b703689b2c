"""Counting requests in a window: in Valkey for all processes, or in the memory of one."""

import time

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

PATIENCE_S = 0.15
PAUSE_S = 2.0
LARGEST = 50_000

_SCRIPT = """
local used = redis.call('INCR', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  left = tonumber(ARGV[1])
end
return {used, left}
"""

log = structlog.get_logger("postal.limits")

Counted = tuple[int, float]
"""Requests so far in the window, this one included, and the seconds until it ends."""


class LocalCounter:
    """Windows in this process's memory, bounded in number."""

    def __init__(self) -> None:
        self._windows: dict[str, tuple[int, float]] = {}

    def add(self, bucket: str, seconds: int) -> Counted:
        """Count one request."""
        now = time.monotonic()
        used, ends = self._windows.get(bucket, (0, 0.0))
        if ends <= now:
            self._make_room(now)
            used, ends = 0, now + seconds
        self._windows[bucket] = (used + 1, ends)
        return used + 1, ends - now

    def drop(self, bucket: str) -> None:
        """Forget a window."""
        self._windows.pop(bucket, None)

    def _make_room(self, now: float) -> None:
        if len(self._windows) < LARGEST:
            return
        self._windows = {bucket: window for bucket, window in self._windows.items() if window[1] > now}
        while len(self._windows) >= LARGEST:
            del self._windows[next(iter(self._windows))]


class SharedCounter:
    """Windows in Valkey; after a failure it is left alone for a moment, so that no request waits for it twice."""

    def __init__(self, dsn: str) -> None:
        self._client: Redis = Redis.from_url(
            dsn, socket_connect_timeout=PATIENCE_S, socket_timeout=PATIENCE_S, retry_on_timeout=False
        )
        self._away_until = 0.0

    async def add(self, bucket: str, seconds: int) -> Counted | None:
        """Count one request; None when the store does not answer."""
        if time.monotonic() < self._away_until:
            return None
        try:
            used, left = await self._client.eval(_SCRIPT, 1, f"postal:limit:{bucket}", str(seconds * 1000))  # type: ignore[misc]
        except (RedisError, OSError, TimeoutError) as error:
            self._away_until = time.monotonic() + PAUSE_S
            log.warning("limits are counted locally", error=type(error).__qualname__)
            return None
        return int(used), int(left) / 1000

    async def drop(self, bucket: str) -> None:
        """Forget a window, if the store answers."""
        try:
            await self._client.delete(f"postal:limit:{bucket}")
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("a limit could not be forgotten", error=type(error).__qualname__)

    async def ping(self) -> bool:
        """Say whether the store answers."""
        try:
            return bool(await self._client.ping())
        except (RedisError, OSError, TimeoutError):
            return False

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()
