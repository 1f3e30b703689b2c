"""`postal log`: what is kept outside of the log, so that nothing in it can be changed unseen."""

from pathlib import Path
from typing import Literal

import click

from postal.cli.ledger import progress_bar
from postal.cli.options import data_option, json_option, reached, run_with_database, say_json, settings_of


@click.group(short_help="The signed log over the ledger: checkpoint, export, keys.")
def log() -> None:
    """Give what others keep, and change keys."""


@log.command(short_help="Print the newest checkpoint.")
@data_option
@click.pass_context
def checkpoint(context: click.Context, *, data: str | None) -> None:
    """Print the signed state of the log; keep it where the owner of the database cannot reach it."""
    from postal.proof import service

    found = run_with_database(reached(settings_of(context, data=data)), service.checkpoint)
    click.echo(found.note, nl=False)


@log.command(short_help="Write every row of the log to a file.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--leaves", type=click.Path(dir_okay=False, path_type=Path), help="Write hashes of rows here.")
@data_option
@json_option
@click.pass_context
def export(
    context: click.Context, *, file: Path, leaves: Path | None, data: str | None, as_json: bool
) -> None:
    """Write one row a line, in canonical bytes and in the order of the log, as `postal verify export` reads it."""
    from postal.proof import exporting

    settings = reached(settings_of(context, data=data))
    with progress_bar("Xuất sổ / exporting", quiet=as_json) as told:
        rows = run_with_database(settings, lambda: exporting.export(file, leaves, told))
    if as_json:
        say_json({"rows": rows, "file": str(file)})
    else:
        click.echo(f"Đã ghi {rows} dòng vào {file} / wrote {rows} rows")


@log.command(short_help="Print the public keys.")
@data_option
@click.pass_context
def keys(context: click.Context, *, data: str | None) -> None:
    """Print what GET /api/v1/log/keys answers."""
    from postal.proof import service
    from postal.proof.schemas import key_list

    say_json(key_list(run_with_database(reached(settings_of(context, data=data)), service.keys)))


@log.command(short_help="Put a fresh private key in the place of one.")
@click.argument("role", type=click.Choice(["log", "promise"]))
@data_option
@click.pass_context
def rotate(context: click.Context, *, role: Literal["log", "promise"], data: str | None) -> None:
    """Make a new key; the old one is gone, and its public half stays listed with the time it was valid."""
    from postal.proof.signing import rotate as put

    put(settings_of(context, data=data), role)
    click.echo("Khoá mới ký từ lần sau / the new key signs from the next time on")
