"""`postal outbox`: what waits, what fails, what was given up."""

from datetime import datetime
from uuid import UUID

import click

from postal.cli.options import data_option, json_option, reached, run_with_database, say_json, settings_of
from postal.outbox import repository, service


@click.group()
def outbox() -> None:
    """Look at the work that waits."""


@outbox.command("list", short_help="List messages that are not done.")
@click.option("--dead", is_flag=True, help="Those that were given up.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@data_option
@json_option
@click.pass_context
def list_messages(context: click.Context, *, dead: bool, limit: int, data: str | None, as_json: bool) -> None:
    """List messages that wait, or with --dead those that were given up; their contents are not shown."""
    settings = reached(settings_of(context, data=data))
    found = run_with_database(settings, lambda: repository.list_live(dead=dead, limit=limit))
    if as_json:
        say_json(found)
        return
    for message in found:
        when = _short(message.dead_at or message.available_at)
        key = f"  [{message.key}]" if message.key else ""
        error = f"  {message.error}" if message.error else ""
        click.echo(f"{message.id}  {message.topic:<28} {message.attempts:>2}×  {when}{key}{error}")
    if not found:
        click.echo("Không có gì / nothing")


@outbox.command(short_help="Let messages that were given up run again.")
@click.argument("identifiers", nargs=-1, type=click.UUID)
@click.option("--all", "every", is_flag=True, help="All that were given up, instead of some by their ids.")
@data_option
@json_option
@click.pass_context
def revive(
    context: click.Context, *, identifiers: tuple[UUID, ...], every: bool, data: str | None, as_json: bool
) -> None:
    """Make dead messages due again, behind what waits for their keys; ends with status 1 if one named is not dead."""
    if every == bool(identifiers):
        raise click.UsageError("Name messages, or say --all.")
    settings = reached(settings_of(context, data=data))
    count = run_with_database(settings, lambda: service.revive(None if every else list(identifiers)))
    say_json({"revived": count}) if as_json else click.echo(f"Chạy lại {count} / revived {count}")
    if count < len(identifiers):
        context.exit(1)


def _short(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d %H:%M:%SZ")
