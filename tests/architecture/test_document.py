"""The OpenAPI document is one that a person, a generated client and a fuzzer can all work with."""

import re
from collections.abc import Iterator

import pytest
import schemathesis

from postal.app import create_app
from postal.config import Settings
from postal.http.problems import PROBLEM_MEDIA_TYPE
from postal.web.bodies import answer_of, body_of
from postal.web.links import LINKS
from postal.web.openapi import complete

VERBS = {
    "append", "arrive", "ask", "assign", "attach", "cancel", "capture", "change", "check", "close",
    "collect", "complete", "correct", "count", "create", "depart", "describe", "dispatch", "end", "enrol",
    "erase", "export", "get", "hand", "invite", "list", "load", "make", "move", "open", "plan", "publish",
    "query", "rate", "recall", "receive", "redirect", "refund", "refuse", "register", "replace", "replay",
    "resolve", "resume", "revoke", "rotate", "run", "seal", "send", "set", "settle", "sign", "state",
    "supplement", "take", "track", "unload", "unlock", "upload", "verify", "withdraw",
}  # fmt: skip

APP = create_app(Settings(clock="simulated"))
DOCUMENT = complete(APP, APP.openapi_schema.to_schema())
OPERATIONS = {
    operation["operationId"]: (path, method, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
EVERY = pytest.mark.parametrize("name", sorted(OPERATIONS))


def handlers():
    for route in APP.routes:
        for handler, _ in getattr(route, "route_handler_map", {}).values():
            if handler.operation_id in OPERATIONS:
                yield handler


def schemas(value, at="") -> Iterator[tuple[str, dict]]:
    """Walk every schema below a value, with where it stands."""
    if isinstance(value, dict):
        if "type" in value or "$ref" in value or "anyOf" in value:
            yield at, value
        for key, item in value.items():
            yield from schemas(item, f"{at}/{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from schemas(item, f"{at}/{index}")


def sent() -> Iterator[tuple[str, dict]]:
    """Walk every schema of what callers send: parameters, bodies, and the components that those use."""
    waiting = [
        (f"{name}/{part}", operation.get(part))
        for name, (_, _, operation) in OPERATIONS.items()
        for part in ("parameters", "requestBody")
    ]
    seen = set()
    while waiting:
        at, value = waiting.pop()
        for place, schema in schemas(value, at):
            yield place, schema
            name = schema.get("$ref", "").removeprefix("#/components/schemas/")
            if name and name not in seen:
                seen.add(name)
                waiting.append((name, DOCUMENT["components"]["schemas"][name]))


def test_it_is_valid_openapi():
    assert DOCUMENT["openapi"].startswith("3.1")
    schemathesis.openapi.from_dict(DOCUMENT).validate()


@EVERY
def test_an_operation_is_called_by_a_verb_and_what_it_is_done_to(name):
    match = re.fullmatch(r"([a-z]+)([A-Z][A-Za-z]*)", name)
    assert match, "lowerCamelCase, verb first"
    assert match[1] in VERBS, "a verb of the list; a new one is added there"


@EVERY
def test_an_operation_is_explained(name):
    path, _, operation = OPERATIONS[name]
    assert operation["summary"]
    assert operation["description"]
    assert operation["tags"]
    placed = {parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "path"}
    assert placed == set(re.findall(r"{(\w+)}", path))


@EVERY
def test_an_operation_says_who_may_call_it(name):
    security = OPERATIONS[name][2].get("security", DOCUMENT["security"])
    assert {"bearer": []} in security
    assert "401" in OPERATIONS[name][2]["responses"] or {} in security


@EVERY
def test_a_refusal_is_a_problem_document_with_its_headers(name):
    for status, answer in OPERATIONS[name][2]["responses"].items():
        if (name, status) == ("checkReadiness", "503"):
            continue
        assert "X-Request-Id" in answer["headers"]
        if PROBLEM_MEDIA_TYPE in answer.get("content", {}):
            assert ("WWW-Authenticate" in answer["headers"]) == (status == "401")
            assert ("Retry-After" in answer["headers"]) == (status in {"429", "503"})
            assert "Content-Language" in answer["headers"]


def test_the_form_of_every_body_and_answer_is_known():
    for handler in handlers():
        assert str(answer_of(handler)) != "typing.Any", handler.operation_id
        assert str(body_of(handler)) != "typing.Any", handler.operation_id
    loose = [
        at
        for at, schema in schemas(DOCUMENT["components"]["schemas"])
        if schema.get("type") == "array" and not (schema.get("items") or schema.get("prefixItems"))
    ]
    assert not loose


def test_what_is_sent_has_bounds():
    """A whole number has both ends, within what PostgreSQL's bigint holds; a list has a most; a text has a most."""
    wrong = []
    for at, schema in sent():
        kind = schema.get("type")
        if kind == "integer" and not (
            schema.get("minimum", -(2**70)) >= -(2**63) and schema.get("maximum", 2**70) < 2**63
        ):
            wrong.append(at)
        if kind == "array" and "maxItems" not in schema:
            wrong.append(at)
        if kind == "string" and not ({"maxLength", "pattern", "format", "enum", "const"} & set(schema)):
            wrong.append(at)
    assert not wrong


def test_patterns_mean_the_same_everywhere():
    """`$` alone lets a line feed follow in Python and nowhere else; `\\d`, `\\w` take other scripts there."""
    wrong = [
        (at, schema["pattern"])
        for at, schema in sent()
        if "pattern" in schema
        and (re.search(r"\\[dwsDWSZA]", schema["pattern"]) or (schema["pattern"].endswith("$")))
    ]
    assert not wrong


def test_what_a_group_of_routes_refuses_and_what_one_of_them_does_add_up():
    assert {"404", "409"} <= OPERATIONS["eraseOwnFeedback"][2]["responses"].keys()


def test_links_lead_to_operations_that_take_what_they_carry():
    for link in LINKS:
        assert link.after in OPERATIONS, link
        for target in link.to:
            path, _, _ = OPERATIONS[target]
            assert re.findall(r"{(\w+)}", path) == [link.parameter], (link, target)


def test_whoever_makes_a_thing_is_told_where_it_leads():
    made = {
        name
        for name, (_, method, operation) in OPERATIONS.items()
        if method == "post" and "201" in operation["responses"]
    }
    # A session and an enrolled device are not things that have an address.
    lead_nowhere = {"signIn", "enrolDevice", "assignRole", "inviteDevice"}
    assert made - lead_nowhere <= {link.after for link in LINKS}
