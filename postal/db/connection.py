"""asyncpg connections of ours: counted, with settled session settings, their failures as `Unavailable`."""

from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, TypeVar

import asyncpg

from postal.config import DatabaseSettings
from postal.db.statements import sent
from postal.errors import Unavailable

# Each of these means: the same request may succeed when sent again.
BUSY = (
    asyncpg.exceptions.TransactionRollbackError,
    asyncpg.exceptions.LockNotAvailableError,
    asyncpg.exceptions.QueryCanceledError,
    # A migration changed a table between two uses of a statement; asyncpg cannot prepare anew inside a transaction.
    asyncpg.exceptions.InvalidCachedStatementError,
)
DOWN = (
    asyncpg.exceptions.PostgresConnectionError,
    asyncpg.exceptions.OperatorInterventionError,
    asyncpg.exceptions.InsufficientResourcesError,
    asyncpg.exceptions.PostgresIOError,
    asyncpg.exceptions.ReadOnlySQLTransactionError,
    asyncpg.exceptions.IdleInTransactionSessionTimeoutError,
    asyncpg.exceptions.TransactionTimeoutError,
    asyncpg.exceptions.InvalidCatalogNameError,
    asyncpg.exceptions.InvalidAuthorizationSpecificationError,
    OSError,
    TimeoutError,
)

SLOW_S = 0.4
AWAY_S = 0.5
UNDER_WAY: dict[Any, float] = {}
"""Connections with a statement under way, and when it will have taken so long that `Lifeline` asks about it."""


class Pulse:
    """When the server was last heard, and until when to believe that it is away, without trying again."""

    def __init__(self) -> None:
        self.heard = 0.0
        self.away_until = 0.0

    def missed(self, since: float) -> None:
        """Note that somebody waited in vain since an instant; whoever comes next need not do the same."""
        if self.heard < since:
            self.away_until = monotonic() + AWAY_S


PULSE = Pulse()

T = TypeVar("T")


class CountedConnection(asyncpg.Connection):
    """A connection that notes each statement, for `count_statements` and for the lifeline."""

    async def _noted(self, work: Awaitable[T]) -> T:
        UNDER_WAY[self] = monotonic() + SLOW_S
        try:
            answer = await work
            PULSE.heard = monotonic()
            return answer
        finally:
            UNDER_WAY.pop(self, None)

    async def execute(self, query: str, *args: Any, **options: Any) -> str:
        """Send one statement with arguments, or a script without."""
        sent(query)
        return await self._noted(super().execute(query, *args, **options))

    async def executemany(self, command: str, args: Any, **options: Any) -> None:
        """Send one statement for each set of arguments."""
        sent(command)
        await self._noted(super().executemany(command, args, **options))

    async def fetch(self, query: str, *args: Any, **options: Any) -> Any:
        """Send a query and give all its rows."""
        sent(query)
        return await self._noted(super().fetch(query, *args, **options))

    async def fetchrow(self, query: str, *args: Any, **options: Any) -> Any:
        """Send a query and give its first row."""
        sent(query)
        return await self._noted(super().fetchrow(query, *args, **options))

    async def fetchval(self, query: str, *args: Any, **options: Any) -> Any:
        """Send a query and give one value of its first row."""
        sent(query)
        return await self._noted(super().fetchval(query, *args, **options))

    async def copy_records_to_table(self, table_name: str, **options: Any) -> str:
        """Copy records in."""
        sent(f"COPY {table_name}")
        return await self._noted(super().copy_records_to_table(table_name, **options))


def connect_options(settings: DatabaseSettings, dsn: str, *, application: str) -> dict[str, Any]:
    """Give asyncpg's arguments for one connection of the application."""
    return {
        "dsn": dsn,
        "connection_class": CountedConnection,
        "timeout": settings.connect_timeout_s,
        # A server that hangs does not obey its own statement_timeout.
        "command_timeout": settings.statement_timeout_ms / 1000 + 2,
        "server_settings": {
            "application_name": application,
            "TimeZone": "UTC",
            "statement_timeout": str(settings.statement_timeout_ms),
            "lock_timeout": str(settings.lock_timeout_ms),
            "idle_in_transaction_session_timeout": str(settings.statement_timeout_ms * 2),
        },
    }


async def connect_owner(settings: DatabaseSettings, dsn: str) -> asyncpg.Connection:
    """Connect as the owner: long statements allowed, waiting for locks not."""
    options = connect_options(settings, dsn, application="postal owner")
    options["command_timeout"] = None
    options["server_settings"] |= {"statement_timeout": "0", "idle_in_transaction_session_timeout": "0"}
    with translated(None):
        return await asyncpg.connect(**options)


@contextmanager
def translated(connection: Any) -> Iterator[None]:
    """Turn failures of the server or of the way to it into `Unavailable`; wrap single calls, not blocks."""
    try:
        yield
    except BUSY as error:
        raise Unavailable(
            "database.busy",
            vi="Hệ thống đang bận, hãy gửi lại.",
            en="The database is busy; send the same request again.",
        ) from error
    except asyncpg.exceptions.DiskFullError as error:
        raise Unavailable(
            "database.full",
            vi="Ổ đĩa của cơ sở dữ liệu đã đầy, chưa ghi được gì; hãy giữ lại và gửi lại sau.",
            en="The database's disk is full and nothing was stored; keep it and send it again later.",
        ) from error
    except DOWN as error:
        raise unavailable() from error
    except asyncpg.ObjectNotInPrerequisiteStateError as error:
        # Of a connection that is being made, it says that the database takes none; of a statement, that it is wrong.
        if connection is not None:
            raise
        raise unavailable() from error
    except asyncpg.InterfaceError as error:
        # Also raised for wrong use of the driver, which must stay visible as a bug.
        if connection is None or not is_lost(connection):
            raise
        raise unavailable() from error
    except asyncpg.InternalClientError as error:
        # The driver's state when the server says goodbye to an idle connection that is about to be used.
        if connection is not None:
            drop(connection)
        raise unavailable() from error


def is_lost(connection: Any) -> bool:
    """Tell whether a connection is of no more use; the pool has taken back one that broke."""
    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:
        return True


def drop(connection: Any) -> None:
    """End a connection whatever state it is in."""
    if not is_lost(connection):
        connection.terminate()


def unavailable() -> Unavailable:
    """Say that the database cannot be reached."""
    return Unavailable(
        "database.unavailable",
        vi="Cơ sở dữ liệu tạm thời không truy cập được, hãy gửi lại sau.",
        en="The database cannot be reached now; send the same request again later.",
    )
