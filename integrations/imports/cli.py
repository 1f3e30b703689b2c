"""`postal import dossiers|events|results` and `postal import watch`."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from postal import clock, registry
from postal.cli.options import data_option, json_option, reached, run_with_database, say_json, settings_of

if TYPE_CHECKING:
    from integrations.imports.repository import KeptError
    from integrations.imports.rules import Job
    from postal.config import Settings

SHOWN = 20
POLLED_S = 0.3


def _command(kind: str, help_text: str) -> click.Command:
    @click.command(kind, short_help=help_text, help=f"{help_text} Ends with 1 if rows were refused.")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--organisation", required=True, help="For whom: code of the organisation.")
    @click.option("--profile", help="How the file is read; without it, as the template is.")
    @click.option("--dry-run", is_flag=True, help="Say what would happen and write nothing.")
    @data_option
    @json_option
    @click.pass_context
    def command(
        context: click.Context,
        *,
        file: Path,
        organisation: str,
        profile: str | None,
        dry_run: bool,
        data: str | None,
        as_json: bool,
    ) -> int:
        from rich.console import Console
        from rich.progress import Progress

        from integrations.imports.schemas import view

        settings = reached(settings_of(context, data=data))
        with Progress(console=Console(stderr=True), disable=as_json, transient=True) as bar:
            task = bar.add_task("Đang nhập / importing", total=None)

            def progress(done: int, total: int) -> None:
                bar.update(task, completed=done, total=total or None)

            job, errors = run_with_database(
                settings,
                lambda: _brought(settings, file, kind, organisation, profile, progress, dry_run=dry_run),
            )
        if as_json:
            say_json({"import": view(job), "errors": [each.error for each in errors]})
        else:
            click.echo("\n".join(_sentences(job, errors)))
        return 0 if job.state.value == "done" and not errors else 1

    return command


async def _brought(
    settings: "Settings",
    file: Path,
    kind: str,
    organisation: str,
    profile: str | None,
    progress: Callable[[int, int], None],
    *,
    dry_run: bool,
) -> "tuple[Job, list[KeptError]]":
    """Bring a file and work on it, beside a worker or without one."""
    from integrations.imports import service
    from integrations.imports.rules import Kind
    from postal.outbox.service import claim, run_claimed

    registry.configure(settings)
    now = await clock.now()
    actor = await service.actor_for(organisation, "command line", now)
    job = await service.submit(
        await asyncio.to_thread(file.read_bytes),
        kind=Kind(kind),
        profile=profile,
        name=file.name,
        dry_run=dry_run,
        actor=actor,
        now=now,
        settings=settings,
    )
    while job.under_way:
        claims = await claim(1)
        for claimed in claims:
            await run_claimed(claimed)
        if not claims:
            await asyncio.sleep(POLLED_S)
        job = await service.find(job.id, actor)
        progress(job.rows_done + job.rows_misread, job.rows_read)
    return job, await service.errors_of(job.id, -1, 10_000, actor)


@click.command("watch", short_help="Look into the watched folders now.")
@data_option
@json_option
@click.pass_context
def watch(context: click.Context, *, data: str | None, as_json: bool) -> None:
    """Look into the folders of the setting `imports.folders` until nothing lies there; workers do so by themselves."""
    settings = reached(settings_of(context, data=data))
    found = run_with_database(settings, lambda: _watched(settings))
    if as_json:
        say_json(found)
    else:
        click.echo(
            f"Đã nhận {found['taken']} tệp, xong {found['ended']} / took {found['taken']}, ended {found['ended']}"
        )


async def _watched(settings: "Settings") -> dict[str, int]:
    from integrations.imports import service
    from postal.outbox.service import claim, run_claimed

    registry.configure(settings)
    total = {"taken": 0, "ended": 0}
    idle = 0
    while idle < 4:  # a file must lie still between two looks before it is taken
        found = await service.watch(settings, await clock.now())
        total["taken"] += found.taken
        total["ended"] += found.ended
        claims = await claim(1)
        for claimed in claims:
            await run_claimed(claimed)
        idle = 0 if claims or found.taken else idle + 1
        if not claims:
            await asyncio.sleep(1)
    return total


def _sentences(job: "Job", errors: "list[KeptError]") -> list[str]:
    """Say what became of a file, Vietnamese first."""
    lines = ["Chạy thử, chưa ghi gì / dry run, nothing written"] if job.dry_run else []
    if job.failure is not None:
        lines.append(f"{job.failure.vi} / {job.failure.en}")
    lines.append(
        f"Dòng / rows: {job.rows_read}; mới / new: {job.rows_new}; không đổi / unchanged: {job.rows_unchanged}; "
        f"khác / differs: {job.rows_changed}; từ chối / refused: {job.rows_refused + job.rows_misread}"
    )
    lines += [f"{warning.vi} / {warning.en}" for warning in job.warnings]
    for each in errors[:SHOWN]:
        error = each.error
        place = f", {error.heading}" if error.heading else ""
        lines.append(f"  dòng / row {error.row}{place}: {error.vi} / {error.en} ({error.code})")
    if len(errors) > SHOWN:
        lines.append(f"  … và {len(errors) - SHOWN} dòng nữa (--json) / more with --json")
    return lines


COMMANDS: tuple[click.Command, ...] = (
    _command("dossiers", "Register dossiers of a file."),
    _command("events", "Record case events of a file."),
    _command("results", "Record results of a file."),
    watch,
)
