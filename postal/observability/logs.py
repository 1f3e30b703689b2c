"""Structured logs: one JSON object a line, with the request id, and never the text of an unexpected error.

An exception's message may quote the row or the value that caused it, which may be personal. So an error is logged by
its type, the database's own names (state, table, constraint) and the frames that it passed through.
"""

import logging
import sys
import traceback
from typing import Any, TextIO

import asyncpg
import structlog
from structlog.types import EventDict, WrappedLogger

from postal.observability.context import request_id

FRAMES = 12


class PostalHandler(logging.Handler):
    """Our one handler, known by its class so that configuring again replaces it and no other."""

    def __init__(self, stream: TextIO | None) -> None:
        super().__init__()
        self._stream = stream

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; without a stream of its own to whatever stderr is by then."""
        try:
            print(self.format(record), file=self._stream or sys.stderr, flush=True)
        except OSError:
            self.handleError(record)


def configure_logs(*, level: str = "INFO", console: bool = False, stream: TextIO | None = None) -> None:
    """Send our events, and those of the libraries, to one stream: JSON lines, or a form for eyes."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_request_id,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=False,
    )
    handler = PostalHandler(stream)
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
