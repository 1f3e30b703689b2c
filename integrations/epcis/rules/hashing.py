"""The event hash of CBV 2.0 (section 8.9): an event as one string in a canonical order, and the id made of it.

Written from the standard's rules. `recordTime`, `eventID` and `errorDeclaration` say what became of an event later or
elsewhere and are left out, so that an event and its error declaration share one hash.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from integrations.epcis.rules.gs1_keys import canonical
from integrations.epcis.rules.vocabulary import CBV, STANDARD_PREFIXES, VOC, in_full, web_address

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?")
_QUANTITY = ("epcClass", "quantity", "uom")
_METADATA = (
    "time", "startTime", "endTime", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules",
)  # fmt: skip
_REPORT = (
    "type", "exception", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "time", "microorganism",
    "chemicalSubstance", "value", "component", "stringValue", "booleanValue", "hexBinaryValue", "uriValue", "minValue",
    "maxValue", "meanValue", "sDev", "percRank", "percValue", "uom", "coordinateReferenceSystem",
)  # fmt: skip
_TIMES = frozenset({"time", "startTime", "endTime", "eventTime"})
LEFT_OUT = frozenset(
    {"@context", "type", "recordTime", "eventID", "errorDeclaration", "rdfs:comment", "comment"}
)

Namespaces = Mapping[str, str]


def event_id(event: Mapping[str, Any], namespaces: Namespaces) -> str:
    """Give the id of an event: its hash as a named-information URI."""
    return f"ni:///sha-256;{digest(event, namespaces).hex()}?ver=CBV2.0"


def digest(event: Mapping[str, Any], namespaces: Namespaces) -> bytes:
    """Give the SHA-256 of the canonical string (32 bytes)."""
    return hashlib.sha256(pre_hash(event, namespaces).encode()).digest()


def digest_of_id(identifier: str) -> bytes | None:
    """Read the hash back from an id that this algorithm made; None for any other id."""
    found = re.fullmatch(r"ni:///sha-256;([0-9a-f]{64})\?ver=CBV2\.0", identifier)
    return bytes.fromhex(found[1]) if found else None


def pre_hash(event: Mapping[str, Any], namespaces: Namespaces) -> str:
    """Write an event as its canonical string; `namespaces` are the prefixes that its context defines."""
    spaces = {**STANDARD_PREFIXES, **namespaces}
    parts = [f"eventType={event['type']}"]
    parts += [write(name, event[name], spaces) for name, write in _ORDER if event.get(name) is not None]
    ilmd = event.get("ilmd")
    if isinstance(ilmd, Mapping) and ilmd:
        parts.append("ilmd" + _extensions(ilmd, spaces))
    known = {name for name, _ in _ORDER} | LEFT_OUT | {"ilmd"}
    parts.append(_extensions({key: value for key, value in event.items() if key not in known}, spaces))
    return "".join(parts)


def instant(text: str) -> str:
    """Write an instant in UTC with three decimals, rounded half up; give what is none back."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if moment.tzinfo is None:
        return text
    moment = moment.astimezone(UTC)
    rest = moment.microsecond % 1000
    moment += timedelta(microseconds=(1000 - rest if rest >= 500 else -rest))
    return moment.isoformat(timespec="milliseconds")[:-6] + "Z"


def scalar(value: Any, spaces: Namespaces) -> str:
    """Write one value: trimmed text, numbers without needless digits, vocabulary and keys in their one spelling."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = (repr(value) if isinstance(value, float) else str(value)).strip()
    if _NUMBER.fullmatch(text):
        return _number(text)
    prefix, colon, rest = text.partition(":")
    if colon and prefix in spaces and not rest.startswith("//"):
        text = spaces[prefix] + rest
    return canonical(web_address(text))


def _number(text: str) -> str:
    number = format(Decimal(text), "f")
    number = number.rstrip("0").rstrip(".") if "." in number else number
    return "0" if number in {"-0", ""} else number.removeprefix("+")


def _field(name: str, value: Any, spaces: Namespaces) -> str:
    if name in _TIMES and isinstance(value, str):
        text = instant(value.strip())
    elif isinstance(value, str) and name in {"type", "exception", "component"}:
        text = _measured(name, value.strip(), spaces)
    else:
        text = scalar(value, spaces)
    return f"{name}={text}" if text else ""


def _measured(name: str, value: str, spaces: Namespaces) -> str:
    if ":" in value:
        return scalar(value, spaces)
    return {"type": VOC, "exception": f"{VOC}SensorAlertType-", "component": f"{CBV}Comp-"}[name] + value


def _of_word(place: str) -> Callable[[str, Any, Namespaces], str]:
    return lambda name, value, spaces: f"{name}={scalar(in_full(str(value).strip(), place), spaces)}"


def _whole_list(child: str) -> Callable[[str, Any, Namespaces], str]:
    """Write a list of plain ids: its name once, then its members in order; an empty one is not there."""

    def write(name: str, value: Any, spaces: Namespaces) -> str:
        members = sorted(f"{child}={scalar(each, spaces)}" for each in _several(value))
        return name + "".join(members) if members else ""

    return write


def _quantities(name: str, value: Any, spaces: Namespaces) -> str:
    members = sorted(
        "quantityElement"
        + "".join(_field(each, element[each], spaces) for each in _QUANTITY if each in element)
        for element in _several(value)
    )
    return name + "".join(members) if members else ""


def _typed(child: str, place: str) -> Callable[[str, Any, Namespaces], str]:
    """Write a list of typed ids: the type stands before its id."""

    def write(name: str, value: Any, spaces: Namespaces) -> str:
        members = sorted(
            (f"type={scalar(in_full(each['type'].strip(), place), spaces)}" if "type" in each else "")
            + f"{child}={scalar(each[child], spaces)}"
            for each in _several(value)
        )
        return name + "".join(members) if members else ""

    return write


def _persistent(name: str, value: Any, spaces: Namespaces) -> str:
    write = _of_word("disposition")
    return name + "".join(
        "".join(sorted(write(part, each, spaces) for each in _several(value[part])))
        for part in ("set", "unset")
        if part in value
    )


def _place(name: str, value: Any, spaces: Namespaces) -> str:
    return name + _field("id", value.get("id", ""), spaces) + _extensions(_without(value, ("id",)), spaces)


def _sensors(name: str, value: Any, spaces: Namespaces) -> str:
    return name + "".join(sorted(_sensor(element, spaces) for element in _several(value)))


def _sensor(element: Mapping[str, Any], spaces: Namespaces) -> str:
    text = "sensorElement"
    if "sensorMetadata" in element:
        text += "sensorMetadata" + _fields(element["sensorMetadata"], _METADATA, spaces)
    reports = [
        "sensorReport" + _fields(report, _REPORT, spaces) for report in _several(element["sensorReport"])
    ]
    more = _extensions(_without(element, ("sensorMetadata", "sensorReport")), spaces)
    return text + "".join(sorted(reports)) + more


def _fields(value: Mapping[str, Any], order: Iterable[str], spaces: Namespaces) -> str:
    order = tuple(order)
    standard = "".join(_field(name, value[name], spaces) for name in order if name in value)
    return standard + _extensions(_without(value, order), spaces)


def _extensions(value: Mapping[str, Any], spaces: Namespaces) -> str:
    """Write members of other namespaces, sorted; the name of each is its namespace in braces and its local name."""
    return "".join(sorted(text for key, each in value.items() for text in _extension(key, each, spaces)))


def _extension(key: str, value: Any, spaces: Namespaces) -> list[str]:
    name = named(key, spaces)
    if isinstance(value, list):
        return [text for each in value for text in _extension(key, each, spaces)]
    if isinstance(value, Mapping):
        return [name + _extensions(value, spaces)]
    if value is None:
        return [name]
    text = scalar(value, spaces)
    return [f"{name}={text}" if text else name]


def named(key: str, spaces: Namespaces) -> str:
    """Write the name of a member in full where its prefix is known."""
    prefix, colon, local = key.partition(":")
    return f"{{{spaces[prefix]}}}{local}" if colon and prefix in spaces else key


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _without(value: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    left_out = {*names, "rdfs:comment", "comment"}
    return {key: each for key, each in value.items() if key not in left_out}


_ORDER: tuple[tuple[str, Callable[[str, Any, Namespaces], str]], ...] = (
    ("eventTime", _field),
    ("eventTimeZoneOffset", lambda name, value, _: f"{name}={value.strip()}"),
    (
        "certificationInfo",
        lambda name, value, s: "".join(sorted(_field(name, each, s) for each in _several(value))),
    ),
    ("epcList", _whole_list("epc")),
    ("parentID", _field),
    ("inputEPCList", _whole_list("epc")),
    ("childEPCs", _whole_list("epc")),
    ("quantityList", _quantities),
    ("childQuantityList", _quantities),
    ("inputQuantityList", _quantities),
    ("outputEPCList", _whole_list("epc")),
    ("outputQuantityList", _quantities),
    ("action", _field),
    ("transformationID", _field),
    ("bizStep", _of_word("bizStep")),
    ("disposition", _of_word("disposition")),
    ("persistentDisposition", _persistent),
    ("readPoint", _place),
    ("bizLocation", _place),
    ("bizTransactionList", _typed("bizTransaction", "bizTransactionType")),
    ("sourceList", _typed("source", "partyType")),
    ("destinationList", _typed("destination", "partyType")),
    ("sensorElementList", _sensors),
)
"""The canonical order of the standard's fields (CBV 2.0, table of section 8.9.2)."""
