"""The embedded servers of a system, where its settings name no others."""

import asyncio
import contextlib
import os
import signal
import time
from typing import Protocol

import structlog
from msgspec.structs import replace

from postal.config import Settings
from postal.db.embedded import EmbeddedError, EmbeddedPostgres
from postal.jobs.embedded import EmbeddedValkey, EmbeddedValkeyError

PAUSE_S = 3.0
"""At least this long between two starts of one server."""

log = structlog.get_logger("postal.supervision")


class Server(Protocol):
    """What both embedded servers have in common."""

    @property
    def pid(self) -> int | None:
        """The process, while it runs."""

    @property
    def dsn(self) -> str:
        """Where clients connect."""

    def start(self) -> None:
        """Start it."""

    def relaunch(self) -> None:
        """Start it again at the same address, without waiting until it answers."""

    def stop(self) -> None:
        """Stop it."""


class Servers:
    """PostgreSQL and Valkey of the data folder, as far as the settings leave them to us."""

    def __init__(self, settings: Settings) -> None:
        self._given = settings
        durable = not settings.database.allow_unsafe_durability
        self.postgres = None if settings.database.dsn else EmbeddedPostgres(settings.folder, durable=durable)
        self.valkey = None if settings.redis.dsn else EmbeddedValkey(settings.folder)
        self._not_before: dict[Server, float] = {}

    @property
    def settings(self) -> Settings:
        """The settings with the addresses of the running servers in them."""
        settings = self._given
        if self.postgres is not None:
            database = replace(settings.database, dsn=self.postgres.dsn, owner_dsn=self.postgres.owner_dsn)
            settings = replace(settings, database=database)
        if self.valkey is not None:
            settings = replace(settings, redis=replace(settings.redis, dsn=self.valkey.dsn))
        return settings

    def start(self) -> None:
        """Start both; blocks, and belongs to the main thread, with which the servers end."""
        for server in self._all():
            server.start()

    def revive(self) -> None:
        """Start again what has ended, and do not wait for it: recovery may take long, and others need us meanwhile.

        A server that ends at once, for example on a full disk, is tried again after a pause.
        """
        for server in self._all():
            if server.pid is not None or time.monotonic() < self._not_before.get(server, 0.0):
                continue
            self._not_before[server] = time.monotonic() + PAUSE_S
            log.warning("server ended, starting it again", server=type(server).__name__)
            try:
                server.relaunch()
            except (EmbeddedError, EmbeddedValkeyError, OSError) as error:
                log.warning("server did not start", server=type(server).__name__, error=type(error).__name__)

    async def stop(self) -> None:
        """Stop both at once; a stopped (SIGSTOP) server is woken first, or it would not hear."""
        for server in self._all():
            if server.pid is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(server.pid, signal.SIGCONT)
        await asyncio.gather(*(asyncio.to_thread(server.stop) for server in self._all()))

    def _all(self) -> tuple[Server, ...]:
        return tuple(server for server in (self.postgres, self.valkey) if server is not None)
