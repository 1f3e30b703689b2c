"""Every route says who may call it, what it is called, and how it refuses; and the document says the same."""

import json

import pytest
from litestar.routes import HTTPRoute

from postal.app import create_app
from postal.config import Settings
from postal.http.idempotency import OPT as IDEMPOTENCY
from postal.http.idempotency import takes_key
from postal.http.limits import UNLIMITED_OPT
from postal.http.problems import PROBLEM_MEDIA_TYPE
from postal.identity.access import access_of
from postal.web.catalogue import raised
from postal.web.openapi import TAGS, complete

PREFIX = "/api/v1"
# Only in a simulated system; see the second application below.
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


def build(clock):
    app = create_app(Settings(clock=clock))
    return app, complete(app, app.openapi_schema.to_schema())


APP, DOCUMENT = build("simulated")
OPERATIONS = [
    pytest.param(route, method, handler, id=f"{method} {route.path}")
    # Sorted, since a handler of several paths has them in a set and every process must collect alike.
    for route in sorted(APP.routes, key=lambda route: route.path)
    if isinstance(route, HTTPRoute)
    for method, (handler, _) in sorted(route.route_handler_map.items())
    if method != "OPTIONS"
]
API = [one for one in OPERATIONS if one.values[0].path.startswith(PREFIX)]


@pytest.mark.parametrize(("route", "method", "handler"), OPERATIONS)
def test_every_route_states_who_may_call_it(route, method, handler):
    assert access_of(handler) is not None, "closed to everybody: state the access in opt"


@pytest.mark.parametrize(("route", "method", "handler"), API)
def test_every_route_of_the_api_is_documented(route, method, handler):
    operation = DOCUMENT["paths"][route.path_format][method.lower()]
    assert handler.operation_id, "state operation_id"
    assert operation["operationId"] == handler.operation_id
    assert handler.summary, "state summary"
    assert operation.get("tags"), "state tags"
    assert set(operation["tags"]) <= set(TAGS), "use the tags of postal.web.openapi.TAGS"


@pytest.mark.parametrize(("route", "method", "handler"), API)
def test_every_route_of_the_api_documents_its_problems(route, method, handler):
    responses = DOCUMENT["paths"][route.path_format][method.lower()]["responses"]
    expected = {"400", "500", "503"}
    if not handler.opt.get(UNLIMITED_OPT):
        expected.add("429")
    if not access_of(handler).anonymous:
        expected.add("401")
    if "{" in route.path:
        expected.add("404")
    if method in UNSAFE:
        expected |= {"409", "422"}
    assert expected <= set(responses)
    for status in expected:
        schema = responses[status]["content"][PROBLEM_MEDIA_TYPE]["schema"]
        assert schema == {"$ref": "#/components/schemas/Problem"}
    assert any(status.startswith(("2", "3")) for status in responses)


@pytest.mark.parametrize(("route", "method", "handler"), [one for one in API if one.values[1] in UNSAFE])
def test_every_unsafe_route_but_scans_takes_an_idempotency_key_or_says_why_not(route, method, handler):
    names = [
        one["name"] for one in DOCUMENT["paths"][route.path_format][method.lower()].get("parameters", ())
    ]
    wanted = route.path != f"{PREFIX}/scans" and handler.opt.get(IDEMPOTENCY, True)
    assert takes_key(route.path, handler, method) is bool(wanted)
    assert ("Idempotency-Key" in names) is bool(wanted)


def test_the_document_has_the_routes_and_nothing_else():
    routed = {(one.values[0].path_format, one.values[1].lower()) for one in API}
    documented = {
        (path, method)
        for path, operations in DOCUMENT["paths"].items()
        if path.startswith(PREFIX)
        for method in operations
    }
    assert documented == routed


def test_operation_ids_are_unique():
    names = [operation["operationId"] for path in DOCUMENT["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names))


def test_completing_the_document_again_changes_nothing():
    before = json.dumps(DOCUMENT, sort_keys=True, default=str)
    assert json.dumps(complete(APP, DOCUMENT), sort_keys=True, default=str) == before


def test_every_reference_of_the_document_leads_somewhere():
    def references(value):
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                yield value["$ref"]
            for item in value.values():
                yield from references(item)
        elif isinstance(value, list):
            for item in value:
                yield from references(item)

    for reference in references(DOCUMENT):
        at = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            at = at[step.replace("~1", "/")]


def test_the_clock_can_be_moved_in_simulated_mode_alone():
    _, real = build("real")
    assert "put" in DOCUMENT["paths"][f"{PREFIX}/clock"]
    assert "put" not in real["paths"][f"{PREFIX}/clock"]


def test_every_problem_code_is_well_formed_and_has_one_status():
    statuses = {}
    for code in raised():
        words = code.code.split(".")
        assert len(words) >= 2, code
        assert all(word.replace("_", "a").isalnum() and word == word.lower() for word in words), code
        assert statuses.setdefault(code.code, code.status) == code.status, code
        assert code.vi, code
        assert code.en, code


def test_the_form_of_a_scan_is_documented_although_each_is_read_on_its_own():
    schemas = DOCUMENT["components"]["schemas"]
    assert schemas["ScanBatch"]["properties"]["scans"]["items"] == {"$ref": "#/components/schemas/ScanUpload"}
    assert {"id", "seq", "kind", "code", "occurred_at"} <= set(schemas["ScanUpload"]["required"])
