"""The page that a person sees where a program would get a problem document."""

from http import HTTPStatus
from typing import Any

from litestar import Request, Response
from litestar.enums import HttpMethod
from litestar.response import Redirect

from postal.http.language import page_language
from postal.http.problems import Refusal, title_of
from postal.observability.context import request_id
from postal.web.rendering import page


def error_page(request: Request[Any, Any, Any], refusal: Refusal) -> Response[Any]:
    """Render a refusal, or lead to the sign-in; needs no database, since that may be what is down."""
    if refusal.status == HTTPStatus.UNAUTHORIZED and request.method == HttpMethod.GET:
        return Redirect("/sign-in", status_code=303)
    detail = refusal.en if page_language(request.scope) == "en" else refusal.vi
    return page(
        request,
        "web/error.html",
        title=(title_of(refusal.status, "vi"), title_of(refusal.status, "en")),
        status=refusal.status,
        headers=refusal.headers,
        detail=detail,
        code=refusal.code,
        instance=request_id(),
    )
