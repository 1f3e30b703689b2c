"""RFC 9457 problem documents: their shape, and how an exception becomes one."""

from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Response
from litestar.types import Scope

from postal.errors import PostalError
from postal.http.language import Language, language_of
from postal.observability.context import request_id

PROBLEM_MEDIA_TYPE = "application/problem+json"
REFUSES = "refuses "

TITLES: dict[int, tuple[str, str]] = {
    400: ("Yêu cầu không hợp lệ", "The request is malformed"),
    401: ("Chưa xác thực", "Not authenticated"),
    403: ("Không được phép", "Not allowed"),
    404: ("Không tìm thấy", "Not found"),
    405: ("Phương thức không được hỗ trợ", "Method not allowed"),
    408: ("Gửi quá chậm", "Too slow"),
    409: ("Trạng thái hiện tại không cho phép", "The state does not allow this"),
    410: ("Đã xóa", "Erased"),
    413: ("Dữ liệu quá lớn", "Too large"),
    415: ("Kiểu nội dung không được hỗ trợ", "Unsupported media type"),
    422: ("Quy tắc không cho phép", "Refused by a rule"),
    429: ("Quá nhiều yêu cầu", "Too many requests"),
    500: ("Lỗi của hệ thống", "Internal error"),
    503: ("Tạm thời không phục vụ được", "Temporarily unavailable"),
}


def refuses(*statuses: int) -> dict[str, Any]:
    """State in a route's `opt` with which statuses it refuses, beside those that follow from its form.

    Each has a key of its own, so that what a group of routes refuses and what one of them does add up.
    """
    return {f"{REFUSES}{status}": status for status in statuses}


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a request was not answered as asked; further members depend on the code."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    pointer: str | None = None
    instance: str | None = None


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """An exception reduced to what may be told to the caller, in both languages."""

    status: int
    code: str
    vi: str
    en: str
    pointer: str | None = None
    extra: dict[str, Any] = {}
    headers: dict[str, str] = {}

    def problem(self, language: Language) -> Problem:
        """Write the refusal in one language."""
        return Problem(
            type=f"/problems/{self.code}",
            title=title_of(self.status, language),
            status=self.status,
            detail=self.en if language == "en" else self.vi,
            code=self.code,
            pointer=self.pointer,
            instance=request_id() or None,
        )


def title_of(status: int, language: Language) -> str:
    """Name a status in one language."""
    vi, en = TITLES.get(status, (HTTPStatus(status).phrase,) * 2)
    return en if language == "en" else vi


def refusal_of(error: PostalError) -> Refusal:
    """Reduce an expected refusal; `retry_after` (seconds) among its fields becomes the header."""
    extra = dict(error.extra)
    headers = {}
    if (after := extra.get("retry_after")) is not None:
        headers["Retry-After"] = str(after)
    elif error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "2"
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return Refusal(
        status=error.status,
        code=error.code,
        vi=error.vi,
        en=error.en,
        pointer=error.pointer,
        extra=extra,
        headers=headers,
    )


def problem_response(scope: Scope, refusal: Refusal) -> Response[Any]:
    """Answer a request with a problem document in the caller's language."""
    language = language_of(scope)
    document = msgspec.to_builtins(refusal.problem(language))
    body = {**{key: value for key, value in refusal.extra.items() if key not in document}, **document}
    return Response(
        content=body,
        status_code=refusal.status,
        media_type=PROBLEM_MEDIA_TYPE,
        headers={**refusal.headers, "Content-Language": language, "Vary": "Accept-Language"},
    )
