"""`postal db`: the schema of an installation."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from postal.backup.rules import Made
from postal.cli.options import data_option, json_option, reached, run_with_database, say_json, settings_of
from postal.config import Settings
from postal.db.migrations import pending
from postal.errors import Unavailable

STEPS = {
    "files": "Đang chép tệp / copying files",
    "dump": "Đang ghi / writing",
    "count": "Đang đếm / counting",
    "check": "Đang kiểm tra bản sao lưu / checking the backup",
    "restore": "Đang phục hồi / restoring",
    "analyze": "Đang thống kê / gathering statistics",
}


@click.group(name="db")
def database() -> None:
    """The database of an installation."""


@database.command(short_help="Bring the schema up to date.")
@data_option
@json_option
@click.pass_context
def up(context: click.Context, *, data: str | None, as_json: bool) -> None:
    """Run what is pending and make the ledger's months ahead, as owner; safe while the system runs."""
    from postal.supervision.preparation import prepare

    settings = reached(settings_of(context, data=data))
    if settings.database.owner_dsn is None:
        raise Unavailable(
            "database.no_owner",
            vi="Cần POSTAL_DATABASE__OWNER_DSN để nâng cấp cơ sở dữ liệu.",
            en="Migrations need POSTAL_DATABASE__OWNER_DSN.",
        )
    done = asyncio.run(prepare(settings))
    if as_json:
        say_json({"migrated": done})
        return
    for migration in done:
        click.echo(f"{migration.app} {migration.id}  {migration.description}")
    click.echo(f"{len(done)} bước nâng cấp / {len(done)} migrations")


@database.command(short_help="Say what the schema lacks.")
@data_option
@json_option
@click.pass_context
def check(context: click.Context, *, data: str | None, as_json: bool) -> None:
    """List migrations that were not run; ends with status 1 if there are any."""
    settings = reached(settings_of(context, data=data))
    missing = run_with_database(settings, pending, bound=False)
    if as_json:
        say_json({"pending": missing})
    else:
        for migration in missing:
            click.echo(f"{migration.app} {migration.id}  {migration.description}")
        click.echo(f"Thiếu {len(missing)} / {len(missing)} pending")
    if missing:
        context.exit(1)


def programs_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--programs`."""
    return click.option(
        "--programs",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="Folder of pg_dump, pg_restore and psql (default: those that come with us, which speak no TLS).",
    )(command)


@database.command(short_help="Write a backup while the system works.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@programs_option
@data_option
@json_option
@click.pass_context
def backup(
    context: click.Context, *, folder: Path, programs: Path | None, data: str | None, as_json: bool
) -> None:
    """Make a new folder in FOLDER with everything as of this moment; it holds personal data and a key: keep it safe."""
    from postal.backup.service import back_up

    settings = reached(settings_of(context, data=data))
    made = asyncio.run(back_up(settings, folder.resolve(), _step, programs))
    _say_made(made, as_json=as_json)


@database.command(short_help="Put a backup in place of the database.")
@click.argument("backup", type=click.Path(exists=True, path_type=Path))
@click.option("--replace", "replacing", is_flag=True, help="Replace what the database holds.")
@programs_option
@data_option
@json_option
@click.pass_context
def restore(
    context: click.Context,
    *,
    backup: Path,
    replacing: bool,
    programs: Path | None,
    data: str | None,
    as_json: bool,
) -> None:
    """Check BACKUP, then restore it in one transaction; the system must be stopped. Afterwards: postal up."""
    from postal.backup.service import restore as restored

    with _standing(settings_of(context, data=data)) as settings:
        work = restored(settings, backup.resolve(), replace=replacing, progress=_step, bin_=programs)
        made = asyncio.run(work)
    _say_made(made, as_json=as_json)


@contextmanager
def _standing(settings: Settings) -> Iterator[Settings]:
    """Give settings that reach the database, starting the embedded one of a data folder that nobody uses."""
    from postal.db.embedded import EmbeddedPostgres
    from postal.supervision.folder import FolderLock

    if settings.database.dsn is not None or settings.database.owner_dsn is not None:
        yield settings
        return
    lock = FolderLock(settings.folder)
    lock.take()
    try:
        with EmbeddedPostgres(settings.folder) as server:
            yield replace(
                settings, database=replace(settings.database, dsn=server.dsn, owner_dsn=server.owner_dsn)
            )
    finally:
        lock.release()


def _step(step: str) -> None:
    click.echo(f"· {STEPS.get(step, step)}", err=True)


def _say_made(made: Made, *, as_json: bool) -> None:
    if as_json:
        say_json(made)
        return
    click.echo(
        f"{made.path}\n{made.made_at:%Y-%m-%d %H:%M:%SZ}: {made.rows} dòng, {made.ledger} trong sổ,"
        f" {made.bytes / 1024**2:.1f} MiB / {made.rows} rows, {made.ledger} of the ledger"
    )
    if made.files:
        click.echo(f"{made.files} tệp / {made.files} files")
    if made.missing:
        count = len(made.missing)
        click.echo(
            f"Thiếu {count} tệp ({made.missing[0][:12]}…): postal files check /"
            f" {count} files are missing: run postal files check",
            err=True,
        )
