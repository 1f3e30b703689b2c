"""The OpenAPI document: Litestar's paths and parameters, completed.

`answers.py` writes what operations share, `bodies.py` the schemas of what is sent and answered, `links.py` what may
follow what, `naming.py` gives the schemas names of their own; so no handler states any of it by hand.
"""

from typing import Any

from litestar import Litestar, Request, Router
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, Contact, License, SecurityScheme, Tag
from litestar.types import ControllerRouterHandler

from postal.identity.access import ANYONE
from postal.web.answers import PROBLEM_SCHEMA, write_answers
from postal.web.bodies import write_bodies
from postal.web.links import write_links
from postal.web.naming import write_names

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
    "fees": "Money of dossiers: collected, refunded, remitted, in hand",
    "files": "Photos, signatures and scans of papers: attached, read, proven",
    "discrepancies": "Cases that reconciliation opened",
    "incidents": "Lost and damaged pieces, compensation, claims",
    "receipts": "What both parties of a handover keep, and whether it is right",
    "log": "The signed Merkle log over every row, by hashes alone",
    "tracking": "What anybody may see",
    "ratings": "What citizens think of delivered dossiers",
    "inspections": "Surprise checks of a sample of dossiers against their papers",
    "privacy": "What people ask about their own data: access, correction, erasure",
    "feedback": "Feedback, petitions and the hotline: taken, answered, published",
    "notices": "What gateways report of messages to citizens",
    "feed": "Everything that happened, in one order, for programs that follow",
    "portal": "The national portal's fields, both ways",
    "partners": "Programs of others, and the messages that they send",
    "post": "The post's own system: orders to collect at home, despatches announced and answered",
    "epcis": "EPCIS 2.0: events of a supply chain, captured and queried",
    "deliveries": "What goes to programs of others: what waits, what failed, sending it again",
    "imports": "Files of agencies: brought, tried, imported, and what was refused",
    "exports": "Event logs for process mining",
    "figures": "What leaders read: sums, and the dossiers behind each",
    "statistics": "What is published each day, as open data",
    "clocks": "Time limits and lead times",
    "calendars": "Working calendars, and decisions that change them",
    "steps": "Steps of a case: waiting and work, and what did not go as the process says",
    "apologies": "Apologies for what is late, and the one re-appointment",
    "law": "Procedures and their rules, with citations",
    "reports": "Reports that are owed, computed, published and frozen",
    "network": "Organisations and administrative units",
    "identity": "People, devices, keys and sessions",
    "system": "Clock, health, documentation",
}

_RENDERED = "openapi_rendered"
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
        """Render the whole document, once for each process."""
        rendered: bytes | None = request.app.state.get(_RENDERED)
        if rendered is None:
            rendered = self.render_json(request, complete(request.app, openapi_schema))
            request.app.state[_RENDERED] = rendered
        return rendered


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
    schemas = document["components"].setdefault("schemas", {})
    if "Problem" in schemas:
        return document
    operations = _operations(app, document)
    for operation, route, handler, method in operations:
        for parameter in operation.get("parameters", ()):
            _tidy(parameter)
        write_answers(operation, route, handler, method)
    schemas["Problem"] = PROBLEM_SCHEMA
    write_bodies(document, [(operation, handler) for operation, _, handler, _ in operations])
    write_links({operation["operationId"]: operation for operation, _, _, _ in operations})
    write_names(document)
    return document


def _operations(
    app: Litestar, document: dict[str, Any]
) -> list[tuple[dict[str, Any], str, HTTPRouteHandler, str]]:
    """Pair the document's operations with their routes."""
    found = []
    for route in app.routes:
        described = document["paths"].get(getattr(route, "path_format", "") or "/", {})
        for method, (handler, _) in getattr(route, "route_handler_map", {}).items():
            if method.lower() in _REQUEST_METHODS and method.lower() in described:
                found.append((described[method.lower()], route.path, handler, method))
    return found


def _tidy(parameter: dict[str, Any]) -> None:
    """Take out what says nothing, and `null`: a parameter of an address is absent or it has a value."""
    for name in ("deprecated", "allowEmptyValue", "allowReserved"):
        if parameter.get(name) is False:
            del parameter[name]
    schema = parameter["schema"]
    schema.pop("description", None)
    for form in ("oneOf", "allOf"):
        some = [one for one in schema.get(form, ()) if one != {"type": "null"}]
        if len(some) == 1:
            del schema[form]
            # What the parameter itself says of its values goes before what their type says.
            schema.update({**some[0], **schema})
    for bound in ("minimum", "maximum"):
        if bound in schema:
            schema[bound] = int(schema[bound])
