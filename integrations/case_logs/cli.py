"""`postal import`: data of other systems."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from postal import clock
from postal.cli.options import data_option, json_option, reached, run_with_database, say_json, settings_of

if TYPE_CHECKING:
    from integrations.case_logs.service import Report

SHOWN = 20


@click.group("import", short_help="Bring in data of other systems.")
def import_group() -> None:
    """Bring in data of other systems; repeating an import changes nothing."""


@import_group.command("case-log", short_help="An event log of cases, as CSV.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--profile", "profile_name", required=True, help="Name of a profile (wabo) or path of a TOML file."
)
@click.option("--dry-run", is_flag=True, help="Read everything and write nothing.")
@data_option
@json_option
@click.pass_context
def case_log(
    context: click.Context, *, file: Path, profile_name: str, dry_run: bool, data: str | None, as_json: bool
) -> int:
    """Import an event log of cases; ends with 1 if rows were refused, 2 if the file or profile is unusable."""
    from rich.console import Console
    from rich.progress import Progress

    from integrations.case_logs import service

    profile = service.load_profile(profile_name)
    if dry_run:
        report = service.survey(file, profile)
    else:
        settings = reached(settings_of(context, data=data))
        with Progress(console=Console(stderr=True), disable=as_json, transient=True) as bar:
            task = bar.add_task("Đang nhập / importing", total=None)

            async def use_case() -> "Report":
                return await service.import_log(
                    file,
                    profile,
                    now=await clock.now(),
                    progress=lambda done, total: bar.update(task, completed=done, total=total),
                )

            report = run_with_database(settings, use_case)
    if as_json:
        say_json(report)
    else:
        click.echo("\n".join(_sentences(report)))
    return 1 if report.refused else 0


def _sentences(report: "Report") -> list[str]:
    """Say what became of the log, Vietnamese first."""
    lines = []
    if report.dry_run:
        lines.append("Chạy thử, chưa ghi gì / dry run, nothing written")
    if report.resumed_after_line:
        lines.append(f"Tiếp tục sau dòng {report.resumed_after_line} / resumed after that line")
    lines += [
        (
            f"Dòng / rows: {report.rows} ({report.encoding}, '{report.delimiter}'); nhận / taken: {report.taken}; "
            f"trùng / duplicates: {report.duplicates}; từ chối / refused: {len(report.refused)}"
        ),
        (
            f"Hồ sơ / dossiers: {report.dossiers}, mới / new: {report.dossiers_new}; "
            f"sự kiện / events: {report.events}, mới / new: {report.events_new}"
        ),
        f"Chưa kết thúc / open: {report.open_dossiers}; kết thúc sau hạn / ended after due: {report.ended_after_due}",
    ]
    if report.before_start:
        lines.append(
            f"Có sự kiện trước lúc bắt đầu, giữ nguyên và đánh dấu / events before the start, kept and flagged: "
            f"{', '.join(report.before_start)}"
        )
    if report.ended_before_start:
        lines.append(
            f"Kết thúc trước lúc bắt đầu, không đo được / ended before the start, not measured: "
            f"{', '.join(report.ended_before_start)}"
        )
    lines += [
        f"  dòng / line {refusal.line}{f', {refusal.column}' if refusal.column else ''}: {refusal.vi} / {refusal.en}"
        for refusal in report.refused[:SHOWN]
    ]
    if len(report.refused) > SHOWN:
        lines.append(f"  … và {len(report.refused) - SHOWN} dòng nữa (--json cho tất cả) / more with --json")
    return lines


COMMANDS = (import_group,)
