"""Documents: the head of one that is captured, and the one that answers a query."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from integrations.epcis.rules.addresses import PREFIX, Names
from integrations.epcis.rules.contexts import read_context
from integrations.epcis.rules.values import instant, known_members
from integrations.epcis.rules.vocabulary import CONTEXT
from integrations.epcis.rules.wrong import Wrongs, below

_DEEPEST, _LARGEST = 30, 2**53
EVENTS = "/epcisBody/eventList"


class Body(Struct):
    """The body of a document; events stay as they came until each one's turn."""

    eventList: list[msgspec.Raw] | UnsetType = UNSET  # noqa: N815 - the standard's name
    event: msgspec.Raw | UnsetType = UNSET
    queryResults: msgspec.Raw | UnsetType = UNSET  # noqa: N815


class Document(Struct):
    """A document, read as far as its head."""

    context: Any = field(name="@context", default=None)
    type: Any = None
    schemaVersion: Any = None  # noqa: N815
    creationDate: Any = None  # noqa: N815
    epcisBody: Body | UnsetType = UNSET  # noqa: N815


HEAD = frozenset(
    {"@context", "id", "type", "schemaVersion", "creationDate", "instanceIdentifier", "sender", "receiver",
     "epcisHeader", "epcisBody"}
)  # fmt: skip


def check_head(
    document: Document, members: Iterable[str], most: int
) -> tuple[dict[str, str], list[msgspec.Raw], Wrongs]:
    """Check the head of a document, which has some members; gives its prefixes and its events."""
    wrongs = Wrongs()
    if document.type != "EPCISDocument":
        wrongs.add(
            "/type",
            "document",
            "Chỉ nhận EPCISDocument; EPCISQueryDocument là câu trả lời của một truy vấn, không phải để ghi nhận.",
            "Only an EPCISDocument is captured; an EPCISQueryDocument is the answer to a query.",
        )
        return {}, [], wrongs
    spaces = read_context(document.context, "/@context", wrongs)
    known_members(dict.fromkeys(members), HEAD, "", spaces, wrongs)
    version = document.schemaVersion
    if not isinstance(version, str) or version.split(".")[0] != "2":
        wrongs.add("/schemaVersion", "version", "Phiên bản phải là 2.0.", "The version is 2.0.")
    instant(document.creationDate, "/creationDate", wrongs)
    events = document.epcisBody.eventList if isinstance(document.epcisBody, Body) else UNSET
    if events is UNSET or not events:
        wrongs.missing(EVENTS, "eventList")
        return spaces, [], wrongs
    if len(events) > most:
        wrongs.add(EVENTS, "too_many", f"Nhiều nhất {most} sự kiện.", f"At most {most} events.")
    return spaces, events, wrongs


def read_event(raw: bytes, spaces: Mapping[str, str], at: str) -> tuple[Any, dict[str, str], Wrongs]:
    """Read one event and the prefixes that hold for it, its own context among them."""
    wrongs = Wrongs()
    try:
        event = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        wrongs.form(at, "Sự kiện không phải JSON hợp lệ.", "The event is not valid JSON.")
        return None, dict(spaces), wrongs
    if beyond(event):
        wrongs.form(
            at,
            f"Lồng nhau quá {_DEEPEST} lớp, hoặc có số quá lớn.",
            f"It is nested more than {_DEEPEST} deep, or holds too large a number.",
        )
        return None, dict(spaces), wrongs
    own: dict[str, str] = {}
    if isinstance(event, dict) and "@context" in event:
        parts = event["@context"] if isinstance(event["@context"], list) else [event["@context"]]
        own = read_context([CONTEXT, *parts], below(at, "@context"), wrongs)
    return event, {**spaces, **own}, wrongs


def beyond(value: Any) -> bool:
    """Tell whether something is nested deeper, or holds a number larger, than any event does."""
    level = [value]
    for _ in range(_DEEPEST):
        if any(isinstance(one, int) and abs(one) > _LARGEST for one in level):
            return True
        level = [each for one in level for each in _members(one)]
        if not level:
            return False
    return True


def _members(value: Any) -> Sequence[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else ()


def kept(event: Mapping[str, Any], spaces: Mapping[str, str], names: Names) -> dict[str, Any]:
    """Give an event as it is kept: with the prefixes that it uses, since it will stand beside events of others."""
    used = {prefix: space for prefix, space in spaces.items() if _uses(event, prefix)}
    if used.get(PREFIX) == names.space:
        used.pop(PREFIX)
    plain = {name: value for name, value in event.items() if name != "@context"}
    return {"@context": used, **plain} if used else plain


def _uses(value: Any, prefix: str) -> bool:
    if isinstance(value, str):
        return value.startswith(f"{prefix}:")
    if isinstance(value, Mapping):
        return any(name.startswith(f"{prefix}:") or _uses(each, prefix) for name, each in value.items())
    return isinstance(value, list) and any(_uses(each, prefix) for each in value)


def query_document(events: Sequence[Mapping[str, Any]], names: Names, created: str) -> dict[str, Any]:
    """Make the answer to a query."""
    return {
        "@context": names.context,
        "type": "EPCISQueryDocument",
        "schemaVersion": "2.0",
        "creationDate": created,
        "epcisBody": {
            "queryResults": {"queryName": "SimpleEventQuery", "resultsBody": {"eventList": list(events)}}
        },
    }
