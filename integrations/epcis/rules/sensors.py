"""Checks of what sensors measured. We keep it and answer with it; nothing of ours depends on it."""

import re
from collections.abc import Mapping
from typing import Any

from integrations.epcis.rules.contexts import is_address
from integrations.epcis.rules.values import address, instant, known_members
from integrations.epcis.rules.wrong import Wrongs, below

_METADATA = frozenset(
    {
        "time",
        "startTime",
        "endTime",
        "deviceID",
        "deviceMetadata",
        "rawData",
        "dataProcessingMethod",
        "bizRules",
    }
)
_NUMBERS = frozenset({"value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue"})
_ADDRESSES = frozenset(
    {"deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules", "microorganism", "chemicalSubstance",
     "coordinateReferenceSystem", "uriValue"}
)  # fmt: skip
_REPORT = _NUMBERS | _ADDRESSES | {"type", "exception", "time", "component", "stringValue", "booleanValue",
                                   "hexBinaryValue", "uom"}  # fmt: skip
_TIMES = frozenset({"time", "startTime", "endTime"})
_WORD = re.compile(r"[A-Za-z_]{1,60}")


def check_sensors(value: Any, at: str, spaces: Mapping[str, str], wrongs: Wrongs) -> None:
    """Check a list of sensor elements."""
    if not isinstance(value, list) or not value:
        wrongs.add(
            at, "empty", "Danh sách rỗng; hãy bỏ trường này.", "The list is empty; leave the field out."
        )
        return
    for index, element in enumerate(value):
        here = below(at, index)
        if not known_members(element, {"sensorMetadata", "sensorReport"}, here, spaces, wrongs):
            continue
        if "sensorMetadata" in element:
            _check(element["sensorMetadata"], _METADATA, below(here, "sensorMetadata"), spaces, wrongs)
        reports = element.get("sensorReport")
        if not isinstance(reports, list) or not reports:
            wrongs.missing(below(here, "sensorReport"), "sensorReport")
            continue
        for number, report in enumerate(reports):
            _check(report, _REPORT, below(here, "sensorReport", number), spaces, wrongs)
            if isinstance(report, Mapping) and "type" not in report:
                wrongs.missing(below(here, "sensorReport", number, "type"), "type")


def _check(value: Any, names: frozenset[str], at: str, spaces: Mapping[str, str], wrongs: Wrongs) -> None:
    if not known_members(value, names, at, spaces, wrongs):
        return
    for name, each in value.items():
        here = below(at, name)
        if name in _TIMES:
            instant(each, here, wrongs)
        elif name in _ADDRESSES:
            address(each, here, wrongs)
        elif name in _NUMBERS and (isinstance(each, bool) or not isinstance(each, (int, float))):
            wrongs.form(here, "Đây phải là một số.", "This is a number.")
        elif name in {"type", "exception", "component"} and not (
            isinstance(each, str) and (_WORD.fullmatch(each) or is_address(each))
        ):
            wrongs.form(here, "Đây phải là một từ của từ vựng.", "This is a word of the vocabulary.")
        elif name == "booleanValue" and not isinstance(each, bool):
            wrongs.form(here, "Đây phải là true hoặc false.", "This is true or false.")
