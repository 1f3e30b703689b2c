"""`postal files`: what an operator does about photos and papers."""

import getpass

import click

from postal.cli.options import data_option, json_option, reached, run_with_database, say_json, settings_of
from postal.files.rules import About

REASONS = ("person_request", "retention_over", "order", "mistake")
SHOWN = 20


@click.group()
def files() -> None:
    """Photos and papers: check them, erase them."""


@files.command(short_help="Erase the files of a dossier for good.")
@click.argument("about", type=click.Choice([about.value for about in About]))
@click.argument("code")
@click.option("--reason", required=True, type=click.Choice(REASONS), help="Stands in the ledger.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@data_option
@json_option
@click.pass_context
def erase(
    context: click.Context,
    *,
    about: str,
    code: str,
    reason: str,
    yes: bool,
    data: str | None,
    as_json: bool,
) -> None:
    """Drop the key of a thing's files, and of all that is about this dossier alone: no copy opens any more."""
    from postal import clock
    from postal.files import service
    from postal.files.vault import vault_of

    settings = reached(settings_of(context, data=data))
    if not yes:
        click.confirm(
            f"Xóa vĩnh viễn mọi tệp của {about} {code}? / Erase all files of {about} {code} for good?",
            abort=True,
            err=True,
        )

    async def erased() -> service.Erasure:
        now = await clock.now()
        by = f"operator:{getpass.getuser()}"
        return await service.erase(vault_of(settings), About(about), code, reason=reason, by=by, now=now)

    done = run_with_database(settings, erased)
    if as_json:
        say_json(done)
        return
    click.echo(f"Đã xóa {done.files} tệp / erased {done.files} files: {', '.join(done.erased) or '-'}")
    for thing in done.shared:
        click.echo(f"  {thing}: còn hồ sơ khác, chưa xóa / is about other dossiers too, left", err=True)


@files.command(short_help="Open every file and compare it with the ledger.")
@data_option
@json_option
@click.pass_context
def check(context: click.Context, *, data: str | None, as_json: bool) -> None:
    """Read, open and hash every file that is not erased; ends with status 1 if one is not what the ledger says."""
    from postal.files import service
    from postal.files.vault import vault_of

    settings = reached(settings_of(context, data=data))
    counted = [0]

    async def checked() -> list[service.Finding]:
        def told(done: int) -> None:
            counted[0] = done

        return [found async for found in service.check(vault_of(settings), deep=True, told=told)]

    wrong = run_with_database(settings, checked)
    if as_json:
        say_json({"files": counted[0], "wrong": wrong})
    else:
        click.echo(f"{counted[0]} tệp, {len(wrong)} sai / {counted[0]} files, {len(wrong)} wrong")
        for found in wrong[:SHOWN]:
            click.echo(f"  {found.file}  {found.wrong}  {found.address}")
    if wrong:
        context.exit(1)
