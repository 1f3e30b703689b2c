"""The page that a person sees where a program would get a problem document."""

from http import HTTPStatus
from typing import Any

from litestar import Request, Response
from litestar.enums import HttpMethod
from litestar.response import Redirect

from postal.http.language import page_language
from postal.http.problems import Refusal, title_of
from postal.observability.context import request_id
from postal.web.rendering import asked_by_htmx, page

ADVICE: dict[int, tuple[str, str]] = {
    401: (
        "Phiên làm việc đã hết. Hãy đăng nhập lại rồi gửi lại.",
        "Your session has ended. Sign in again, then send it once more.",
    ),
    403: (
        "Nếu công việc của bạn cần chức năng này, hãy nhờ người quản trị của đơn vị cấp quyền.",
        "If your work needs this, ask your organisation's administrator for the role.",
    ),
    404: (
        "Hãy kiểm tra lại địa chỉ hoặc mã đã nhập; có thể mã viết nhầm, hoặc đơn vị của bạn không được xem.",
        "Check the address or the code; it may be mistyped, or your organisation may not see it.",
    ),
    405: (
        "Hãy quay lại trang trước và gửi lại biểu mẫu từ đó.",
        "Go back to the page before and send the form from there.",
    ),
    409: (
        "Hãy tải lại trang trước để xem tình trạng mới nhất rồi làm tiếp.",
        "Load the page before again to see how things stand now, then go on.",
    ),
    429: (
        "Hãy chờ một phút rồi thử lại. Nếu nhiều người dùng chung một đường mạng, hãy đăng nhập.",
        "Wait a minute and try again. If many people share your connection, sign in.",
    ),
    500: (
        "Đây là lỗi của hệ thống, không phải của bạn. Hãy thử lại; nếu vẫn lỗi, hãy báo mã yêu cầu dưới đây.",
        "This is our fault, not yours. Try again; if it fails again, report the request id below.",
    ),
    503: (
        "Hệ thống tạm gián đoạn. Hãy chờ một phút rồi thử lại.",
        "The service is briefly interrupted. Wait a minute and try again.",
    ),
}
OTHERWISE = (
    "Hãy quay lại trang trước, sửa theo lời nhắn trên và gửi lại.",
    "Go back to the page before, mend what is said above, and send it again.",
)
PASSING = frozenset(
    {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE}
)
"""What may be over when the same page is asked again."""


def error_page(request: Request[Any, Any, Any], refusal: Refusal) -> Response[Any]:
    """Render a refusal, or lead to the sign-in; needs no database, since that may be what is down."""
    headers = refusal.headers
    if refusal.status == HTTPStatus.UNAUTHORIZED and request.method == HttpMethod.GET:
        if not asked_by_htmx(request):
            return Redirect("/sign-in", status_code=303)
        # Else the sign-in would be put into the middle of the page that asked.
        headers = {**headers, "HX-Redirect": "/sign-in"}
    detail = refusal.en if page_language(request.scope) == "en" else refusal.vi
    asked_again = refusal.status in PASSING and request.method == HttpMethod.GET
    return page(
        request,
        "web/error.html",
        title=(title_of(refusal.status, "vi"), title_of(refusal.status, "en")),
        status=refusal.status,
        headers=headers,
        detail=detail,
        advice=ADVICE.get(refusal.status, OTHERWISE),
        again=request.url.path if asked_again else "",
        code=refusal.code,
        instance=request_id(),
    )
