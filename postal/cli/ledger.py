"""`postal rebuild` and `postal verify`: the ledger is the truth, and it can be checked."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from postal.cli.options import data_option, json_option, reached, run_with_database, say_json, settings_of

if TYPE_CHECKING:
    from postal.proof.verification import Found

SHOWN = 20
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


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


@click.command(
    short_help="Check every row of the ledger, the log, or a file.",
    context_settings={"ignore_unknown_options": True},
)
@data_option
@json_option
@click.option("--checkpoint", type=FILE, help="A checkpoint that somebody kept.")
@click.option("--leaves", type=FILE, help="Hashes of rows that somebody kept, to name what was changed.")
@click.option("--keys", type=FILE, help="Public keys that somebody kept (GET /api/v1/log/keys).")
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def verify(
    context: click.Context,
    *,
    data: str | None,
    as_json: bool,
    checkpoint: Path | None,
    leaves: Path | None,
    keys: Path | None,
    words: tuple[str, ...],
) -> None:
    r"""Compute every hash of the ledger and of its log anew; ends with status 1 if something differs.

    With WORDS it checks files, without any database, as /verify.py does:

    \b
    postal verify promise PROMISE.txt --keys keys.json [--checkpoint CP.txt --export LOG.jsonl]
    postal verify receipt RECEIPT.json --keys keys.json [--checkpoint KEPT.txt --consistency PROOF.json]
    postal verify export LOG.jsonl --keys keys.json --checkpoint KEPT.txt [--leaves LEAVES.txt]
    postal verify consistency OLD.txt NEW.txt PROOF.json --keys keys.json
    """
    from postal.proof import standalone
    from postal.proof.verification import verify_all

    if words:
        given = {"--checkpoint": checkpoint, "--leaves": leaves, "--keys": keys}
        named = [text for name, path in given.items() if path for text in (name, str(path))]
        context.exit(standalone.main([*words, *named, *(["--json"] if as_json else [])]))
    settings = reached(settings_of(context, data=data))
    with progress_bar("Kiểm tra / verifying", quiet=as_json) as told:
        kept, hashes, public = (
            path.read_text("utf-8") if path else None for path in (checkpoint, leaves, keys)
        )
        found = run_with_database(settings, lambda: verify_all(kept, hashes, public, told))
    if as_json:
        say_json(msgspec.structs.asdict(found.ledger) | {"log": found.log})
    else:
        _say(found)
    if not found.is_well:
        context.exit(1)


def _say(found: "Found") -> None:
    rows, log = found.ledger, found.log
    click.echo(
        f"{rows.rows} dòng, {rows.disputes} tranh chấp, {len(rows.mismatched)} sai,"
        f" {len(rows.unreachable)} không tra được /"
        f" {rows.rows} rows, {rows.disputes} disputed contents, {len(rows.mismatched)} wrong,"
        f" {len(rows.unreachable)} not to be found"
    )
    click.echo(
        f"Sổ bằng chứng: {log.covered} dòng, {len(log.broken)} điểm kiểm sai, {len(log.changed)} dòng bị sửa,"
        f" {len(log.moved)} đổi chỗ, {len(log.gone)} mất /"
        f" log: {log.covered} rows, {len(log.broken)} checkpoints broken, {len(log.changed)} rows changed,"
        f" {len(log.moved)} moved, {len(log.gone)} gone"
    )
    for name in (*rows.mismatched, *rows.unreachable, *log.changed, *log.moved, *log.gone)[:SHOWN]:
        click.echo(f"  {name}")


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
