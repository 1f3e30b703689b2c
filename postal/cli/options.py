"""What commands share: settings, the running system's addresses, `--json`."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec
from msgspec.structs import replace

from postal import clock, db
from postal.config import Settings, load_settings
from postal.db.embedded import running_dsns
from postal.errors import Unavailable
from postal.jobs.embedded import running_dsn

T = TypeVar("T")


class Invocation(msgspec.Struct, frozen=True):
    """What was said before the command's name."""

    config: Path | None = None
    debug: bool = False


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--json`, given to the command as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")(command)


def data_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--data`."""
    return click.option("--data", type=click.Path(file_okay=False), help="Data folder (default .data).")(
        command
    )


def settings_of(context: click.Context, **changed: Any) -> Settings:
    """Read the settings; `changed` are fields given on the command line, None meaning not given."""
    invocation = context.find_object(Invocation) or Invocation()
    settings = load_settings(os.environ, invocation.config)
    return replace(settings, **{name: value for name, value in changed.items() if value is not None})


def reached(settings: Settings) -> Settings:
    """Fill in the addresses of the embedded servers that run for the data folder."""
    if settings.database.dsn is None:
        found = running_dsns(settings.folder)
        if found is None:
            raise Unavailable(
                "database.not_running",
                vi=f"Không có cơ sở dữ liệu nào chạy cho thư mục {settings.folder}; hãy chạy: postal up",
                en=f"No database runs for the folder {settings.folder}; start one with: postal up"
                " (or set POSTAL_DATABASE__DSN).",
            )
        settings = replace(settings, database=replace(settings.database, dsn=found[0], owner_dsn=found[1]))
    if settings.redis.dsn is None and (dsn := running_dsn(settings.folder)) is not None:
        settings = replace(settings, redis=replace(settings.redis, dsn=dsn))
    return settings


def run_with_database(
    settings: Settings, use_case: Callable[[], Awaitable[T]], *, as_owner: bool = False, bound: bool = True
) -> T:
    """Run a use case in this process, on the settings' database and, if `bound`, on its clock.

    What is logged meanwhile goes to stderr: stdout is for the answer, which a program may read.
    """
    from postal.observability.logs import configure_logs

    configure_logs(level=settings.logging.level.upper(), console=settings.logging.format == "console")

    async def within() -> T:
        await db.start(settings.database)
        try:
            if bound:
                clock.select(await clock.bound_mode() or settings.clock)
            if not as_owner:
                return await use_case()
            async with db.as_owner(settings.database):
                return await use_case()
        finally:
            await db.stop()

    return run(within())


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end."""
    return asyncio.run(work)


def say_json(value: Any) -> None:
    """Print a value as JSON for programs."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())
