"""From the validator's words for a place in a document to a JSON pointer (RFC 6901)."""

import re
from typing import Any

_AT = re.compile(r"^(?P<message>.*?)(?: - at `(?:key in )?(?P<path>[^`]*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")
_NAMED = re.compile(r"(?:missing required|contains unknown) field `([^`]*)`")


def field_pointer(message: str) -> tuple[str, str]:
    """Split a validation message into its text and the pointer to the field that it is about.

    `$.scans[3].kind` becomes `/scans/3/kind`; a missing or unknown field is itself the last step, so that the
    caller need not look it up in the text. `[...]` (any key of a free mapping) ends the pointer at the mapping.
    """
    match = _AT.match(message)
    text, path = (match["message"], match["path"] or "$") if match else (message, "$")
    steps: list[str] = []
    for name, index in _STEP.findall(path.removeprefix("$")):
        if index == "...":
            break
        steps.append(name or index)
    if named := _NAMED.search(text):
        steps.append(named[1])
    return text, pointer(steps)


def pointer(steps: list[str]) -> str:
    """Join the steps into a JSON pointer; no step is the whole document, the empty string."""
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


def find_nul(value: Any, steps: tuple[str, ...] = ()) -> str | None:
    """Give the pointer to the first text (or key) that holds U+0000, or None."""
    if isinstance(value, str):
        return pointer(list(steps)) if "\x00" in value else None
    if isinstance(value, dict):
        for key, item in value.items():
            found = pointer(list(steps)) if "\x00" in key else find_nul(item, (*steps, key))
            if found is not None:
                return found
    if isinstance(value, list):
        for index, item in enumerate(value):
            if (found := find_nul(item, (*steps, str(index)))) is not None:
                return found
    return None
