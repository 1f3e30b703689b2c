"""The engine of the process and the one way into a transaction.

Piccolo's own engine connects when it is made, leaks the connection of a failed COMMIT, nests transactions silently and
lets tasks share one. This one does none of that; Piccolo's queries run on it unchanged.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from time import monotonic
from types import TracebackType
from typing import Any, cast

import asyncpg
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction
from piccolo.querystring import QueryString

from postal.config import DatabaseSettings
from postal.db.connection import PULSE, connect_options, drop, is_lost, translated, unavailable
from postal.db.lifeline import Lifeline
from postal.db.shared import OPEN, Dropped, SharedUnit

OWNER: ContextVar[asyncpg.Connection | None] = ContextVar("owner", default=None)
"""The owner's connection inside `as_owner`: everything there runs on it, never on the pool."""


class SafeTransaction(PostgresTransaction):
    """A transaction that always gives its connection back and belongs to the task that opened it."""

    engine: "SafeEngine"

    async def __aenter__(self) -> PostgresTransaction:
        """Take a connection and begin, or join the open transaction (only Piccolo's own code asks for that)."""
        if self._parent is not None:
            return self._parent
        self._task = asyncio.current_task()
        self._busy = False
        self.connection = await self.engine.acquire()
        try:
            with translated(self.connection):
                self.transaction = self.connection.transaction()
                await self.begin()  # type: ignore[no-untyped-call]
        except BaseException:
            await self.engine.give_back(self.connection)
            raise
        self.context = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        """Commit, or roll back after an error; whatever fails, leave no trace in context and pool."""
        if self._parent is not None:
            return False
        try:
            if exception is None and not self._committed and not self._rolled_back:
                with translated(self.connection):
                    await self.commit()  # type: ignore[no-untyped-call]
            elif exception is not None and not self._rolled_back and not is_lost(self.connection):
                await self._undo()
        finally:
            try:
                self.engine.current_transaction.reset(self.context)
            finally:
                await self.engine.give_back(self.connection)
        return False

    async def run(self, query: str, args: Sequence[Any]) -> Any:
        """Send a statement on this transaction's connection, one at a time and from its own task."""
        if asyncio.current_task() is not self._task:
            raise RuntimeError(
                "a unit of work belongs to the task that opened it: no gather, no wait_for in it"
            )
        if self._busy:
            raise RuntimeError("a unit of work sends one statement at a time")
        self._busy = True
        try:
            with translated(self.connection):
                return await self.connection.fetch(query, *args)
        finally:
            self._busy = False

    async def _undo(self) -> None:
        # The error under way says more than a failing rollback; the connection is useless then.
        try:
            await self.rollback()  # type: ignore[no-untyped-call]
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
            drop(self.connection)


class SafeEngine(PostgresEngine):
    """Piccolo's engine without I/O at construction, with bounded waits and errors that a caller can answer."""

    def __init__(self) -> None:
        self.settings = DatabaseSettings()
        self._users = 0
        self._lifeline: Lifeline | None = None
        self.waiting = 0
        super().__init__(config={})

    async def check_version(self) -> None:
        """Do nothing: constructing an engine must not connect."""

    async def prep_database(self) -> None:
        """Do nothing, as above; extensions are a matter of migrations."""

    def transaction(self, allow_nested: bool = True) -> SafeTransaction:  # noqa: FBT001, FBT002 - Piccolo's
        """Give a transaction; product code calls `unit_of_work` instead."""
        return SafeTransaction(engine=self, allow_nested=allow_nested)

    async def start(self, settings: DatabaseSettings) -> None:
        """Make the pool of this event loop; with `pool_min` 0 this succeeds while the server is down."""
        if self.pool is not None:
            if settings != self.settings:
                raise RuntimeError("the database is already started with other settings")
            self._users += 1
            return
        if settings.dsn is None:
            raise RuntimeError("no database: neither a DSN nor a running embedded server")
        self.settings = settings
        options = connect_options(settings, settings.dsn, application="postal")
        with translated(None):
            self.pool = await asyncpg.create_pool(
                min_size=settings.pool_min,
                max_size=settings.pool_max,
                # Sessions carry no state of ours, so a release needs no round trip.
                reset=_nothing,
                **options,
            )
        PULSE.away_until = 0.0
        self._lifeline = Lifeline(self.pool, options)
        self._users = 1

    async def stop(self) -> None:
        """Close the pool when its last user stops; waits a little for what is under way."""
        self._users -= 1
        if self._users > 0 or self.pool is None:
            return
        pool, self.pool = self.pool, None
        if self._lifeline is not None:
            await self._lifeline.end()
        try:
            async with asyncio.timeout(3):
                await pool.close()
        except TimeoutError:
            pool.terminate()

    async def acquire(self) -> Any:
        """Take a connection: the owner's inside `as_owner`, else one of the pool within the connect timeout."""
        owner = OWNER.get()
        if owner is not None:
            return owner
        if self.pool is None:
            raise RuntimeError("the database is not started in this process")
        begun = monotonic()
        if begun < PULSE.away_until:
            raise unavailable()
        self.waiting += 1
        with translated(None):
            try:
                return await self.pool.acquire(timeout=self.settings.connect_timeout_s)
            except TimeoutError:
                # With all connections in use the wait was for one of our own, and says nothing of the server.
                if self.pool.get_size() < self.pool.get_max_size():
                    PULSE.missed(begun)
                raise
            except asyncpg.InterfaceError as error:
                raise unavailable() from error
            finally:
                self.waiting -= 1

    async def give_back(self, connection: Any) -> None:
        """Release a connection; one that broke is dropped by the pool."""
        if connection is OWNER.get() or self.pool is None:
            return
        try:
            await self.pool.release(connection)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
            drop(connection)

    async def run(self, query: str, args: Sequence[Any] = ()) -> Any:
        """Send a statement on the open unit of work, else on a connection of its own."""
        current = self.current_transaction.get()
        if current is not None:
            return await cast("SafeTransaction", current).run(query, args)
        connection = await self.acquire()
        try:
            with translated(connection):
                return await connection.fetch(query, *args)
        finally:
            await self.give_back(connection)

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> Any:  # noqa: ARG002, FBT001, FBT002
        """Run a Piccolo query; there is no way around the pool."""
        query, args = querystring.compile_string(engine_type=self.engine_type)
        return await self.run(query, args)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> Any:  # noqa: ARG002, FBT001, FBT002
        """Run a Piccolo schema statement."""
        return await self.run(ddl)


async def _nothing(_connection: Any) -> None:
    """Leave the session as it is."""


ENGINE = SafeEngine()


async def start(settings: DatabaseSettings) -> None:
    """Start the database of this process and event loop; pairs with `stop`."""
    await ENGINE.start(settings)


async def stop() -> None:
    """Undo one `start`."""
    await ENGINE.stop()


@asynccontextmanager
async def unit_of_work() -> AsyncIterator[None]:
    """Run the block in one transaction (READ COMMITTED); nothing is kept if it raises.

    It belongs to one task and does not nest: either is a programming error and raises RuntimeError. Inside a
    `shared_unit_of_work` it joins that transaction.
    """
    if (shared := OPEN.get()) is not None:
        async with shared.join():
            yield
        return
    if ENGINE.transaction_exists():
        raise RuntimeError("a unit of work is already open: one use case, one transaction")
    async with ENGINE.transaction(allow_nested=False):
        yield


@asynccontextmanager
async def shared_unit_of_work() -> AsyncIterator[SharedUnit]:
    """Open one transaction for a whole request; it is kept at the end of the block unless it was dropped."""
    shared = SharedUnit(ENGINE.run)
    try:
        async with unit_of_work():
            token = OPEN.set(shared)
            try:
                yield shared
            finally:
                OPEN.reset(token)
            if shared.is_dropped:
                raise Dropped
    except Dropped:
        return


async def fetch(query: str, *args: Any) -> list[asyncpg.Record]:
    """Give all rows of a query, in the open unit of work if there is one."""
    rows: list[asyncpg.Record] = await ENGINE.run(query, args)
    return rows


async def fetch_row(query: str, *args: Any) -> asyncpg.Record | None:
    """Give the first row, or None."""
    rows = await fetch(query, *args)
    return rows[0] if rows else None


async def fetch_value(query: str, *args: Any) -> Any:
    """Give the first column of the first row, or None."""
    row = await fetch_row(query, *args)
    return None if row is None else row[0]


async def execute(query: str, *args: Any) -> None:
    """Send a statement and drop its rows."""
    await ENGINE.run(query, args)


async def is_reachable() -> bool:
    """Tell whether the server answers now."""
    try:
        return bool(await fetch_value("SELECT true"))
    except Exception:  # noqa: BLE001 - whatever the reason, the answer is no
        return False
