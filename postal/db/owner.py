"""Work of the owner role: migrations, partitions, rebuild, retention. Web processes have no owner DSN."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from postal.config import DatabaseSettings
from postal.db.connection import connect_owner
from postal.db.engine import ENGINE, OWNER


@asynccontextmanager
async def as_owner(settings: DatabaseSettings) -> AsyncIterator[None]:
    """Run every statement and unit of work of the block on one connection of the owner."""
    if settings.owner_dsn is None:
        raise RuntimeError("this needs POSTAL_DATABASE__OWNER_DSN")
    if OWNER.get() is not None or ENGINE.transaction_exists():
        raise RuntimeError("owner's work does not nest")
    connection = await connect_owner(settings, settings.owner_dsn)
    token = OWNER.set(connection)
    try:
        yield
    finally:
        OWNER.reset(token)
        connection.terminate() if connection.is_in_transaction() else await connection.close()
