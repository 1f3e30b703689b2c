"""Migrations: raw SQL beside a small Piccolo file, one process at a time, each with its mark in one transaction.

They run while the system works. A statement that waits for a lock makes everybody behind it wait too, so it gives up
soon and the whole migration tries again a little later.
"""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType

import asyncpg
import msgspec
import structlog
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.apps.migrations.tables import Migration
from piccolo.conf.apps import Finder

from postal.config import DatabaseSettings
from postal.db.connection import translated
from postal.db.engine import ENGINE, fetch, fetch_value, unit_of_work
from postal.db.owner import as_owner
from postal.errors import Unavailable

VERSION = "1.38.0"
# Any number that only migrators use.
LOCK = 7_031_188_021
LOCK_WAIT_S = 60.0
LOCK_PAUSE_S = 0.1
STATEMENT_LOCK_TIMEOUT = "800ms"
"""Below the server's `deadlock_timeout` (1 s), so that in a deadlock it is as a rule the migration that gives way."""

STATEMENT_TIMEOUT = "60s"
PATIENCE_S = 60.0
"""How long a migration tries to get its locks."""

PAUSES_S = (0.1, 0.2, 0.4, 0.8, 1.6)
LOCK_TAKEN = (asyncpg.exceptions.LockNotAvailableError, asyncpg.exceptions.DeadlockDetectedError)

log = structlog.get_logger("postal.db")


class Pending(msgspec.Struct, frozen=True):
    """A migration that was not run yet."""

    app: str
    id: str
    description: str
    module: str


def sql_migration(
    file: str, id_: str, app: str, description: str
) -> tuple[str, str, str, Callable[[], Awaitable[MigrationManager]]]:
    """Make the four names of a Piccolo migration file whose statements stand in the `.sql` file beside it."""

    async def run() -> None:
        transaction = ENGINE.current_transaction.get()
        if transaction is None:
            raise RuntimeError("a migration runs in a transaction")
        script = Path(file).with_suffix(".sql").read_text(encoding="utf-8")
        with translated(transaction.connection):
            await transaction.connection.execute(script)

    async def forwards() -> MigrationManager:
        manager = MigrationManager(migration_id=id_, app_name=app, description=description)
        manager.add_raw(run)
        return manager

    return id_, VERSION, description, forwards


def concurrent_migration(
    file: str, id_: str, app: str, description: str
) -> tuple[str, str, str, Callable[[], Awaitable[MigrationManager]]]:
    """Make a migration whose statements run one by one outside a transaction, as `CREATE INDEX CONCURRENTLY` must.

    Each ends with `;` at the end of a line. The mark follows the last one, so after a failure all of them run again:
    write them so that they may, an index as `DROP INDEX CONCURRENTLY IF EXISTS` before its making (a failed one stays,
    invalid). No statement of it may take a lock that stops writers: nothing limits its time.
    """

    async def run() -> None:
        script = Path(file).with_suffix(".sql").read_text(encoding="utf-8")
        for statement in script.split(";\n"):
            if statement.strip():
                await fetch(statement)

    async def forwards() -> MigrationManager:
        manager = MigrationManager(
            migration_id=id_, app_name=app, description=description, wrap_in_transaction=False
        )
        manager.add_raw(run)
        return manager

    return id_, VERSION, description, forwards


async def migrate(
    settings: DatabaseSettings, progress: Callable[[Pending], None] | None = None
) -> list[Pending]:
    """Run what is pending, as owner, and give it. A second migrator waits for the first and finds nothing to do.

    Each migration and its mark commit together; a crash leaves whole migrations only. One that does not get its locks
    soon lets the running system go on and tries again, for a minute.
    """
    async with as_owner(settings):
        await _take_lock()
        try:
            await Migration.create_table(if_not_exists=True).run()  # type: ignore[no-untyped-call]
            found = await pending()
            for migration in found:
                if progress is not None:
                    progress(migration)
                await _apply(migration)
            return found
        finally:
            await fetch("SELECT pg_advisory_unlock($1)", LOCK)


async def pending() -> list[Pending]:
    """List what was not run yet, in order: apps by dependency, then ids."""
    done: set[tuple[str, str]] = set()
    if await fetch_value("SELECT to_regclass('public.migration') IS NOT NULL"):
        done = {(row["app_name"], row["name"]) for row in await fetch("SELECT app_name, name FROM migration")}
    return [migration for migration in known() if (migration.app, migration.id) not in done]


def known() -> list[Pending]:
    """List every migration of every app, in order."""
    found = []
    for app in Finder().get_app_configs():
        modules = [
            import_module(f"{app.app_name}.piccolo_migrations.{path.stem}")
            for path in Path(app.resolved_migrations_folder_path).glob("*.py")
            if path.stem != "__init__"
        ]
        found += [_described(app.app_name, module) for module in sorted(modules, key=_id)]
    return found


def _id(module: ModuleType) -> str:
    return str(module.ID)


def _described(app: str, module: ModuleType) -> Pending:
    return Pending(app, module.ID, module.DESCRIPTION, module.__name__)


async def _apply(migration: Pending) -> None:
    manager = await import_module(migration.module).forwards()
    if manager.wrap_in_transaction:
        await _apply_when_free(migration, manager)
        return
    # Waiting for old transactions to end is part of it, and stops nobody.
    await fetch("SELECT set_config('lock_timeout', '0', false)")
    for step in manager.raw:
        await step()
    await _mark(migration)


async def _apply_when_free(migration: Pending, manager: MigrationManager) -> None:
    end = asyncio.get_running_loop().time() + PATIENCE_S
    for pause in itertools.chain(PAUSES_S, itertools.repeat(PAUSES_S[-1])):
        try:
            await _apply_once(migration, manager)
        except Unavailable as error:
            late = asyncio.get_running_loop().time() > end
            if late or not isinstance(error.__cause__, LOCK_TAKEN):
                raise
            log.info("migration waits for a lock", app=migration.app, migration=migration.id)
            await asyncio.sleep(pause)
        else:
            return


async def _apply_once(migration: Pending, manager: MigrationManager) -> None:
    async with unit_of_work():
        await fetch("SELECT set_config('lock_timeout', $1, true)", STATEMENT_LOCK_TIMEOUT)
        await fetch("SELECT set_config('statement_timeout', $1, true)", STATEMENT_TIMEOUT)
        for step in manager.raw:
            await step()
        await _mark(migration)


async def _mark(migration: Pending) -> None:
    await Migration.insert().add(Migration(name=migration.id, app_name=migration.app)).run()


async def _take_lock() -> None:
    # The session's own lock_timeout would end an index that is made concurrently and waits for others.
    await fetch("SELECT set_config('lock_timeout', $1, false)", f"{LOCK_WAIT_S}s")
    # Asked for again and again: a statement that waits holds a snapshot, and such an index of the migrator before waits
    # for the end of every snapshot.
    tries = max(1, round(LOCK_WAIT_S / LOCK_PAUSE_S))
    for _ in range(tries):
        if await fetch_value("SELECT pg_try_advisory_lock($1)", LOCK):
            return
        await asyncio.sleep(LOCK_PAUSE_S)
    raise Unavailable(
        "database.migrating",
        vi="Một tiến trình khác đang nâng cấp cơ sở dữ liệu.",
        en="Another process is migrating the database.",
    )
