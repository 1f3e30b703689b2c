"""Whether an event is one of EPCIS 2.0: what GS1's schema says, and what it lets through though the standard does not.

An event is read in the light of the prefixes that its document defines. Everything that is wrong is told at once, each
with a JSON pointer.
"""

from collections.abc import Mapping
from typing import Any

from integrations.epcis.rules.hashing import digest_of_id, event_id
from integrations.epcis.rules.sensors import check_sensors
from integrations.epcis.rules.values import (
    address,
    addresses,
    instant,
    known_members,
    no_twins,
    offset,
    quantities,
    word,
)
from integrations.epcis.rules.vocabulary import (
    ACTIONS,
    EVENT_TYPES,
    OF_CONTAINERS,
    ONLY_OF_TYPES,
    ONLY_WITH_ACTION,
)
from integrations.epcis.rules.wrong import Wrong, Wrongs, below

_COMMON = frozenset(
    {"@context", "type", "eventTime", "recordTime", "eventTimeZoneOffset", "eventID", "certificationInfo",
     "errorDeclaration", "bizStep", "disposition", "readPoint", "bizLocation", "bizTransactionList", "sourceList",
     "destinationList", "sensorElementList"}
)  # fmt: skip
_CHILDREN = frozenset({"action", "parentID", "childEPCs", "childQuantityList"})
MEMBERS: dict[str, frozenset[str]] = {
    "ObjectEvent": _COMMON | {"action", "epcList", "quantityList", "persistentDisposition", "ilmd"},
    "AggregationEvent": _COMMON | _CHILDREN,
    "AssociationEvent": _COMMON | _CHILDREN,
    "TransactionEvent": _COMMON | {"action", "parentID", "epcList", "quantityList"},
    "TransformationEvent": _COMMON
    | {"inputEPCList", "inputQuantityList", "outputEPCList", "outputQuantityList", "transformationID",
       "persistentDisposition", "ilmd"},
}  # fmt: skip
_EPC_LISTS = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
_CLASS_LISTS = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
_ERROR = frozenset({"declarationTime", "reason", "correctiveEventIDs"})
_TYPED = {
    "bizTransactionList": ("bizTransaction", "bizTransactionType"),
    "sourceList": ("source", "partyType"),
    "destinationList": ("destination", "partyType"),
}

Spaces = Mapping[str, str]


def check_event(event: Any, spaces: Spaces, at: str = "") -> list[Wrong]:
    """Tell everything that is wrong with an event at `at` of a document that defines the prefixes `spaces`."""
    wrongs = Wrongs()
    if not isinstance(event, Mapping):
        wrongs.form(at, "Sự kiện phải là một đối tượng.", "An event is an object.")
        return wrongs
    kind = event.get("type")
    if kind not in EVENT_TYPES:
        wrongs.add(
            below(at, "type"),
            "type",
            f"Không có loại sự kiện {str(kind)[:60]}; có {', '.join(EVENT_TYPES)}.",
            f"There is no event type {str(kind)[:60]}; there are {', '.join(EVENT_TYPES)}.",
        )
        return wrongs
    known_members(event, MEMBERS[kind], at, spaces, wrongs)
    if not isinstance(event.get("action", ""), str):
        wrongs.form(below(at, "action"), "action phải là văn bản.", "action is a text.")
        return wrongs
    _check_when(event, at, wrongs)
    _check_what(event, at, wrongs)
    _check_why(event, at, spaces, wrongs)
    _check_error(event, at, spaces, wrongs)
    if "sensorElementList" in event:
        check_sensors(event["sensorElementList"], below(at, "sensorElementList"), spaces, wrongs)
    if not wrongs:
        _check_id(event, at, spaces, wrongs)
    return wrongs


def _check_when(event: Mapping[str, Any], at: str, wrongs: Wrongs) -> None:
    moment = instant(event.get("eventTime"), below(at, "eventTime"), wrongs)
    if moment is not None:
        offset(event.get("eventTimeZoneOffset"), event["eventTime"], below(at, "eventTimeZoneOffset"), wrongs)
    if "recordTime" in event:
        instant(event["recordTime"], below(at, "recordTime"), wrongs)


def _check_what(event: Mapping[str, Any], at: str, wrongs: Wrongs) -> None:
    counts = {name: addresses(event[name], below(at, name), wrongs) for name in _EPC_LISTS if name in event}
    counts |= {
        name: quantities(event[name], below(at, name), wrongs) for name in _CLASS_LISTS if name in event
    }
    for name in ("parentID", "transformationID"):
        if name in event:
            address(event[name], below(at, name), wrongs)
    if event["type"] == "TransformationEvent":
        _check_transformation(event, counts, at, wrongs)
        return
    action = event.get("action")
    if action not in ACTIONS:
        wrongs.add(
            below(at, "action"),
            "action",
            "action phải là ADD, OBSERVE hoặc DELETE.",
            "action is ADD, OBSERVE or DELETE.",
        )
    _check_parent(event, at, wrongs)
    # A deletion without members takes all of them; an object that is measured may be told by its place alone.
    measured = event["type"] == "ObjectEvent" and "sensorElementList" in event and "readPoint" in event
    takes_all = action == "DELETE" and event["type"] != "ObjectEvent"
    if not any(counts.values()) and not counts and not measured and not takes_all:
        _nothing(at, wrongs)
    if "ilmd" in event and (event["type"] == "ObjectEvent" and action != "ADD"):
        wrongs.add(below(at, "ilmd"), "action", "ilmd chỉ đi với ADD.", "ilmd goes with ADD alone.")


def _nothing(at: str, wrongs: Wrongs) -> None:
    wrongs.add(
        at,
        "empty",
        "Sự kiện không nêu mã nào: cần danh sách mã hoặc danh sách loại.",
        "The event names nothing: it needs a list of ids or of classes.",
    )


def _check_parent(event: Mapping[str, Any], at: str, wrongs: Wrongs) -> None:
    kind, action = event["type"], event.get("action")
    if kind not in {"AggregationEvent", "AssociationEvent"}:
        return
    if "parentID" not in event and (kind == "AssociationEvent" or action in {"ADD", "DELETE"}):
        wrongs.missing(below(at, "parentID"), "parentID")
    children = event.get("childEPCs")
    if isinstance(children, list) and event.get("parentID") in children:
        wrongs.add(
            below(at, "childEPCs", children.index(event["parentID"])),
            "twice",
            "Vật chứa không nằm trong chính nó.",
            "Nothing is inside itself.",
        )


def _check_transformation(
    event: Mapping[str, Any], counts: Mapping[str, int], at: str, wrongs: Wrongs
) -> None:
    if "action" in event:
        wrongs.add(
            below(at, "action"),
            "action",
            "TransformationEvent không có action.",
            "A TransformationEvent has no action.",
        )
    into = any(count for name, count in counts.items() if name.startswith("input"))
    out = any(count for name, count in counts.items() if name.startswith("output"))
    if not (into and out) and not ("transformationID" in event and (into or out)):
        _nothing(at, wrongs)


def _check_why(event: Mapping[str, Any], at: str, spaces: Spaces, wrongs: Wrongs) -> None:
    if "bizStep" in event:
        step = word(event["bizStep"], "bizStep", below(at, "bizStep"), wrongs)
        _check_step(step, event, at, wrongs)
    if "disposition" in event:
        word(event["disposition"], "disposition", below(at, "disposition"), wrongs)
    if "persistentDisposition" in event:
        _check_persistent(event["persistentDisposition"], below(at, "persistentDisposition"), wrongs)
    _check_where(event, at, spaces, wrongs)
    for name, (child, place) in _TYPED.items():
        if name in event:
            _check_typed(event[name], child, place, below(at, name), wrongs)
    if event["type"] == "TransactionEvent" and "bizTransactionList" not in event:
        wrongs.missing(below(at, "bizTransactionList"), "bizTransactionList")


def _check_where(event: Mapping[str, Any], at: str, spaces: Spaces, wrongs: Wrongs) -> None:
    for name in ("readPoint", "bizLocation"):
        if name in event and known_members(event[name], {"id"}, below(at, name), spaces, wrongs):
            address(event[name].get("id"), below(at, name, "id"), wrongs)
    if "certificationInfo" in event:
        value = event["certificationInfo"]
        addresses(value if isinstance(value, list) else [value], below(at, "certificationInfo"), wrongs)
    if "ilmd" in event:
        known_members(event["ilmd"], frozenset(), below(at, "ilmd"), spaces, wrongs)


def _check_step(step: str | None, event: Mapping[str, Any], at: str, wrongs: Wrongs) -> None:
    kind, action = event["type"], event.get("action")
    wanted = ONLY_WITH_ACTION.get(step or "")
    of_containers = step in OF_CONTAINERS and kind not in {"AggregationEvent", "AssociationEvent"}
    if (
        wanted
        and action is not None
        and action not in {wanted, "OBSERVE" if step in OF_CONTAINERS else wanted}
    ):
        wrongs.add(
            below(at, "action"),
            "action",
            f"{step} đi với {wanted}, không đi với {action}.",
            f"{step} goes with {wanted}, not with {action}.",
        )
    if kind not in ONLY_OF_TYPES.get(step or "", {kind}) or (of_containers and action in {"ADD", "DELETE"}):
        wrongs.add(
            below(at, "bizStep"),
            "step",
            f"{step} không đi với {kind}.",
            f"{step} does not go with a {kind}.",
        )


def _check_persistent(value: Any, at: str, wrongs: Wrongs) -> None:
    if not known_members(value, {"set", "unset"}, at, None, wrongs):
        return
    if not value:
        wrongs.add(at, "empty", "Cần set hoặc unset.", "It needs set or unset.")
    found: list[str | None] = []
    for name in ("set", "unset"):
        if name not in value:
            continue
        if not isinstance(value[name], list) or not value[name]:
            wrongs.add(below(at, name), "empty", "Danh sách rỗng.", "The list is empty.")
            continue
        found += [
            word(each, "disposition", below(at, name, index), wrongs)
            for index, each in enumerate(value[name])
        ]
    no_twins([each for each in found if each is not None], at, wrongs)


def _check_typed(value: Any, child: str, place: str, at: str, wrongs: Wrongs) -> None:
    if not isinstance(value, list) or not value:
        wrongs.add(
            at, "empty", "Danh sách rỗng; hãy bỏ trường này.", "The list is empty; leave the field out."
        )
        return
    for index, each in enumerate(value):
        here = below(at, index)
        if not known_members(each, {"type", child}, here, None, wrongs):
            continue
        address(each.get(child), below(here, child), wrongs)
        if "type" in each:
            word(each["type"], place, below(here, "type"), wrongs)
        elif place == "partyType":
            wrongs.missing(below(here, "type"), "type")
    no_twins(value, at, wrongs)


def _check_error(event: Mapping[str, Any], at: str, spaces: Spaces, wrongs: Wrongs) -> None:
    if "errorDeclaration" not in event:
        return
    here = below(at, "errorDeclaration")
    declared = event["errorDeclaration"]
    if not known_members(declared, _ERROR, here, spaces, wrongs):
        return
    instant(declared.get("declarationTime"), below(here, "declarationTime"), wrongs)
    if "reason" in declared:
        word(declared["reason"], "reason", below(here, "reason"), wrongs)
    if "correctiveEventIDs" in declared:
        addresses(declared["correctiveEventIDs"], below(here, "correctiveEventIDs"), wrongs, empty=True)


def _check_id(event: Mapping[str, Any], at: str, spaces: Spaces, wrongs: Wrongs) -> None:
    if "eventID" not in event:
        return
    here = below(at, "eventID")
    address(event["eventID"], here, wrongs)
    if digest_of_id(str(event["eventID"])) is not None and event["eventID"] != event_id(event, spaces):
        wrongs.add(
            here,
            "hash",
            "eventID là một mã băm nhưng không khớp với nội dung sự kiện.",
            "eventID is a hash, and not that of this event.",
        )
