"""What a typed reader would let pass in the query of an address: repetition, `null`, numbers for instants.

msgspec reads the text of an address leniently, as it must; these three readings would surprise whoever sent them, so
they are refused before it reads.
"""

from collections.abc import Iterator
from datetime import date, datetime
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin
from urllib.parse import parse_qsl
from weakref import WeakKeyDictionary

from litestar import Request
from litestar.handlers import BaseRouteHandler

from postal.errors import BadInput
from postal.http.moments import far, is_far
from postal.http.pointers import pointer

_types_of: WeakKeyDictionary[BaseRouteHandler, dict[str, frozenset[Any]]] = WeakKeyDictionary()


def in_address(handler: BaseRouteHandler, name: str) -> str:
    """Give the name in addresses of a handler's parameter."""
    return _names_of(handler).get(name, name)


async def check_query(request: Request[Any, Any, Any]) -> None:
    """Refuse what may not stand in the query of an address; unknown parameters are nobody's business.

    It waits for nothing, but Litestar would run a plain function in a thread, for every request.
    """
    query = request.scope.get("query_string", b"")
    if not query:
        return
    declared = _types(request.scope["route_handler"])
    seen: set[str] = set()
    for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
        if name not in declared:
            continue
        if name in seen and list not in declared[name]:
            raise _refused(name, "Tham số lặp lại", "The parameter is repeated")
        seen.add(name)
        _check_value(name, value, declared[name])


def _check_value(name: str, value: str, types: frozenset[Any]) -> None:
    if str in types:
        return
    if value.lower() == "null":
        raise _refused(
            name, "Bỏ tham số thay vì gửi `null`", "Leave the parameter out instead of sending `null`"
        )
    if types & {date, datetime}:
        if not value[4:5] == "-":
            raise _refused(name, "Không phải thời điểm RFC 3339", "Not an RFC 3339 date or instant")
        if is_far(value[:4]):
            raise far(pointer(["query", name]))


def _refused(name: str, vi: str, en: str) -> BadInput:
    return BadInput("request.invalid", vi=vi, en=en, pointer=pointer(["query", name]))


def _types(handler: BaseRouteHandler) -> dict[str, frozenset[Any]]:
    """Give the types of a handler's parameters by their names in addresses."""
    if (types := _types_of.get(handler)) is None:
        names = _names_of(handler)
        fields = handler.parsed_fn_signature.parameters
        types = {names[name]: frozenset(_plain(field.raw)) for name, field in fields.items()}
        _types_of[handler] = types
    return types


def _names_of(handler: BaseRouteHandler) -> dict[str, str]:
    """Give the names in addresses of a handler's parameters by their names in Python."""
    fields = handler.parsed_fn_signature.parameters
    return {
        name: getattr(field.kwarg_definition, "query", None)
        or getattr(field.kwarg_definition, "name", None)
        or name
        for name, field in fields.items()
    }


def _plain(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) in {Annotated, Union, UnionType}:
        for part in get_args(annotation):
            yield from _plain(part)
    elif get_origin(annotation) is list:
        # A list is written by repeating its name.
        yield list
        for part in get_args(annotation):
            yield from _plain(part)
    elif isinstance(annotation, type):
        yield annotation
