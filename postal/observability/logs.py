"""Structured logs: one JSON object a line, with the request id, and never the text of an unexpected error.

An exception's message may quote the row or the value that caused it, which may be personal. So an error is logged by
its type, the database's own names (state, table, constraint) and the frames that it passed through.
"""

import logging
import sys
import traceback
from contextlib import nullcontext
from typing import Any, TextIO

import asyncpg
import msgspec
import structlog
from structlog.types import EventDict, WrappedLogger

from postal.observability.context import request_id

FRAMES = 12
_STAMP = structlog.processors.TimeStamper(fmt="iso", utc=True)


class PostalHandler(logging.Handler):
    """Our one handler, known by its class so that configuring again replaces it and no other."""

    def __init__(self, stream: TextIO | None, *, console: bool) -> None:
        super().__init__()
        self._stream = stream
        self.console = console

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; without a stream of its own to whatever stderr is by then."""
        try:
            self.write(self.format(record))
        except OSError:
            self.handleError(record)

    def write(self, line: str) -> None:
        """Write a line in one piece."""
        stream = self._stream or sys.stderr
        stream.write(line + "\n")
        stream.flush()


def configure_logs(*, level: str = "INFO", console: bool = False, stream: TextIO | None = None) -> None:
    """Send our events, and those of the libraries, to one stream: JSON lines, or a form for eyes."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        _STAMP,
        _add_request_id,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=False,
    )
    handler = PostalHandler(stream, console=console)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                _drop_exception_text,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.dev.ConsoleRenderer()
                if console
                else structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [*(other for other in root.handlers if not isinstance(other, PostalHandler)), handler]
    root.setLevel(level)
    # The HTTP client logs whole addresses and the server's access log raw paths, which hold the codes of dossiers.
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = name != "uvicorn.access"
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)


def say(logger: str, event: str, **values: Any) -> None:
    """Log at level info what is said of every request: the logger's own line at a quarter of its cost."""
    handler = next((one for one in logging.root.handlers if isinstance(one, PostalHandler)), None)
    if handler is None or handler.console:
        structlog.get_logger(logger).info(event, **values)
    elif logging.root.isEnabledFor(logging.INFO):
        line = _STAMP(None, "info", {**values, "event": event, "level": "info", "logger": logger})
        text = msgspec.json.encode(_add_request_id(None, "info", line)).decode()
        with handler.lock or nullcontext():
            try:
                handler.write(text)
            except OSError:
                # As for any other line: that a log cannot be written must not fail the request.
                return


def describe_error(error: BaseException) -> dict[str, Any]:
    """Describe an error without its message."""
    described: dict[str, Any] = {"error": type(error).__qualname__, "frames": _frames(error)}
    if isinstance(error, asyncpg.PostgresError):
        described["sqlstate"] = error.sqlstate
        described["table"] = getattr(error, "table_name", None)
        described["constraint"] = getattr(error, "constraint_name", None)
    if (cause := error.__cause__ or error.__context__) is not None:
        described["cause"] = type(cause).__qualname__
        described["cause_frames"] = _frames(cause)
    return described


def _frames(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def _add_request_id(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    if identifier := request_id():
        event.setdefault("request_id", identifier)
    return event


def _drop_exception_text(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event.update(describe_error(error))
    return event
