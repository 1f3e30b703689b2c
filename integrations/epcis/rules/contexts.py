"""The JSON-LD context of a document, read without ever loading one: the standard's is known, others define prefixes."""

import re
from collections.abc import Mapping
from typing import Any

from integrations.epcis.rules.vocabulary import CONTEXTS, STANDARD_PREFIXES
from integrations.epcis.rules.wrong import Wrongs, below

ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s\"<>\\^`{|}]+")
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9_\-]{0,39}")
_MOST = 50


def is_address(value: object) -> bool:
    """Tell whether a value is a URI, such as every id and every word of one's own must be."""
    return isinstance(value, str) and len(value) <= 2_000 and ADDRESS.fullmatch(value) is not None


def read_context(context: Any, at: str, wrongs: Wrongs) -> dict[str, str]:
    """Give the prefixes that a context defines; what is not the standard's and not inline defines nothing."""
    parts = context if isinstance(context, list) else [context]
    if not any(isinstance(part, str) and part in CONTEXTS for part in parts):
        wrongs.add(
            at,
            "context",
            "@context phải có ngữ cảnh chuẩn của EPCIS 2.0.",
            "@context must name the standard context of EPCIS 2.0.",
        )
    spaces: dict[str, str] = {}
    for index, part in enumerate(parts[:_MOST]):
        place = below(at, index) if isinstance(context, list) else at
        if isinstance(part, Mapping):
            _read_inline(part, place, spaces, wrongs)
        elif not is_address(part):
            wrongs.form(
                place, "Ngữ cảnh phải là địa chỉ hoặc đối tượng.", "A context is an address or an object."
            )
    return spaces


def _read_inline(part: Mapping[str, Any], at: str, spaces: dict[str, str], wrongs: Wrongs) -> None:
    for prefix, value in part.items():
        space = value.get("@id") if isinstance(value, Mapping) else value
        place = below(at, prefix)
        if not _PREFIX.fullmatch(prefix) or not is_address(space):
            wrongs.add(
                place,
                "context",
                "Ngữ cảnh trong tài liệu chỉ được đặt tiền tố cho một không gian tên.",
                "A context in the document may only define prefixes of namespaces.",
            )
        elif STANDARD_PREFIXES.get(prefix, space) != space:
            wrongs.add(
                place,
                "context",
                f"Tiền tố {prefix} thuộc về chuẩn.",
                f"The prefix {prefix} belongs to the standard.",
            )
        else:
            spaces[prefix] = str(space)


def is_extension(name: str, spaces: Mapping[str, str]) -> bool:
    """Tell whether a member's name is one of a namespace that the document defines, or a whole address."""
    prefix, colon, local = name.partition(":")
    if not colon or not local:
        return False
    return prefix in spaces or prefix in STANDARD_PREFIXES or name.startswith(("http://", "https://"))
