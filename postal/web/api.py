"""Addresses for operation and documentation: health, metrics, problem codes, the clock of a simulated system."""

from http import HTTPStatus
from typing import Any, Literal

import msgspec
from litestar import Request, Response, get, put
from litestar.datastructures import State
from litestar.openapi import ResponseSpec

from postal import clock
from postal.clock import Mode
from postal.errors import NotFound
from postal.http.exceptions import wants_html
from postal.http.limits import UNLIMITED
from postal.http.parameters import PathCode
from postal.identity.access import ANYONE, SIGNED_IN, roles
from postal.identity.rules import Actor, Role
from postal.instants import Instant
from postal.observability.metrics import METRICS_MEDIA_TYPE, exposition
from postal.web.catalogue import ProblemCode, catalogue
from postal.web.readiness import Readiness, readiness
from postal.web.rendering import page


class Liveness(msgspec.Struct, frozen=True, kw_only=True):
    """That this process answers."""

    status: Literal["ok"]


class ClockReading(msgspec.Struct, frozen=True, kw_only=True):
    """The time that the system goes by."""

    now: Instant
    mode: Mode


class ClockSetting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where to move the simulated clock."""

    now: Instant


@get(
    "/health/live",
    opt={**ANYONE, **UNLIMITED},
    tags=["system"],
    operation_id="checkLiveness",
    summary="Is this process running",
)
async def live() -> Liveness:
    """Answer without asking anything else; restart the process if this fails."""
    return Liveness(status="ok")


@get(
    "/health/ready",
    opt={**ANYONE, **UNLIMITED},
    tags=["system"],
    operation_id="checkReadiness",
    summary="Can this process do its work now",
    responses={503: ResponseSpec(Readiness, description="Not now; the answer says what is missing")},
)
async def ready(state: State) -> Response[Readiness]:
    """Answer 503 while the database is away, behind in its migrations or of another clock."""
    found = await readiness(state)
    if found.ready:
        return Response(found)
    return Response(found, status_code=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "2"})


@get(
    "/metrics",
    opt={**ANYONE, **UNLIMITED},
    include_in_schema=False,
    summary="Figures of this process for Prometheus",
)
async def metrics(state: State) -> Response[bytes]:
    """Give the figures; they name routes and counts, never codes. Whoever reaches the port may read them."""
    return Response(exposition(await state.figures.now()), media_type=METRICS_MEDIA_TYPE)


@get("/problems", opt=ANYONE, tags=["system"], operation_id="listProblems", summary="Every problem code")
async def problems(request: Request[Actor, Any, Any]) -> Response[list[ProblemCode]]:
    """List the codes, as a page to a browser."""
    entries = list(catalogue().values())
    if wants_html(request):
        return _page(request, "Mã lỗi", "Problem codes", entries)
    return Response(entries)


@get(
    "/problems/{code:str}",
    opt=ANYONE,
    tags=["system"],
    operation_id="getProblem",
    summary="What one problem code means",
)
async def problem(request: Request[Actor, Any, Any], code: PathCode) -> Response[ProblemCode]:
    """Explain one code, as a page to a browser."""
    entry = catalogue().get(code)
    if entry is None:
        raise NotFound("problem.unknown", vi="Không có mã lỗi này.", en="There is no such problem code.")
    if wants_html(request):
        return _page(request, entry.code, entry.code, [entry])
    return Response(entry)


def _page(request: Request[Actor, Any, Any], vi: str, en: str, entries: list[ProblemCode]) -> Response[Any]:
    """Show codes to a browser, which the document of the API need not mention."""
    return page(request, "web/problems.html", title=(vi, en), entries=entries)


@get("/docs", opt=ANYONE, include_in_schema=False, summary="The API, readable")
async def docs(request: Request[Actor, Any, Any]) -> Response[str]:
    """Show the OpenAPI document; everything comes from this host."""
    return page(request, "web/docs.html", title=("API", "API"))


@get(
    "/api/v1/clock",
    opt=SIGNED_IN,
    tags=["system"],
    operation_id="getClock",
    summary="The time that the system goes by",
)
async def read_clock() -> ClockReading:
    """Give the instant and whether it is real."""
    return ClockReading(now=await clock.now(), mode=clock.mode())


@put(
    "/api/v1/clock",
    opt=roles(Role.ADMIN, Role.SYSTEM),
    tags=["system"],
    operation_id="moveClock",
    summary="Move the simulated clock forward",
)
async def move_clock(data: ClockSetting) -> ClockReading:
    """Move the clock; this address exists in simulated mode alone."""
    return ClockReading(now=await clock.move(data.now), mode=clock.mode())


OPERATION_HANDLERS: tuple[Any, ...] = (live, ready, metrics, problems, problem, docs, read_clock)
SIMULATED_HANDLERS: tuple[Any, ...] = (move_clock,)
