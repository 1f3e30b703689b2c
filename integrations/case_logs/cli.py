"""`postal import` and `postal measure`: data of other systems."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from postal import clock
from postal.cli.options import data_option, json_option, reached, run_with_database, say_json, settings_of

if TYPE_CHECKING:
    from integrations.case_logs.rules.measuring import Table
    from integrations.case_logs.service import Report

SHOWN = 20
HOUR_US, DAY_US = 3_600_000_000, 86_400_000_000


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


@click.group("measure", short_help="Measure data of other systems, without a database.")
def measure_group() -> None:
    """Measure data of other systems as our own clocks are measured; nothing is written."""


@measure_group.command("case-log", short_help="How long cases took, how late, and who had them.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--profile", "profile_name", required=True, help="Name of a profile (wabo) or path of a TOML file."
)
@click.option("--cases", "every_case", is_flag=True, help="With --json: every case too.")
@json_option
def measure_case_log(*, file: Path, profile_name: str, every_case: bool, as_json: bool) -> None:
    """Print durations, lateness against the log's deadlines, and shares of holders, as tables of Markdown."""
    from integrations.case_logs import service

    profile = service.load_profile(profile_name)
    table, measured = service.measure_log(file, profile)
    if as_json:
        say_json({"table": table, "cases": measured} if every_case else table)
    else:
        click.echo("\n".join(_tables(table, {each.code: each.value or "*" for each in profile.procedures})))


def _tables(table: "Table", names: dict[str, str]) -> list[str]:
    """Lay a measured log out as Markdown."""
    counted = (
        f"{table.cases} hồ sơ / dossiers: {table.measured} đo được / measured, {table.unfinished} chưa kết thúc / open,"
        f" {table.ended_before_start} kết thúc trước khi bắt đầu / ended before they began"
    )
    head = (
        "| Nhóm / group | Hồ sơ / cases | Ngày lịch p50 / p90 | Giờ làm việc / working hours p50 / p90 |"
        " Đúng hạn / on time | Trễ / late | Giờ trễ / hours late p50 |"
    )
    lines = [counted, "", head, "|---|--:|--:|--:|--:|--:|--:|"]
    for each in (table.all, *table.by_procedure):
        late = "–" if each.late_working_p50_us is None else f"{each.late_working_p50_us / HOUR_US:.1f}"
        lines.append(
            f"| {names.get(each.name, 'Tất cả / all')} | {each.cases} "
            f"| {each.calendar_p50_us / DAY_US:.1f} / {each.calendar_p90_us / DAY_US:.1f} "
            f"| {each.working_p50_us / HOUR_US:.1f} / {each.working_p90_us / HOUR_US:.1f} "
            f"| {each.on_time} | {each.late} | {late} |"
        )
    whole = sum(each.working_us for each in table.by_holder) or 1
    lines += ["", "| Đang giữ / holder | Hồ sơ / cases | Giờ làm việc / working hours | Phần / share |"]
    lines += ["|---|--:|--:|--:|"]
    lines += [
        f"| {each.holder} | {each.cases} | {each.working_us / HOUR_US:,.0f} | {each.working_us * 100 / whole:.1f} % |"
        for each in table.by_holder
    ]
    return lines


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


COMMANDS = (import_group, measure_group)
