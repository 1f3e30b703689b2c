"""The schemas of bodies and answers, by the library that reads and writes them.

Litestar's own schemas forget the items of a bounded list and the bounds of nested text; msgspec's are what msgspec
does, so a client that keeps to them is understood, and one that does not is refused.
"""

from collections.abc import Iterable, Iterator
from typing import Any, get_args, get_origin

import msgspec
from litestar import Response
from litestar.handlers import HTTPRouteHandler

from postal.http.requests import ITEMS, RAW_ANSWER, RAW_BODY

JSON = "application/json"
COMPONENTS = "#/components/schemas/"


def body_of(handler: HTTPRouteHandler) -> Any:
    """Give the type of a handler's body, or None."""
    field = handler.parsed_fn_signature.parameters.get("data")
    return None if field is None else field.raw


def answer_of(handler: HTTPRouteHandler) -> Any:
    """Give the type of a handler's answer; `Response[T]` answers with T. Bytes have none."""
    if RAW_ANSWER in handler.opt:
        return None
    answer = handler.parsed_fn_signature.return_type.raw
    if get_origin(answer) is Response:
        answer = get_args(answer)[0]
    return None if answer is type(None) else answer


def write_bodies(document: dict[str, Any], operations: list[tuple[dict[str, Any], HTTPRouteHandler]]) -> None:
    """Replace the schemas of every body and answer, and drop components that nothing refers to any more."""
    loose = [entry for _, handler in operations for entry in handler.opt.get(ITEMS, {}).items()]
    types = [*_types(operations), *(item for _, (_, item) in loose)]
    schemas, components = msgspec.json.schema_components(types, ref_template=COMPONENTS + "{name}")
    found = iter(schemas)
    for operation, handler in operations:
        if body_of(handler) is not None:
            operation["requestBody"]["content"] = {JSON: {"schema": next(found)}}
        elif raw := handler.opt.get(RAW_BODY):
            operation["requestBody"] = {"required": True, "content": _sent_bytes(raw)}
        success = next(answer for status, answer in operation["responses"].items() if status < "300")
        success.pop("content", None)
        if answer_of(handler) is not None:
            success["content"] = {JSON: {"schema": next(found)}}
        elif raw := handler.opt.get(RAW_ANSWER):
            success["content"] = _bytes(raw)
    for body, (field, _) in loose:
        components[body.__name__]["properties"][field]["items"] = next(found)
    earlier = document["components"]["schemas"]
    document["components"]["schemas"] = components
    for name in sorted(_references(document)):
        if name not in components:
            components[name] = earlier[name]


def _types(operations: list[tuple[dict[str, Any], HTTPRouteHandler]]) -> Iterator[Any]:
    for _, handler in operations:
        yield from (one for one in (body_of(handler), answer_of(handler)) if one is not None)


def _bytes(media: Iterable[str]) -> dict[str, Any]:
    return {each: {"schema": _form(each)} for each in media}


def _sent_bytes(media: Iterable[str]) -> dict[str, Any]:
    """Say that bytes are sent; text as well, whose bound is that of the body."""
    return {
        each: {
            "schema": {"type": "object"} if each.endswith("json") else {"type": "string", "format": "binary"}
        }
        for each in media
    }


def _form(media: str) -> dict[str, Any]:
    """Say what bytes are to who reads them: JSON that streams has a form that another standard states."""
    if media == JSON:
        return {"type": "object"}
    return {"type": "string"} if media.startswith("text/") else {"type": "string", "format": "binary"}


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(reference := value.get("$ref"), str):
            yield reference.removeprefix(COMPONENTS)
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)
