"""Whatever was raised, reduced to what may be told: no message of an unexpected error ever leaves the process."""

from http import HTTPStatus

import asyncpg
from litestar.exceptions import HTTPException, ValidationException

from postal.db.connection import BUSY, DOWN
from postal.errors import PostalError
from postal.http.pointers import field_pointer, pointer
from postal.http.problems import Refusal, refusal_of

RETRY_AFTER = {"Retry-After": "2"}

_BY_STATUS: dict[int, tuple[str, str, str]] = {
    400: ("request.bad", "Yêu cầu không hợp lệ.", "The request is malformed."),
    401: ("request.unauthenticated", "Cần đăng nhập hoặc khóa truy cập.", "Sign in or send a key."),
    403: ("request.forbidden", "Không có quyền làm việc này.", "You may not do this."),
    404: ("request.not_found", "Không có gì ở địa chỉ này.", "There is nothing at this address."),
    405: (
        "request.method",
        "Địa chỉ này không nhận phương thức đó.",
        "This address does not take that method; see the Allow header.",
    ),
    413: (
        "request.too_large",
        "Nội dung gửi lên vượt quá giới hạn (1 MiB với JSON).",
        "The body is over its limit (1 MiB for JSON).",
    ),
    429: ("request.too_many", "Quá nhiều yêu cầu, hãy thử lại sau.", "Too many requests; try again later."),
}

_UNAVAILABLE = Refusal(
    status=503,
    code="system.unavailable",
    vi="Hệ thống tạm thời không phục vụ được; hãy gửi lại yêu cầu này sau ít giây.",
    en="A part of the system is down; send the same request again in a few seconds.",
    headers=RETRY_AFTER,
)

_BROKEN = Refusal(
    status=500,
    code="system.failure",
    vi="Hệ thống gặp lỗi. Hãy báo mã yêu cầu cho bộ phận hỗ trợ.",
    en="The system failed. Report the request id to support.",
)

_PARAMETERS = frozenset({"query", "path", "header", "cookie"})
_INVALID_VI = "Dữ liệu không đúng quy định: {}"

_DOWN = (*BUSY, *DOWN)


def refusal_for(error: Exception) -> Refusal:
    """Reduce any exception: expected refusals keep their words, everything else gets a stock sentence."""
    if isinstance(error, PostalError):
        return refusal_of(error)
    if isinstance(error, ValidationException):
        return _validation(error)
    if isinstance(error, HTTPException):
        return _http(error)
    return _UNAVAILABLE if is_outage(error) else _BROKEN


def is_outage(error: BaseException) -> bool:
    """Say whether an error means that something we need is down, so that the same request may be sent again."""
    if isinstance(error, asyncpg.InterfaceError):
        # The driver uses one class both for a lost connection and for wrong use of its interface.
        return "clos" in str(error)
    return isinstance(error, _DOWN)


def _http(error: HTTPException) -> Refusal:
    status = error.status_code
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        cause = error.__cause__
        return _UNAVAILABLE if status == HTTPStatus.SERVICE_UNAVAILABLE or _is_down(cause) else _BROKEN
    code, vi, en = _BY_STATUS.get(
        status, ("request.bad", "Yêu cầu không hợp lệ.", "The request is malformed.")
    )
    return Refusal(status=status, code=code, vi=vi, en=en, headers=dict(error.headers or {}))


def _is_down(cause: BaseException | None) -> bool:
    return cause is not None and is_outage(cause)


def _validation(error: ValidationException) -> Refusal:
    """Point to the first field that is wrong; a body's by its path, a parameter's by where it stands and its name."""
    message, place = _first_fault(error)
    return Refusal(
        status=400,
        code="request.invalid",
        vi=_INVALID_VI.format(message),
        en=message,
        pointer=place,
    )


def _first_fault(error: ValidationException) -> tuple[str, str | None]:
    entries = error.extra if isinstance(error.extra, list) else []
    if not entries:
        return _missing_parameter(error)
    source = entries[0].get("source", "body")
    name = getattr(source, "value", source)
    if name in _PARAMETERS:
        return str(entries[0].get("message", "")), pointer([name, str(entries[0].get("key", ""))])
    message, place = field_pointer(str(error.__cause__ or entries[0].get("message", "")))
    if place == "/data" and "missing" in message:
        return "The body is missing.", ""
    return message, place.removeprefix("/data")


def _missing_parameter(error: ValidationException) -> tuple[str, str | None]:
    """Read the extractor's sentence "Missing required query parameter 'x' for path …", dropping the path."""
    words = error.detail.split("'")
    if error.detail.startswith("Missing required") and len(words) > 1:
        source = error.detail.split()[2]
        return f"Missing required {source} parameter `{words[1]}`", pointer([source, words[1]])
    return "The request is malformed.", None


def stock_refusals() -> tuple[Refusal, ...]:
    """Give the refusals that this module itself makes, for the catalogue of codes."""
    made = (Refusal(status=status, code=code, vi=vi, en=en) for status, (code, vi, en) in _BY_STATUS.items())
    invalid = Refusal(status=400, code="request.invalid", vi=_INVALID_VI.format("…"), en="…")
    return (*made, invalid, _UNAVAILABLE, _BROKEN)
