"""The doorbell: arq on Valkey tells a worker which message to run. It may be silent, and nothing is lost.

This file and `ringer` are the only ones that know arq. Messages are msgpack, never pickle: who can write to the queue
must not be able to run code here.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
import structlog
from arq.connections import ArqRedis, RedisSettings, create_pool
from redis.exceptions import RedisError

QUEUE = "postal:jobs"
FUNCTION = "run_message"
PATIENCE_S = 1.0
PAUSE_S = 1.0
DEEP = 20
"""More waiting jobs than this and the relay waits: their messages are safe where they are."""

TOGETHER = 10
"""How many messages a job has at most: a job costs as much as a short message does."""

SPREAD = 4
"""Into how many jobs few messages are spread, so that they run beside each other."""

FAILURES = (RedisError, OSError, TimeoutError)

log = structlog.get_logger("postal.jobs")


def pack(value: dict[str, Any]) -> bytes:
    """Encode a job; an error in a result becomes its type's name."""
    return msgspec.msgpack.encode(value, enc_hook=lambda odd: type(odd).__qualname__)


def unpack(data: bytes) -> dict[str, Any]:
    """Decode a job."""
    return msgspec.msgpack.decode(data, type=dict[str, Any])


def connection(dsn: str) -> RedisSettings:
    """Give arq's settings: no retries, since whoever asks has a way without the queue."""
    settings = RedisSettings.from_dsn(dsn)
    settings.conn_retries = 0
    return settings


def gathered(names: Sequence[str]) -> list[Sequence[str]]:
    """Share messages out among as few jobs as still run beside each other."""
    each = max(1, min(TOGETHER, -(-len(names) // SPREAD)))
    return [names[start : start + each] for start in range(0, len(names), each)]


class Doorbell:
    """Rings for messages; False means that nobody heard, so the caller must run them itself."""

    def __init__(self, dsn: str) -> None:
        self._settings = connection(dsn)
        self._pool: ArqRedis | None = None
        self._silent_until = 0.0

    async def ring(self, identifiers: Sequence[UUID]) -> bool:
        """Ring for messages, some with each job; ringing twice for one is harmless."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                pool = await self._connected()
                for names in gathered([str(identifier) for identifier in identifiers]):
                    # Arq takes no second job of one id, which is as well when it is about the same messages.
                    job = hashlib.sha256(" ".join(names).encode()).hexdigest()
                    await pool.enqueue_job(FUNCTION, *names, _job_id=f"outbox:{job}")
        except FAILURES as error:
            await self._mute(error)
            return False
        return True

    async def depth(self) -> int | None:
        """Give the number of waiting jobs, or None when the queue does not answer."""
        if asyncio.get_running_loop().time() < self._silent_until:
            return None
        try:
            async with asyncio.timeout(PATIENCE_S):
                pool = await self._connected()
                return int(await pool.zcard(QUEUE))
        except FAILURES as error:
            await self._mute(error)
            return None

    async def close(self) -> None:
        """Drop the connections."""
        pool, self._pool = self._pool, None
        if pool is not None:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await pool.aclose(close_connection_pool=True)
            except FAILURES:
                log.info("queue connection was already gone")

    async def _connected(self) -> ArqRedis:
        if self._pool is None:
            self._pool = await create_pool(
                self._settings, job_serializer=pack, job_deserializer=unpack, default_queue_name=QUEUE
            )
        return self._pool

    async def _mute(self, error: BaseException) -> None:
        log.warning("queue does not answer", error=type(error).__qualname__)
        self._silent_until = asyncio.get_running_loop().time() + PAUSE_S
        await self.close()
