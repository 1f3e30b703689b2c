"""The last stop of every exception: logged, and answered as a problem document or, to a browser, as a page."""

from http import HTTPStatus
from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap
from msgspec.structs import replace

from postal.errors import PostalError
from postal.http.failures import refusal_for
from postal.http.problems import Refusal, problem_response
from postal.http.queries import in_address
from postal.observability.logs import describe_error

log = structlog.get_logger("postal.http")

_MACHINE_PREFIXES = ("/api/", "/schema/", "/health/", "/metrics", "/problems/")


def answer(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer an exception; expected refusals are logged at info, the rest with where it came from."""
    refusal = _as_addressed(request, refusal_for(error))
    _log(refusal, error)
    if wants_page(request):
        renderer = request.app.state.get("error_page")
        if renderer is not None:
            page: Response[Any] = renderer(request, refusal)
            return page
    return problem_response(request.scope, refusal)


def _as_addressed(request: Request[Any, Any, Any], refusal: Refusal) -> Refusal:
    """Point to a parameter by its name in the address, where Python calls it otherwise."""
    place = refusal.pointer or ""
    # Absent where no route was found, whatever the type says.
    handler: Any = request.scope.get("route_handler")
    if handler is None or not place.startswith("/query/"):
        return refusal
    name = in_address(handler, place.removeprefix("/query/"))
    return replace(refusal, pointer=f"/query/{name}")


def wants_page(request: Request[Any, Any, Any]) -> bool:
    """Say whether a person is looking: HTML preferred over JSON, and not an address of the API."""
    return not request.scope["path"].startswith(_MACHINE_PREFIXES) and wants_html(request)


def wants_html(request: Request[Any, Any, Any]) -> bool:
    """Say whether the caller prefers HTML over JSON, as browsers do."""
    preferred = request.accept.best_match(["application/json", "application/problem+json", "text/html"])
    return preferred == "text/html"


def _log(refusal: Refusal, error: Exception) -> None:
    if refusal.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        log.info("request refused", code=refusal.code, status=refusal.status)
    elif refusal.status == HTTPStatus.SERVICE_UNAVAILABLE:
        log.warning("service unavailable", code=refusal.code, **describe_error(error))
    else:
        log.error("request failed", code=refusal.code, **describe_error(error))


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    PostalError: answer,
    HTTPException: answer,
    Exception: answer,
    HTTPStatus.INTERNAL_SERVER_ERROR.value: answer,
}
