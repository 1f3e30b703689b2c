"""What is open to anybody is a list to be read; no route that shows a secret keeps its answer."""

import pytest
from litestar import Litestar, get
from litestar.testing import RequestFactory

from postal.app import create_app
from postal.config import Settings
from postal.errors import Forbidden
from postal.http.idempotency import takes_key
from postal.identity.access import access_of, guard
from postal.identity.rules import ANONYMOUS

SHOWS_A_SECRET = {
    ("POST", "/api/v1/feedback"),
    ("POST", "/api/v1/privacy-requests/{code}/export"),
    ("POST", "/api/v1/keys"),
    ("POST", "/api/v1/sessions"),
    ("POST", "/api/v1/enrolments"),
    ("POST", "/api/v1/devices/{code}/enrolment"),
    ("POST", "/api/v1/partners"),
    ("POST", "/api/v1/partners/{partner}/secrets"),
}
OPEN_TO_ANYBODY = {
    "/", "/docs", "/health/live", "/health/ready", "/metrics", "/problems", "/problems/{code}", "/schema",
    "/schema/openapi.json", "/sign-in", "/sign-out", "/static/{file_path}", "/api/v1/enrolments",
    "/api/v1/procedures", "/api/v1/procedures/{code}", "/api/v1/sessions", "/api/v1/track/{code}", "/api/v1/units",
    "/t", "/t/{code}", "/t/l/{token}", "/t/l/{token}/data", "/t/l/{token}/notices", "/n/{token}",
    "/api/v1/log/checkpoint", "/api/v1/log/consistency", "/api/v1/log/inclusion", "/api/v1/log/keys",
    "/api/v1/law/constants", "/api/v1/law/fares", "/api/v1/law/transit-standards", "/api/v1/law/lists",
    "/api/v1/law/code-patterns", "/procedures", "/procedures/{code}", "/open-data/procedures.csv",
    "/open-data/procedures.json", "/open-data/fares.csv", "/open-data/fares.json",
    "/statistics", "/statistics/{day}", "/api/v1/statistics", "/api/v1/statistics/{day}",
    "/api/v1/statistics/{day}/data.csv",
    "/api/v1/feedback", "/api/v1/feedback/followed", "/api/v1/feedback/followed/supplement",
    "/api/v1/feedback/followed/erasure",
    "/api/v1/feedback/published", "/api/v1/ratings", "/feedback/follow", "/feedback/new", "/feedback/published",
    "/rate", "/published-reports", "/published-reports/{code}",
    "/api/v1/log/leaves", "/api/v1/receipts/verify", "/verify.py", "/verify", "/k", "/api/v1/apologies/public",
    "/apologies",
    # A partner's program is known by a signature over the body, which no middleware has read.
    "/api/v1/partners/{partner}/messages/{name}", "/api/v1/partners/{partner}/portal", "/api/v1/notices/reports",
    "/scan", "/scan/sw.js", "/scan/manifest.webmanifest", "/scan/enrol", "/scan/self-test", "/scan/settings",
    "/scan/camera",
}  # fmt: skip
"""Every route that asks nobody who they are: one more is a decision, made here."""


def stated():
    app = create_app(Settings(clock="simulated"))
    for route in app.routes:
        for method, (handler, _) in getattr(route, "route_handler_map", {}).items():
            if method != "OPTIONS":
                yield method, route.path_format, handler


def test_what_is_open_to_anybody_was_meant_to_be():
    assert {path for _, path, handler in stated() if access_of(handler).anonymous} <= OPEN_TO_ANYBODY


def test_answers_that_show_a_secret_are_never_kept():
    found = {(method, path): takes_key(path, handler, method) for method, path, handler in stated()}
    assert not any(found[route] for route in SHOWS_A_SECRET)


async def test_a_route_that_states_nothing_is_refused():
    @get("/")
    async def forgotten() -> None: ...

    request = RequestFactory(app=Litestar([forgotten])).get("/", user=ANONYMOUS)
    with pytest.raises(Forbidden):
        await guard(request, forgotten)
