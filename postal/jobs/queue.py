"""The doorbell: arq on Valkey tells a worker which message to run. It may be silent, and nothing is lost.

This file and `ringer` are the only ones that know arq. Messages are msgpack, never pickle: who can write to the queue
must not be able to run code here.
"""

import asyncio
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
DEEP = 200
"""More rung messages than this and the relay waits: they are safe where they are."""

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


class Doorbell:
    """Rings for messages; False means that nobody heard, so the caller must run them itself."""

    def __init__(self, dsn: str) -> None:
        self._settings = connection(dsn)
        self._pool: ArqRedis | None = None
        self._silent_until = 0.0

    async def ring(self, identifiers: Sequence[UUID]) -> bool:
        """Ring once for each message; ringing twice for one is harmless."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                pool = await self._connected()
                for identifier in identifiers:
                    await pool.enqueue_job(FUNCTION, str(identifier), _job_id=f"outbox:{identifier}")
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
