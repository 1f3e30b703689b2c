"""Which of the two languages an answer is written in."""

import re
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import parse_qs

Language = Literal["vi", "en"]
LANGUAGE_COOKIE = "postal_lang"

_RANGE = re.compile(r"^\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9-]+)?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?$")


def accepted(header: str) -> Language:
    """Choose by an Accept-Language header; Vietnamese unless English has the greater weight."""
    weights: dict[str, float] = {}
    for part in header.split(","):
        if match := _RANGE.match(part):
            tag = match[1].lower()
            weights[tag] = max(weights.get(tag, 0.0), float(match[2] or 1))
    anything = weights.get("*", 0.0)
    return "en" if weights.get("en", 0.0) > weights.get("vi", anything) else "vi"


def language_of(scope: Mapping[str, Any]) -> Language:
    """Choose for an API request, by its Accept-Language header."""
    return accepted(_header(scope, b"accept-language"))


def page_language(scope: Mapping[str, Any]) -> Language:
    """Choose for a page: `?lang=`, else the cookie of an earlier choice, else Vietnamese.

    Accept-Language is left aside: many devices here run in English and their users read Vietnamese.
    """
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [""])[-1]
    if asked not in {"vi", "en"}:
        cookies = _header(scope, b"cookie")
        match = re.search(rf"(?:^|;\s*){LANGUAGE_COOKIE}=(vi|en)(?:;|$)", cookies)
        asked = match[1] if match else "vi"
    return "en" if asked == "en" else "vi"


def _header(scope: Mapping[str, Any], name: bytes) -> str:
    return b",".join(value for key, value in scope.get("headers", ()) if key == name).decode("latin-1")
