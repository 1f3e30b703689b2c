"""The answers, parameters and headers that operations share, written into each of them."""

from typing import Any

from litestar.handlers import HTTPRouteHandler

from postal.http.idempotency import takes_key
from postal.http.limits import UNLIMITED_OPT
from postal.http.problems import PROBLEM_MEDIA_TYPE, REFUSES, TITLES
from postal.http.requests import RAW_BODY
from postal.identity.access import access_of
from postal.web.bodies import body_of

PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "RFC 9457. Further members depend on the code.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "description": "Address of the code's explanation"},
        "title": {"type": "string", "description": "The status in words"},
        "status": {"type": "integer"},
        "detail": {
            "type": "string",
            "description": "What went wrong and what to do, in the caller's language",
        },
        "code": {"type": "string", "description": "Stable; what programs should look at"},
        "pointer": {"type": "string", "description": "JSON pointer to the field at fault"},
        "instance": {"type": "string", "description": "Request id, also in X-Request-Id"},
    },
    "additionalProperties": True,
}
_TEXT = {"type": "string"}
_SECONDS = {"type": "string", "pattern": "^[0-9]+$"}
_HEADERS: dict[int, dict[str, Any]] = {
    401: {
        "WWW-Authenticate": {
            "description": "Always `Bearer`",
            "required": True,
            "schema": {"const": "Bearer", "type": "string"},
        }
    },
    429: {"Retry-After": {"description": "Seconds to wait", "required": True, "schema": _SECONDS}},
    503: {"Retry-After": {"description": "Seconds to wait", "required": True, "schema": _SECONDS}},
}
_REQUEST_ID = {
    "X-Request-Id": {
        "description": "Names this request in our logs",
        "required": True,
        "schema": {"type": "string", "minLength": 1},
    }
}
_LINK = {"Link": {"description": '`rel="next"`: the next page, if there is one', "schema": _TEXT}}
_LANGUAGE = {
    "Content-Language": {
        "description": "`vi` or `en`",
        "required": True,
        "schema": {"type": "string", "enum": ["vi", "en"]},
    }
}
_REPLAYED = {
    "Idempotency-Replayed": {
        "description": "`true` when this is the stored answer to an earlier request with this key",
        "schema": {"type": "string", "const": "true"},
    }
}
_KEY_HEADER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A repetition with the same key within 30 days gives the stored answer and has no second effect",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$(?!\\n)"},
}


def write_answers(operation: dict[str, Any], path: str, handler: HTTPRouteHandler, method: str) -> None:
    """Write into an operation what it shares with others."""
    keyed = takes_key(path, handler, method)
    if keyed:
        parameters = operation.setdefault("parameters", [])
        if _KEY_HEADER not in parameters:
            parameters.append(_KEY_HEADER)
    responses = operation.setdefault("responses", {})
    for status in _statuses(operation, handler, method):
        responses[str(status)] = {
            "description": TITLES[status][1],
            "headers": _REQUEST_ID | _LANGUAGE | _HEADERS.get(status, {}),
            "content": {PROBLEM_MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    for success in [answer for status, answer in responses.items() if status < "300"]:
        success["headers"] = (
            success.get("headers", {})
            | _REQUEST_ID
            | (_LINK if _is_paged(operation) else {})
            | (_REPLAYED if keyed else {})
        )
    access = access_of(handler)
    if access is not None and access.anonymous:
        operation["security"] = [{}, {"bearer": []}]


def _is_paged(operation: dict[str, Any]) -> bool:
    return any(parameter["name"] == "cursor" for parameter in operation.get("parameters", ()))


def _names_a_thing(operation: dict[str, Any]) -> bool:
    return any(parameter.get("in") == "path" for parameter in operation.get("parameters", ()))


def _takes_time(operation: dict[str, Any]) -> bool:
    return any(
        parameter["schema"].get("format") in {"date", "date-time"}
        for parameter in operation.get("parameters", ())
    )


def _statuses(operation: dict[str, Any], handler: HTTPRouteHandler, method: str) -> list[int]:
    """Say which refusals follow from an operation's form, and which the route states itself."""
    access = access_of(handler)
    open_to_all = access is not None and access.anonymous
    unsafe = method not in {"GET", "HEAD"}
    has_body = body_of(handler) is not None or RAW_BODY in handler.opt
    applies = {
        400: True,
        # Also where nobody need have a key: one that is sent must be good.
        401: True,
        # A role is missing, a right over what is named is, or another site's page sent it.
        403: unsafe or access is None or access.roles is not None,
        # What the path or the body names is not there, or not for this caller.
        404: (has_body and not open_to_all) or _names_a_thing(operation),
        409: unsafe,
        413: has_body,
        415: has_body,
        422: unsafe or _takes_time(operation),
        429: not handler.opt.get(UNLIMITED_OPT),
        500: True,
        503: True,
    }
    stated = {status for key, status in handler.opt.items() if key.startswith(REFUSES)}
    described = set(handler.responses or ())
    return sorted({status for status, true in applies.items() if true} - described | stated)
