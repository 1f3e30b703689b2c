"""Names of the document's schemas, as a generator of clients needs them: one name, one meaning.

Two nouns may each have a `State`. The libraries tell them apart by the path of a module, which says how we keep our
files and gives both the same title; here they are `ManifestsState` and `FeedbackState`.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

PREFIX = "#/components/schemas/"
_PACKAGES = frozenset({"postal", "shipments", "manifests", "integrations"})
_PAGE = re.compile(r"Page\[(\w+)\]")


def write_names(document: dict[str, Any]) -> None:
    """Rename the components, and make one of those that say the same."""
    given: dict[str, dict[str, Any]] = document["components"]["schemas"]
    named = names_of(given)
    for node in _nodes(document):
        if isinstance(reference := node.get("$ref"), str) and reference.startswith(PREFIX):
            node["$ref"] = PREFIX + named[reference.removeprefix(PREFIX)]
        if node.get("items") is False and node.get("maxItems") == len(node.get("prefixItems", ())):
            # Says again what `maxItems` says, in a form that generators do not read.
            del node["items"]
        if node.get("enum") in ([True], [False]):
            # So does an enumeration of one.
            node["const"], node["type"] = node.pop("enum")[0], "boolean"
    document["components"]["schemas"] = {
        named[key]: {**schema, "title": named[key]} for key, schema in sorted(given.items())
    }


def names_of(given: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Give the new name of each component: its title, with its noun before it where another one has that title."""
    titled: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for key, schema in given.items():
        titled[_PAGE.sub(r"\1Page", schema.get("title", key))][_meaning(schema)].append(key)
    named = {}
    for title, meanings in titled.items():
        for keys in meanings.values():
            noun = "" if len(meanings) == 1 else _noun(keys, title)
            named.update(dict.fromkeys(keys, noun + title))
    return named


def _meaning(schema: dict[str, Any]) -> str:
    """Give what a schema says, whichever library wrote it."""
    if "enum" in schema:
        return json.dumps(sorted(schema["enum"], key=str))
    return json.dumps(schema, sort_keys=True, default=str)


def _noun(keys: list[str], title: str) -> str:
    """Give the folder that a component comes from, read from its path in dots if it has one, else in underlines."""
    longest = max(keys, key=lambda key: ("." in key, len(key)))
    path = longest.split("." if "." in longest else "_")
    if path[0] in _PACKAGES:
        del path[0]
    return "".join(part.capitalize() for part in path[0].split("_")) if path[0] != title else ""


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from _nodes(item)
    elif isinstance(value, list):
        for item in value:
            yield from _nodes(item)
