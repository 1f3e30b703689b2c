"""Text of the ledger inside XML: whatever it holds, the file stays well-formed and says the same."""

import re
from functools import lru_cache

# What XML 1.0 cannot hold at all becomes a mark; line ends and tabs would be changed by readers of attributes.
_SPECIAL = re.compile('[&<>"\x00-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]')
_AS = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}


@lru_cache(8_192)
def escaped(text: str) -> str:
    """Escape a text for an attribute or for content."""
    return _SPECIAL.sub(_replacement, text)


def _replacement(found: re.Match[str]) -> str:
    return _AS.get(found[0], "\ufffd")
