"""What may stand on paper: text in one form, without signs that hide or turn around what others read."""

import unicodedata
from typing import Any

_SPACES = frozenset("\t\n\r\v\f\x1c\x1d\x1e\x1f\x85")
_HIDDEN = frozenset({"Cc", "Cf", "Cs"})


def printable(text: str) -> str:
    """Give text as it is printed: NFC, single spaces, no control signs and none that turn the direction of reading."""
    text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        text = "".join(
            " " if sign in _SPACES else sign
            for sign in text
            if sign in _SPACES or unicodedata.category(sign) not in _HIDDEN
        )
    return " ".join(text.split())


def printable_data(value: Any) -> Any:
    """Give data with every string in it as it is printed."""
    match value:
        case str():
            return printable(value)
        case dict():
            return {name: printable_data(inner) for name, inner in value.items()}
        case list() | tuple():
            return [printable_data(inner) for inner in value]
        case _:
            return value
