"""`postal notices`: mail that came back, and how it goes with each way."""

import sys
from datetime import datetime
from pathlib import Path
from uuid import UUID

import click

from postal.cli.options import data_option, json_option, reached, run_with_database, say_json, settings_of

LARGEST = 5_000_000


@click.group()
def notices() -> None:
    """Notices to citizens and staff."""


@notices.command("bounce", short_help="Read mail that came back (RFC 3464).")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True, allow_dash=True))
@data_option
@json_option
@click.pass_context
def bounce(context: click.Context, *, file: Path, data: str | None, as_json: bool) -> None:
    """Read a message that a mail server sent back, from FILE or - for what is piped in, and note what it says.

    Let the mail server pipe what comes to the address of bounces into this command.
    """
    settings = reached(settings_of(context, data=data))
    raw = sys.stdin.buffer.read(LARGEST) if str(file) == "-" else file.read_bytes()[:LARGEST]

    async def noted() -> list[tuple[UUID, str]]:
        from integrations.notifications import service
        from postal import clock

        return await service.bounce(raw, await clock.now())

    told = run_with_database(settings, noted)
    if as_json:
        say_json({"notices": [{"id": str(notice), "state": state} for notice, state in told]})
        return
    for notice, state in told:
        click.echo(f"{notice} {state}")
    if not told:
        click.echo(
            "Không phải thư trả lại của tin báo nào. / No notice came back with this message.", err=True
        )


@notices.command("ways", short_help="Say how much waits on each way, and whether anything gets through.")
@data_option
@json_option
@click.pass_context
def ways(context: click.Context, *, data: str | None, as_json: bool) -> None:
    """Say of each way how much is due and waits, since when, and the tries in a row that came to nothing."""
    settings = reached(settings_of(context, data=data))

    async def found() -> list[tuple[str, int, datetime | None, datetime | None, int, int]]:
        from integrations.notifications import repository
        from postal import clock

        return [
            (each.channel.value, each.waiting, each.oldest, each.last_sent, each.failing, each.failed)
            for each in await repository.ways(await clock.now())
        ]

    told = run_with_database(settings, found)
    names = ("channel", "waiting", "oldest", "last_sent", "failing", "failed_in_a_day")
    if as_json:
        say_json({"ways": [dict(zip(names, each, strict=True)) for each in told]})
        return
    for each in told:
        click.echo("  ".join(f"{name}={value}" for name, value in zip(names, each, strict=True)))


COMMANDS = (notices,)
