"""Our own events back as what was told of the row: nothing is lost on the way out."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from integrations.epcis.rules.addresses import Names
from integrations.epcis.rules.mapping import Mapped, mapped
from integrations.epcis.rules.said import Said
from postal.ledger.rules import Stream

_TEXTS = (
    "container", "counterparty", "manifest", "condition", "reason", "corrects", "keep", "giver", "receiver", "carrier",
)  # fmt: skip


def said_from(event: Mapping[str, Any], names: Names) -> tuple[Said, Said | None]:
    """Read what an event of ours tells, and for a correction also the row that it takes back.

    Raises:
        KeyError, ValueError: It is no event as we write them.
    """
    plain = _plain(event, names)
    declared = event.get("errorDeclaration")
    if not isinstance(declared, Mapping) or "postal:row" not in declared:
        return plain, None
    received = _instant(event["recordTime"])
    common = _common(declared, declared["declarationTime"])
    return Said(**common, code=plain.code, received_at=received), plain


def _plain(event: Mapping[str, Any], names: Names) -> Said:
    stream, kind = Stream(event["postal:stream"]), event["postal:kind"]
    how = mapped(stream, kind)
    if how is None:
        raise ValueError(kind)
    # The record time of a correction is that of the correcting row; the original's own is not told again.
    received = (
        event["eventTime"] if "postal:row" in event.get("errorDeclaration", {}) else event["recordTime"]
    )
    fields = {**_common(event, event["eventTime"]), **_from_standard(event, how, names)}
    return Said(**fields, received_at=_instant(received))


def _common(own: Mapping[str, Any], shown: str) -> dict[str, Any]:
    corrected = _instant(own["postal:corrected_at"]) if "postal:corrected_at" in own else _instant(shown)
    exact = _instant(own["postal:occurred_at"]) if "postal:occurred_at" in own else _instant(shown)
    return {
        "id": UUID(own["postal:row"]),
        "content_hash": own["postal:hash"],
        "stream": Stream(own["postal:stream"]),
        "kind": own["postal:kind"],
        "verdict": own["postal:verdict"],
        "uncertainty_ms": own.get("postal:uncertainty_ms", 0),
        "occurred_at": exact,
        "corrected_at": corrected,
        "counted": _pairs(own, "counted"),
        "seal": _pairs(own, "seal"),
        "organisation": own.get("postal:by"),
        "place": own.get("postal:at"),
        "lines": tuple(own.get("postal:line", ())),
        **{name: own[f"postal:{name}"] for name in _TEXTS if f"postal:{name}" in own},
    }


def _from_standard(event: Mapping[str, Any], how: Mapped, names: Names) -> dict[str, Any]:
    """Read what stands in the standard's own fields."""
    found: dict[str, Any] = {}
    about = [_code(each["bizTransaction"], names) for each in event.get("bizTransactionList", ())]
    if how.type == "AggregationEvent":
        found |= {"code": _code(event["childEPCs"][0], names), "container": _code(event["parentID"], names)}
    elif how.type == "TransactionEvent":
        found["code"] = about[0]
        if how.side == "both" or event["epcList"] != [names.thing(about[0])]:
            epcs = [_code(each, names) for each in event["epcList"]]
            found["lines"] = tuple(epcs) if event["postal:kind"] != "completed" and epcs != about else ()
    else:
        found["code"] = _code(event["epcList"][0], names)
    if how.type != "TransactionEvent" and about:
        found["manifest"] = about[0]
    return found | _places(event, names) | _parties(event, how, names)


def _places(event: Mapping[str, Any], names: Names) -> dict[str, Any]:
    found: dict[str, Any] = {}
    organisation = event.get("postal:by")
    if "bizLocation" in event:
        organisation = found["organisation"] = _organisation(event["bizLocation"]["id"], names)
    if "readPoint" in event and (at := _organisation(event["readPoint"]["id"], names)) != organisation:
        found["place"] = at
    return found


def _parties(event: Mapping[str, Any], how: Mapped, names: Names) -> dict[str, Any]:
    sources = [_organisation(each["source"], names) for each in event.get("sourceList", ())]
    destinations = [_organisation(each["destination"], names) for each in event.get("destinationList", ())]
    if how.side == "both":
        sides = {"giver": sources, "receiver": destinations}
    elif how.side == "gives":
        sides = {"counterparty": destinations}
    elif how.side == "takes":
        sides = {"counterparty": sources}
    else:
        return {}
    return {name: parties[0] for name, parties in sides.items() if parties}


def _pairs(own: Mapping[str, Any], name: str) -> tuple[tuple[str, Any], ...]:
    pairs = own.get(f"postal:{name}", {})
    return tuple(sorted((key.removeprefix("postal:"), value) for key, value in pairs.items()))


def _code(address: str, names: Names) -> str:
    code = names.code_of(address)
    if code is None:
        raise ValueError(address)
    return code


def _organisation(address: str, names: Names) -> str:
    organisation = names.organisation_of(address)
    if organisation is None:
        raise ValueError(address)
    return organisation


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
