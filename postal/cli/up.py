"""`postal up`: the whole system on this machine."""

import asyncio
from datetime import UTC, datetime

import click
from msgspec.structs import replace

from postal.cli.options import data_option, settings_of
from postal.config import Settings
from postal.supervision import System

STEPS = {
    "servers": "Đang khởi động PostgreSQL và Valkey / starting PostgreSQL and Valkey",
    "database": "Đang chuẩn bị cơ sở dữ liệu / preparing the database",
    "processes": "Đang khởi động web và worker / starting web and worker",
    "stopping": "Đang dừng / stopping",
}


@click.command(short_help="The whole system on this machine.")
@data_option
@click.option("--host", help="Address to listen on (default 127.0.0.1).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on (default 8000).")
@click.option(
    "--clock",
    type=click.Choice(["real", "simulated"]),
    help="Real time, or an instant that a simulation moves.",
)
@click.option(
    "--clock-start",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Where a new simulated clock begins (UTC; default now).",
)
@click.option("--logs", is_flag=True, help="Show the processes' logs here instead of in the data folder.")
@click.pass_context
def up(
    context: click.Context,
    *,
    data: str | None,
    host: str | None,
    port: int | None,
    clock: str | None,
    clock_start: datetime | None,
    logs: bool,
) -> None:
    """Start servers (embedded, or those of the settings), web and worker; Ctrl-C stops all of it in order."""
    settings = settings_of(context, data=data, clock=clock)
    web = replace(
        settings.web,
        **{name: value for name, value in (("host", host), ("port", port)) if value is not None},
    )
    start = clock_start.replace(tzinfo=UTC) if clock_start else None
    asyncio.run(_up(replace(settings, web=web), clock_start=start, show_logs=logs))


async def _up(settings: Settings, *, clock_start: datetime | None, show_logs: bool) -> None:
    async with System(settings, clock_start=clock_start, show_logs=show_logs, progress=say) as system:
        click.echo(f"Sẵn sàng / ready: {system.url}  (Ctrl-C để dừng / to stop; {system.settings.folder})")
        await system.wait()
    click.echo("Đã dừng / stopped")


def say(step: str) -> None:
    """Tell a step to whoever waits at the terminal."""
    click.echo(f"· {STEPS.get(step, step)}", err=True)
