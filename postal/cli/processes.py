"""The processes of a running system, each of which can also be run alone."""

import asyncio
import contextlib
import signal
import socket
import sys

import click
import msgspec
import structlog

from postal.cli.options import data_option, reached, settings_of
from postal.config import Settings
from postal.errors import Unavailable
from postal.supervision.heartbeat import beat, beating

log = structlog.get_logger("postal.cli")


@click.command(short_help="One web process.")
@data_option
@click.option("--host", help="Address to listen on (default 127.0.0.1).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on (default 8000).")
@click.option("--settings-from-stdin", is_flag=True, hidden=True)
@click.option("--fd", type=int, hidden=True, help="A socket that already listens.")
@click.option("--heartbeat-fd", type=int, hidden=True, help="A pipe for signs of life.")
@click.pass_context
def serve(
    context: click.Context,
    *,
    data: str | None,
    host: str | None,
    port: int | None,
    settings_from_stdin: bool,
    fd: int | None,
    heartbeat_fd: int | None,
) -> None:
    """Answer HTTP with one process; start several behind a proxy, or use `postal up`."""
    from postal.app import create_app
    from postal.web.listener import listen
    from postal.web.server import DrainingServer

    settings = _settings(context, data, given=settings_from_stdin)
    web = msgspec.structs.replace(
        settings.web,
        **{name: value for name, value in (("host", host), ("port", port)) if value is not None},
    )
    settings = msgspec.structs.replace(settings, web=web)
    app = create_app(settings)
    if heartbeat_fd is not None:
        begin, end = beating(heartbeat_fd)
        app.on_startup.append(begin)
        app.on_shutdown.append(end)
    asyncio.run(_checked(settings))
    listening = listen(web) if fd is None else socket.socket(fileno=fd)
    listening.setblocking(False)
    DrainingServer(app, app.state, web).run(sockets=[listening])


@click.command(short_help="One worker process.")
@data_option
@click.option("--settings-from-stdin", is_flag=True, hidden=True)
@click.option("--heartbeat-fd", type=int, hidden=True, help="A pipe for signs of life.")
@click.pass_context
def worker(
    context: click.Context, *, data: str | None, settings_from_stdin: bool, heartbeat_fd: int | None
) -> None:
    """Run what the outbox holds; start as many as there is work for."""
    from postal.observability.logs import configure_logs

    settings = _settings(context, data, given=settings_from_stdin)
    configure_logs(level=settings.logging.level.upper(), console=settings.logging.format == "console")
    asyncio.run(_work(settings, heartbeat_fd))


async def _work(settings: Settings, heartbeat_fd: int | None) -> None:
    from postal.jobs.worker import work

    await _checked(settings)
    task = asyncio.create_task(work(settings))
    beats = None if heartbeat_fd is None else asyncio.create_task(beat(heartbeat_fd))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    log.info("worker started")
    with contextlib.suppress(asyncio.CancelledError):
        await task
    if beats is not None:
        beats.cancel()


def _settings(context: click.Context, data: str | None, *, given: bool) -> Settings:
    if given:
        return msgspec.json.decode(sys.stdin.buffer.read(), type=Settings)
    return reached(settings_of(context, data=data))


async def _checked(settings: Settings) -> None:
    """Refuse an unsafe or outdated database; one that is merely away will be waited for."""
    from postal import clock, db
    from postal.supervision.preparation import check

    await db.start(settings.database)
    try:
        await check(settings)
    except Unavailable as error:
        if error.code not in {"database.unavailable", "database.busy"}:
            raise
        log.warning("database does not answer yet")
        clock.select(settings.clock)
    finally:
        await db.stop()
