"""`postal rebuild` and `postal verify`: the ledger is the truth, and it can be checked."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from postal.cli.options import data_option, json_option, reached, run_with_database, say_json, settings_of

SHOWN = 20


@click.command(short_help="Recreate everything that is derived from the ledger.")
@data_option
@json_option
@click.pass_context
def rebuild(context: click.Context, *, data: str | None, as_json: bool) -> None:
    """Empty every projection and fold the whole ledger again, as owner, in one transaction."""
    from postal.ledger import projections

    settings = reached(settings_of(context, data=data))
    with progress_bar("Dựng lại / rebuilding", quiet=as_json) as told:
        codes = run_with_database(settings, lambda: projections.rebuild(told), as_owner=True)
    say_json({"codes": codes}) if as_json else click.echo(f"Đã dựng lại {codes} mã / rebuilt {codes} codes")


@click.command(short_help="Check every row of the ledger against its hash.")
@data_option
@json_option
@click.pass_context
def verify(context: click.Context, *, data: str | None, as_json: bool) -> None:
    """Compute every content hash anew and look every row up; ends with status 1 if one differs or is not found."""
    from postal.ledger import verification

    settings = reached(settings_of(context, data=data))
    with progress_bar("Kiểm tra / verifying", quiet=as_json) as told:
        found = run_with_database(settings, lambda: verification.verify(told))
    if as_json:
        say_json(found)
    else:
        click.echo(
            f"{found.rows} dòng, {found.disputes} tranh chấp, {len(found.mismatched)} sai,"
            f" {len(found.unreachable)} không tra được /"
            f" {found.rows} rows, {found.disputes} disputed contents, {len(found.mismatched)} wrong,"
            f" {len(found.unreachable)} not to be found"
        )
        for identifier in (*found.mismatched, *found.unreachable)[:SHOWN]:
            click.echo(f"  {identifier}")
    if not found.is_well:
        context.exit(1)


@contextmanager
def progress_bar(label: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Show how far a long work has come, on standard error; nothing when a program reads."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, disable=quiet or not console.is_terminal, transient=True) as bar:
        task = bar.add_task(label, total=None)

        def told(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield told
