"""`postal export`: logs for process mining, written to a file."""

import secrets
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from postal import clock
from postal.cli.options import data_option, json_option, reached, run_with_database, say_json, settings_of

if TYPE_CHECKING:
    from integrations.process_mining.rules import Form

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group("export", short_help="Write data for other programs.")
def export_group() -> None:
    """Write what began in a period, whole, for process-mining tools; nobody in it can be recognised."""


def _command(name: str, form: str, help_text: str) -> None:
    @export_group.command(name, short_help=help_text, help=help_text)
    @click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
    @click.option("--from", "begin", type=DAY, help="Registered on this day or later.")
    @click.option("--to", "end", type=DAY, help="Registered before this day.")
    @click.option(
        "--people",
        type=click.Choice(["pseudonym", "role"]),
        default="pseudonym",
        show_default=True,
        help="People under names of this file alone, or their roles alone.",
    )
    @data_option
    @json_option
    @click.pass_context
    def command(
        context: click.Context,
        *,
        file: Path,
        begin: datetime | None,
        end: datetime | None,
        people: str,
        data: str | None,
        as_json: bool,
    ) -> None:
        from integrations.process_mining.rules import Form

        key = secrets.token_bytes(32) if people == "pseudonym" else None
        size = run_with_database(
            reached(settings_of(context, data=data)),
            lambda: _write(file, Form(form), _day(begin), _day(end), key),
        )
        if as_json:
            say_json({"file": str(file), "bytes": size})
        else:
            click.echo(f"Đã ghi {size} byte vào {file} / wrote {size} bytes")


async def _write(file: Path, form: "Form", begin: date | None, end: date | None, key: bytes | None) -> int:
    from integrations.process_mining import service
    from postal.identity.rules import Actor
    from postal.network.rules import start_of

    operator = Actor(kind="key", id="command line", reads_everything=True, national=True)
    body = await service.export(
        form,
        begin=start_of(begin) if begin else None,
        end=start_of(end) if end else None,
        actor=operator,
        now=await clock.now(),
        key=key,
    )
    size = 0
    with file.open("wb") as out:
        async for piece in body:
            size += out.write(piece)
    return size


def _day(at: datetime | None) -> date | None:
    return at.date() if at else None


_command("xes", "xes", "Dossiers of a period as XES (IEEE 1849).")
_command("ocel-json", "ocel.json", "Everything of a period as OCEL 2.0, JSON.")
_command("ocel-xml", "ocel.xml", "Everything of a period as OCEL 2.0, XML.")
COMMANDS = (export_group,)
