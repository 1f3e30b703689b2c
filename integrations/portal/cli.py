"""`postal export portal`: the portal's fields, written to a file."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import click

from postal.cli.options import data_option, json_option, reached, run_with_database, say_json, settings_of

DAY = click.DateTime(formats=["%Y-%m-%d"])
FIRST, LAST = datetime(1970, 1, 1), datetime(9999, 1, 1)  # noqa: DTZ001 - days alone; their zone is Vietnam's


@click.command("portal", short_help="Dossiers in the national portal's fields.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--from", "begin", type=DAY, default=FIRST, help="Registered on this day or later.")
@click.option("--to", "end", type=DAY, default=LAST, help="Registered before this day.")
@click.option(
    "--service",
    type=click.Choice(["dossiers", "progress"]),
    default="dossiers",
    show_default=True,
    help="DongBoHoSoMC, or CapNhatTienDoHoSoMC.",
)
@click.option(
    "--form",
    type=click.Choice(["ndjson", "json"]),
    default="ndjson",
    show_default=True,
    help="A line a row, or one array (dossiers alone).",
)
@data_option
@json_option
@click.pass_context
def portal(
    context: click.Context,
    *,
    file: Path,
    begin: datetime,
    end: datetime,
    service: str,
    form: str,
    data: str | None,
    as_json: bool,
) -> None:
    """Write exactly the portal's fields, with whose dossiers they are: guard the file as you guard the database."""
    if service == "progress" and form == "json":
        raise click.UsageError("Tiến độ chỉ ghi được dạng ndjson / progress is written as ndjson alone")
    # What it holds is personal, so nobody but its owner reads it.
    file.touch(mode=0o600)
    file.chmod(0o600)
    size = run_with_database(
        reached(settings_of(context, data=data)), lambda: _write(file, service, form, begin, end)
    )
    if as_json:
        say_json({"file": str(file), "bytes": size})
    else:
        click.echo(f"Đã ghi {size} byte vào {file} / wrote {size} bytes")


async def _write(file: Path, service: str, form: str, begin: datetime, end: datetime) -> int:
    from integrations.portal.service import reading
    from postal.network.rules import start_of

    first, last = start_of(begin.date()), start_of(end.date())
    body: AsyncIterator[bytes] = (
        reading.exported_progress(first, last)
        if service == "progress"
        else reading.exported(first, last, array=form == "json")
    )
    size = 0
    with file.open("wb") as out:
        # What it holds is personal, so nobody but its owner reads it.
        async for piece in body:
            size += out.write(piece)
    return size
