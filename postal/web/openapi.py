"""The OpenAPI document: Litestar's, and the answers that every operation shares.

Problems, credentials and the idempotency key are the same everywhere, so they are written in here for each operation
rather than by hand at each handler.
"""

from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Litestar, Request, Router
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, Contact, License, SecurityScheme, Tag
from litestar.types import ControllerRouterHandler

from postal.http.idempotency import takes_key
from postal.http.problems import PROBLEM_MEDIA_TYPE, TITLES
from postal.identity.access import ANYONE, access_of

API_VERSION = "1.0"
"""Of the surface, not of the program: it changes when a client must."""

DESCRIPTION = """Hồ sơ đi qua bưu chính công ích: ai đang giữ, bảng kê nào khớp, mất bao lâu.

Dossiers over Vietnam's public post: who holds what, which manifests reconcile, how long each party took.

Errors are RFC 9457 problem documents with a stable `code`, explained at `/problems/{code}`; their text is in
Vietnamese, or English by `Accept-Language`. Times are RFC 3339 with an offset. Lists page by an opaque cursor.
"""

TAGS = {
    "scans": "What hands did",
    "dossiers": "Dossiers and their case",
    "pieces": "Pieces of any kind: holder, timeline",
    "items": "Items, bags and labels",
    "manifests": "Manifests and their reconciliation",
    "discrepancies": "Cases that reconciliation opened",
    "tracking": "What anybody may see",
    "feed": "Everything that happened, in one order, for programs that follow",
    "clocks": "Time limits and lead times",
    "law": "Procedures and their rules, with citations",
    "network": "Organisations and administrative units",
    "identity": "People, devices, keys and sessions",
    "system": "Clock, health, documentation",
}

ITEMS = "items_read_one_by_one"
"""In `opt`: body Struct to (field, item Struct), where a list is typed loosely so that one bad item spoils no other."""

_PROBLEM_SCHEMA: dict[str, Any] = {
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
_KEY_HEADER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A repetition with the same key within 30 days gives the stored answer and has no second effect",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
_REQUEST_METHODS = ("get", "put", "post", "delete", "patch")


class SchemaRouter(Router):
    """Litestar adds a handler that answers unknown schema addresses with HTML; ours are problems like any other."""

    def register(self, value: ControllerRouterHandler) -> list[Any]:
        """Register all but that one."""
        if isinstance(value, HTTPRouteHandler) and "/{path:str}" in value.paths:
            return []
        return super().register(value)


class SharedAnswers(JsonRenderPlugin):
    """Serves the document with the shared answers written in."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Render the whole document."""
        return self.render_json(request, complete(request.app, openapi_schema))


def openapi_config() -> OpenAPIConfig:
    """Describe the API as a whole."""
    return OpenAPIConfig(
        title="Postal",
        version=API_VERSION,
        description=DESCRIPTION,
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        contact=Contact(name="Postal"),
        tags=[Tag(name=name, description=text) for name, text in TAGS.items()],
        security=[{"bearer": []}],
        components=Components(
            security_schemes={
                "bearer": SecurityScheme(
                    type="http", scheme="bearer", description="An API key: `Authorization: Bearer KEY`"
                )
            }
        ),
        use_handler_docstrings=True,
        render_plugins=[SharedAnswers(path="/openapi.json")],
        openapi_router=SchemaRouter("/schema", route_handlers=[], opt=dict(ANYONE), include_in_schema=False),
    )


def complete(app: Litestar, document: dict[str, Any]) -> dict[str, Any]:
    """Write problems, credentials and the idempotency key into every operation; doing it again changes nothing."""
    document.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _PROBLEM_SCHEMA
    for route in app.routes:
        operations = document["paths"].get(getattr(route, "path_format", "") or "/")
        if operations is None:
            continue
        for method, (handler, _) in getattr(route, "route_handler_map", {}).items():
            if method.lower() in _REQUEST_METHODS and method.lower() in operations:
                _share(operations[method.lower()], route.path, handler, method)
                _describe_items(document["components"]["schemas"], handler)
    return document


def _describe_items(schemas: dict[str, Any], handler: HTTPRouteHandler) -> None:
    """Write the form of list items that a handler reads one by one, as its `opt[ITEMS]` states it."""
    for body, (field, item) in handler.opt.get(ITEMS, {}).items():
        [reference], components = msgspec.json.schema_components(
            [item], ref_template="#/components/schemas/{name}"
        )
        for name, schema in components.items():
            schemas.setdefault(name, schema)
        schemas[body.__name__]["properties"][field]["items"] = reference


def _share(operation: dict[str, Any], path: str, handler: HTTPRouteHandler, method: str) -> None:
    responses = operation.setdefault("responses", {})
    for status in _statuses(operation, handler, method):
        responses[str(status)] = {
            "description": TITLES[status][1],
            "content": {PROBLEM_MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    access = access_of(handler)
    if access is not None and access.anonymous:
        operation["security"] = [{}, {"bearer": []}]
    if takes_key(path, handler, method):
        parameters = operation.setdefault("parameters", [])
        if _KEY_HEADER not in parameters:
            parameters.append(_KEY_HEADER)


def _statuses(operation: dict[str, Any], handler: HTTPRouteHandler, method: str) -> list[int]:
    access = access_of(handler)
    unsafe = method not in {"GET", "HEAD"}
    applies = {
        400: True,
        401: access is None or not access.anonymous,
        403: access is None or access.roles is not None,
        404: any(parameter.get("in") == "path" for parameter in operation.get("parameters", ())),
        409: unsafe,
        413: "requestBody" in operation,
        422: unsafe,
        429: True,
        500: True,
        503: True,
    }
    return [HTTPStatus(status).value for status, true in applies.items() if true]
