"""Start, keep alive and stop the whole system."""

import asyncio
import signal
import socket
from collections.abc import Callable, Coroutine
from datetime import datetime
from types import TracebackType
from typing import Self

import msgspec
import structlog
from msgspec.structs import replace

from postal.config import Settings
from postal.errors import PostalError, Unavailable
from postal.observability.logs import configure_logs
from postal.supervision.child import Child
from postal.supervision.folder import FolderLock
from postal.supervision.preparation import prepare, renew_partitions
from postal.supervision.probe import answers
from postal.supervision.servers import Servers
from postal.web.listener import listen

STOP_BEYOND_S = 1.0
"""What a process may take to end beyond the web's own limit."""

READY_S = 60.0
WATCH_S = 0.5
PARTITIONS_EVERY_S = {"real": 6 * 3600.0, "simulated": 20.0}
"""A simulated clock may pass a month in a minute."""

log = structlog.get_logger("postal.supervision")


class System:
    """The embedded servers (unless the settings name others), the web processes and the worker.

    Use it as `async with System(settings) as system:`. SIGINT and SIGTERM end the block: what runs in it is cancelled,
    everything is stopped, and the code after the block goes on with `interrupted` set.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock_start: datetime | None = None,
        show_logs: bool = False,
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.settings = settings
        self.interrupted = False
        self._clock_start = clock_start
        self._show_logs = show_logs
        self._progress = progress
        self._lock = FolderLock(settings.folder)
        self._servers = Servers(settings)
        self._socket: socket.socket | None = None
        self._children: list[Child] = []
        self._keepers: list[asyncio.Task[None]] = []
        self._owner: asyncio.Task[object] | None = None
        self._failure: BaseException | None = None

    @property
    def url(self) -> str:
        """Where the web answers on this machine."""
        host = self.settings.web.host
        shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - compared, not bound
        return f"http://{shown}:{self.settings.web.port}"

    @property
    def pids(self) -> dict[str, int | None]:
        """The processes by role."""
        found = {child.name: child.pid for child in self._children}
        if self._servers.postgres is not None:
            found["postgres"] = self._servers.postgres.pid
        if self._servers.valkey is not None:
            found["valkey"] = self._servers.valkey.pid
        return found

    async def __aenter__(self) -> Self:
        """Start everything; gives the running system, or stops what was started and raises."""
        self._owner = asyncio.current_task()
        self._listen_to_signals()
        try:
            await self._start()
        except BaseException:
            await self._stop()
            if self._failure is not None:
                raise self._failure from None
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        """Stop everything within ten seconds; an interruption by a signal ends here."""
        await self._stop()
        if self._failure is not None:
            raise self._failure
        if self.interrupted and isinstance(error, asyncio.CancelledError):
            if self._owner is not None:
                self._owner.uncancel()
            return True
        return False

    async def wait(self) -> None:
        """Stay up until a signal."""
        await asyncio.Event().wait()

    async def _start(self) -> None:
        self._lock.take()
        self._socket = listen(self.settings.web)
        self.settings = replace(
            self.settings, web=replace(self.settings.web, port=self._socket.getsockname()[1])
        )
        self._lock.tell(self.url)
        self._configure_logs()
        self._progress("servers")
        self._servers.start()
        self._take_addresses()
        self._progress("database")
        await prepare(self.settings, clock_start=self._clock_start, progress=self._progress)
        self._progress("processes")
        self._children = self._processes(self._socket.fileno())
        work = [child.keep_alive() for child in self._children] + [self._watch(), self._renew_partitions()]
        self._keepers = [asyncio.create_task(self._guarded(each)) for each in work]
        await self._until_ready()

    def _configure_logs(self) -> None:
        # The terminal is for people, who are told steps; events go where those of the processes go.
        folder = self.settings.folder / "log"
        folder.mkdir(mode=0o700, exist_ok=True)
        stream = None if self._show_logs else (folder / "supervisor.log").open("a", encoding="utf-8")
        configure_logs(level=self.settings.logging.level.upper(), stream=stream)

    def _take_addresses(self) -> None:
        reached = self._servers.settings
        self.settings = replace(self.settings, database=reached.database, redis=reached.redis)

    def _processes(self, listening: int) -> list[Child]:
        folder = self.settings.folder / "log"
        serve = ("serve", "--settings-from-stdin", "--fd", str(listening))
        work = ("worker", "--settings-from-stdin")
        roles = [
            *((name, serve, (listening,)) for name in _names("web", self.settings.web.workers)),
            *((name, work, ()) for name in _names("worker", self.settings.jobs.workers)),
        ]
        return [
            Child(
                name,
                arguments,
                self._handed_down,
                log=None if self._show_logs else folder / f"{name}.log",
                fds=fds,
            )
            for name, arguments, fds in roles
        ]

    def _handed_down(self) -> bytes:
        # Neither web nor worker may do what the owner may.
        settings = replace(self.settings, database=replace(self.settings.database, owner_dsn=None))
        return msgspec.json.encode(settings)

    async def _until_ready(self) -> None:
        try:
            async with asyncio.timeout(READY_S):
                while not await answers(  # noqa: ASYNC110 - the event is in another process
                    self.settings.web.host, self.settings.web.port, "/health/ready"
                ):
                    await asyncio.sleep(0.1)
        except TimeoutError as error:
            logs = self.settings.folder / "log"
            raise Unavailable(
                "system.not_ready",
                vi=f"Hệ thống không sẵn sàng sau {READY_S:.0f} giây; xem {logs}.",
                en=f"The system was not ready within {READY_S:.0f} seconds; see {logs}.",
            ) from error

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH_S)
            self._servers.revive()
            for child in self._children:
                child.trim_log()
                child.look()

    async def _renew_partitions(self) -> None:
        while True:
            await asyncio.sleep(PARTITIONS_EVERY_S[self.settings.clock])
            try:
                await renew_partitions(self.settings)
            except PostalError as error:
                # There are months ahead already; the next round tries again.
                log.warning("partitions were not made", error=error.code)

    async def _guarded(self, work: Coroutine[None, None, None]) -> None:
        """End the system with the error of a part that can not go on."""
        try:
            await work
        except Exception as error:  # noqa: BLE001 - raised again where the block ends
            self._failure = error
            if self._owner is not None:
                self._owner.cancel()

    async def _stop(self) -> None:
        patience_s = self.settings.web.graceful_timeout_s + STOP_BEYOND_S
        stopping = [asyncio.create_task(child.stop(patience_s)) for child in self._children]
        await asyncio.sleep(0)
        if self._socket is not None:
            # Now the web processes alone hold it: when they close it, connections are refused instead of left waiting.
            self._socket.close()
        await asyncio.gather(*stopping, return_exceptions=True)
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        await self._servers.stop()
        self._lock.release()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._interrupt)

    def _interrupt(self) -> None:
        if self.interrupted:
            # Somebody cannot wait: the processes end now, the database still in order.
            for child in self._children:
                child.kill()
            return
        self.interrupted = True
        self._progress("stopping")
        if self._owner is not None:
            self._owner.cancel()


def _names(role: str, count: int) -> list[str]:
    return [role if number == 0 else f"{role}-{number + 1}" for number in range(count)]
