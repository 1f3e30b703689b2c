"""Events of others as scans: which ones say what hands of their sender did, and to which pieces of ours.

Whatever says less or more than that moves no custody: it is kept, and answered when it is asked for. A party speaks for
its own hands alone, so what it says of another's is no scan. Manifests are sealed and pieces registered by their own
addresses, never by an event.
"""

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from integrations.epcis.rules.addresses import Names
from integrations.epcis.rules.mapping import OF_CONDITION
from integrations.epcis.rules.values import read_instant
from integrations.epcis.rules.vocabulary import bare_word
from shipments.pieces.rules import CodeKind, kind_of, normalise

Event = Mapping[str, Any]

STEPS = {
    "accepting": "accept",
    "shipping": "offer",
    "receiving": "receive",
    "departing": "depart",
    "arriving": "arrive",
    "holding": "attempt_failed",
    "storing": "hold",
    "collecting": "recover",
    "inspecting": "report",
}
GIVES, TAKES = (
    frozenset({"offer", "deliver", "return"}),
    frozenset({"accept", "receive", "refuse", "recover"}),
)
_CONDITIONS = {disposition: condition for condition, disposition in OF_CONDITION.items()}
_LONGEST_CODE = 64


class Draft(Struct, frozen=True, kw_only=True):
    """A scan that an event says, before it has its place in a device's sequence."""

    id: UUID
    kind: str
    code: str
    occurred_at: datetime
    manifest: str | None = None
    counterparty: str | None = None
    container: str | None = None
    condition: str | None = None
    reason: str | None = None
    corrects: UUID | None = None


def drafts_of(event: Event, digest: bytes, organisation: str, names: Names) -> tuple[Draft, ...]:
    """Give the scans that an event of an organisation says; none where it says nothing of its own hands."""
    # What tells a row of ours came from us: it happened once, and is in the ledger already.
    if "errorDeclaration" in event or "postal:row" in event:
        return ()
    kind = kind_said(event, names)
    if kind is None or not _speaks_for_itself(event, kind, organisation, names):
        return ()
    container = names.code_of(event["parentID"]) if "parentID" in event else None
    if kind in {"pack", "unpack"} and not _is_code(container):
        return ()
    pieces = event.get("childEPCs") or event.get("epcList") or ()
    told = [code for epc in pieces if _is_code(code := names.code_of(epc)) and code is not None]
    at = moment_of(event)
    return tuple(
        Draft(
            id=made_id(at, digest, organisation, str(index)),
            kind=kind,
            code=code,
            occurred_at=at,
            manifest=_manifest(event, names),
            counterparty=_counterparty(event, kind, names),
            container=container,
            condition=_CONDITIONS.get(event.get("disposition", "")) if kind == "report" else None,
        )
        for index, code in enumerate(told)
    )


def kind_said(event: Event, names: Names) -> str | None:
    """Name the kind of scan that an event is; None where it is none."""
    step = bare_word(event.get("bizStep", ""), "bizStep")
    kind_and_action = (event["type"], event.get("action"))
    if kind_and_action == ("AggregationEvent", "ADD"):
        return "pack" if step == "packing" else None
    if kind_and_action == ("AggregationEvent", "DELETE"):
        return "unpack" if step == "unpacking" else None
    if kind_and_action != ("ObjectEvent", "OBSERVE"):
        return None
    disposition = bare_word(event.get("disposition", ""), "disposition")
    if step == names.word("BizStep", "refusing"):
        return "refuse"
    if step == "receiving" and disposition == names.word("Disp", "delivered"):
        return "deliver"
    if step == "receiving" and disposition == "returned":
        return "return"
    if step == "inspecting" and disposition not in _CONDITIONS:
        return None
    return STEPS.get(step)


def corrections_of(
    event: Event, digest: bytes, organisation: str, rows: Collection[tuple[UUID, str]], now: datetime
) -> tuple[Draft, ...]:
    """Give the scans that take back the rows (id, code) which an event became, for its error declaration."""
    declared = event["errorDeclaration"]
    reason = bare_word(declared.get("reason", "incorrect_data"), "reason")
    at = min(read_instant(declared["declarationTime"]), now)
    return tuple(
        Draft(
            id=made_id(at, digest, organisation, f"correct {row}"),
            kind="correct",
            code=code,
            occurred_at=at,
            reason=reason if reason in {"did_not_occur", "incorrect_data"} else "other",
            corrects=row,
        )
        for row, code in sorted(rows)
    )


def made_id(at: datetime, *parts: bytes | str) -> UUID:
    """Make the id of a scan from what it says, so that the same event always has the same: a UUIDv7 of its instant."""
    sha = hashlib.sha256(b"\x00".join(part if isinstance(part, bytes) else part.encode() for part in parts))
    milliseconds = max(int(at.timestamp() * 1000), 0)
    number = (milliseconds & (2**48 - 1)) << 80 | int.from_bytes(sha.digest()[:10], "big")
    return UUID(int=number & ~(0xF << 76) & ~(0x3 << 62) | (0x7 << 76) | (0x2 << 62))


def moment_of(event: Event) -> datetime:
    """Give the instant of an event that was checked."""
    return read_instant(event["eventTime"])


def _is_code(code: str | None) -> bool:
    return code is not None and len(code) <= _LONGEST_CODE and normalise(code) == code


def _speaks_for_itself(event: Event, kind: str, organisation: str, names: Names) -> bool:
    """Tell whether the event's own side, as far as it is named, is its sender."""
    place, name = ("sourceList", "source") if kind in GIVES else ("destinationList", "destination")
    if kind not in GIVES | TAKES:
        return True
    own = names.party(organisation)
    return all(party == own for party in _possessing(event, place, name))


def _possessing(event: Event, place: str, name: str) -> list[str]:
    return [
        each[name]
        for each in event.get(place, ())
        if bare_word(each.get("type", ""), "partyType") == "possessing_party"
    ]


def _counterparty(event: Event, kind: str, names: Names) -> str | None:
    if kind not in GIVES | TAKES:
        return None
    place, name = ("destinationList", "destination") if kind in GIVES else ("sourceList", "source")
    found = [party for each in _possessing(event, place, name) if (party := names.organisation_of(each))]
    return found[0][:_LONGEST_CODE] if len(found) == 1 else None


def _manifest(event: Event, names: Names) -> str | None:
    for each in event.get("bizTransactionList", ()):
        code = names.code_of(each["bizTransaction"])
        if code is not None and kind_of(code) is CodeKind.MANIFEST:
            return code
    return None
