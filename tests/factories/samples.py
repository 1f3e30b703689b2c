"""Bodies that fit the OpenAPI document, and every place in them where something may be put instead."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from postal.app import create_app
from postal.config import Settings
from postal.web.openapi import complete

APP = create_app(Settings(clock="simulated"))
DOCUMENT = complete(APP, APP.openapi_schema.to_schema())

FITTING = {
    r"[^ \t\r\n]": "Một cửa",
    r"^[A-Z0-9][A-Z0-9.\-]{1,34}$(?!\n)": "BC-530000",
    r"^[A-Za-z0-9][A-Za-z0-9._\-]{1,34}$(?!\n)": "nv-1",
    r"^[0-9]{2}([0-9]{3})?$(?!\n)": "01",
    r"^\+?[0-9 .\-()]{8,20}$(?!\n)": "0912 345 678",
    r"^[A-Za-z][A-Za-z0-9_.]{0,39}$(?!\n)": "cccd",
    r"^[A-Z0-9][A-Z0-9./\-Đ]{0,39}$(?!\n)": "12/PXL",
    r"^[!-?A-~]{1,64}@[!-?A-~]{1,190}$(?!\n)": "a@b.vn",
    r"^[A-Z0-9]{4,20}$(?!\n)": "046090001234",
    r"^[A-Za-z0-9.\-/]{1,40}$(?!\n)": "NP-1",
    r"^[a-z0-9_.]{1,40}$(?!\n)": "ems",
    r"^[a-z0-9_.]{1,64}$(?!\n)": "other",
    r"^[0-9]{4}$(?!\n)": "0000",
    r"^[0-9a-f]{64}$(?!\n)": "0" * 64,
    r"^[A-Za-z0-9._\-]{1,64}$(?!\n)": "epoch-1",
    r"^[A-Za-z0-9.\-/]{1,60}$(?!\n)": "NP-1",
    r"^[A-Za-z0-9.\-_]{1,64}$(?!\n)": "NP-1",
    r"^[A-Za-z0-9.\-/ ]{1,40}$(?!\n)": "BL 1/26",
    r"^[a-z][a-z0-9_.]{0,39}$(?!\n)": "other",
    r"^[!-~]([ -~]*[!-~])?$(?!\n)": "NS-123",
    r"^[A-Z0-9][A-Z0-9./\-]{0,39}$(?!\n)": "12/PXL",
    r"^[0-9]+$": "1",
    r"^[a-z0-9][a-z0-9\-]{1,39}$(?!\n)": "partner-1",
    r"^[A-Za-z0-9][A-Za-z0-9._/\-]{2,63}$(?!\n)": "QD-12/2026",
    r"^[A-Z][A-Z0-9_]{1,34}$(?!\n)": "ITEM",
    r"^[0-9A-Za-z./\-]+$(?!\n)": "12/QD",
    r"^[A-Z0-9][A-Z0-9.\-]{0,39}$(?!\n)": "TK",
    r"^[a-z][a-z0-9_]{1,39}$(?!\n)": "own_2027",
    r"^[a-z0-9_]+(\.[a-z0-9_]+)*$(?!\n)": "fare.inner",
    r"^[a-z_]{1,30}$(?!\n)": "desk",
    r"^([0-9]{2}|VN)$(?!\n)": "VN",
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$(?!\n)": "07:30",
}
"""Text that fits each pattern of the document; a new pattern is added here."""

FORMATS = {
    "date-time": "2026-11-23T08:00:00+07:00",
    "date": "2026-11-23",
    "uuid": "019a0000-0000-7000-8000-000000000000",
}

Place = tuple[str | int, ...]


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give the path, method and description of every operation."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield path, method.upper(), operation


def body_schema(operation: dict[str, Any]) -> dict[str, Any] | None:
    """Give the schema of an operation's body, if it takes one."""
    content = operation.get("requestBody", {}).get("content", {})
    return content["application/json"]["schema"] if "application/json" in content else None


def asked_with(path: str, operation: dict[str, Any], name: str, value: str) -> str:
    """Write an address with one query parameter as given, and samples of the others that must be there."""
    others = [
        f"{one['name']}={sample(one['schema'])}"
        for one in operation.get("parameters", ())
        if one["in"] == "query" and one.get("required") and one["name"] != name
    ]
    return f"{path}?{'&'.join([f'{name}={value}', *others])}"


def plain(schema: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference, and take of several forms the first that is not null."""
    if "$ref" in schema:
        return plain(DOCUMENT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    if "anyOf" in schema:
        return plain(next(one for one in schema["anyOf"] if one != {"type": "null"}))
    return schema


def sample(schema: dict[str, Any]) -> Any:
    """Make a value that fits a schema, with every property that it knows."""
    schema = plain(schema)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    kind = schema.get("type")
    if kind == "object":
        return {name: sample(inner) for name, inner in schema.get("properties", {}).items()}
    if kind == "array":
        return [sample(schema["items"])] if schema.get("items") else []
    if kind == "string":
        if "pattern" in schema:
            return FITTING[schema["pattern"]]
        return FORMATS.get(schema.get("format", ""), "x" * max(1, schema.get("minLength", 1)))
    return {"integer": schema.get("minimum", 1), "number": 1.5, "boolean": True}[kind or ""]


def places(schema: dict[str, Any], kind: str, at: Place = ()) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Give every place in the sample of a schema that holds a value of some type, with its own schema."""
    schema = plain(schema)
    if schema.get("type") == kind and "const" not in schema and "enum" not in schema:
        yield at, schema
    for name, inner in schema.get("properties", {}).items():
        yield from places(inner, kind, (*at, name))
    if schema.get("type") == "array" and schema.get("items"):
        yield from places(schema["items"], kind, (*at, 0))


def put(body: Any, place: Place, value: Any) -> Any:
    """Give a copy of a body with another value at one place."""
    if not place:
        return value
    changed = deepcopy(body)
    at = changed
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = value
    return changed


def pointer_of(place: Place) -> str:
    """Write a place as a JSON pointer."""
    return "".join(f"/{step}" for step in place)
