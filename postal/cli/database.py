"""`postal db`: the schema of an installation."""

import asyncio

import click

from postal.cli.options import data_option, json_option, reached, run_with_database, say_json, settings_of
from postal.db.migrations import pending
from postal.errors import Unavailable


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
