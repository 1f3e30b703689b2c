"""Which event says what each of our rows says (domain.md 7.3 in terms of EPCIS 2.0).

Rows about money, letters, ratings, files, requests about data and the like have no event: they are no matter of a
supply chain, and most are nobody else's business.
"""

from typing import Literal

from msgspec import Struct

from postal.ledger.rules import Stream

Type = Literal["ObjectEvent", "AggregationEvent", "TransactionEvent"]
OWN = "own:"
"""Before a word of our own; it is written under our own address."""


class Mapped(Struct, frozen=True):
    """How one kind of row is told. `side`: whose papers they are after it, as far as it is a handover."""

    type: Type
    action: Literal["ADD", "OBSERVE", "DELETE"]
    biz_step: str
    disposition: str | None = None
    transaction: str | None = None
    side: Literal["gives", "takes", "both"] | None = None
    leaves: bool = False


def _object(
    step: str,
    disposition: str | None = None,
    *,
    side: Literal["gives", "takes"] | None = None,
    transaction: str | None = None,
    leaves: bool = False,
) -> Mapped:
    return Mapped("ObjectEvent", "OBSERVE", step, disposition, transaction, side, leaves)


SCANS: dict[str, Mapped] = {
    "accept": _object("accepting", "in_progress", side="takes", transaction="desadv"),
    "offer": _object("shipping", "in_progress", side="gives", transaction="desadv"),
    "receive": _object("receiving", "in_progress", side="takes", transaction="recadv"),
    "refuse": _object("own:refusing", "non_conformant", side="takes", transaction="recadv"),
    "pack": Mapped("AggregationEvent", "ADD", "packing", "container_open", "desadv"),
    "unpack": Mapped("AggregationEvent", "DELETE", "unpacking", None, "desadv"),
    "depart": _object("departing", "in_transit", transaction="desadv", leaves=True),
    "arrive": _object("arriving", "in_progress", transaction="desadv"),
    "out_for_delivery": _object("departing", "in_transit", transaction="desadv", leaves=True),
    "attempt_failed": _object("holding", "in_progress", transaction="desadv"),
    "hold": _object("storing", "available", transaction="desadv"),
    "deliver": _object("receiving", "own:delivered", side="gives", transaction="desadv", leaves=True),
    "return": _object("receiving", "returned", side="gives", transaction="desadv", leaves=True),
    "recall": _object("own:recalling", "recalled", transaction="desadv"),
    "redirect": _object("own:redirecting", "in_transit", transaction="desadv"),
    "recover": _object("collecting", "returned", side="takes", transaction="desadv"),
    "report": _object("inspecting", "conformant", transaction="desadv"),
    "correct": _object("own:correcting", None, transaction="desadv"),
}
OF_CONDITION = {
    "damaged": "damaged",
    "opened": "container_open",
    "seal_broken": "non_conformant",
    "lost": "unknown",
    "found": "available",
    "intact": "conformant",
}
CASES: dict[str, Mapped] = {
    "registered": Mapped("ObjectEvent", "ADD", "commissioning", "inactive"),
    "received": _object("accepting", "active"),
    "supplement_requested": _object("holding"),
    "supplemented": _object("receiving", "completeness_verified"),
    "rejected": Mapped("ObjectEvent", "DELETE", "decommissioning"),
    "transferred": _object("shipping", "in_transit"),
    "step_done": _object("other", "in_progress"),
    "fee_due": _object("holding"),
    "fee_paid": _object("own:fee_paid", "in_progress"),
    "withdrawal_requested": _object("own:withdrawal_requested"),
    "withdrawn": _object("own:withdrawn", "inactive"),
    "stopped": _object("own:stopped", "inactive"),
    "extended": _object("own:extended", "in_progress"),
    "completed": Mapped("TransactionEvent", "ADD", "commissioning", "available", "own:dossier"),
    "result_at_desk": _object("staging_outbound", "available"),
    "closed": Mapped("ObjectEvent", "DELETE", "decommissioning"),
}
RECORDS: dict[str, Mapped] = {
    "piece.registered": Mapped("ObjectEvent", "ADD", "commissioning", "active"),
    "container.closed": _object("packing", "container_closed"),
    "manifest.sealed": Mapped("TransactionEvent", "ADD", "staging_outbound", "in_progress", "desadv", "both"),
    "manifest.dispatched": Mapped("TransactionEvent", "OBSERVE", "shipping", "in_transit", "desadv"),
    "manifest.received": Mapped("TransactionEvent", "OBSERVE", "receiving", "in_progress", "recadv"),
    "manifest.closed": Mapped("TransactionEvent", "OBSERVE", "own:reconciling", None, "recadv"),
    "manifest.cancelled": Mapped("TransactionEvent", "DELETE", "void_shipping", None, "desadv", "both"),
    "case.corrected": _object("own:correcting"),
}
MAPPED: dict[Stream, dict[str, Mapped]] = {Stream.SCAN: SCANS, Stream.CASE: CASES, Stream.RECORD: RECORDS}
CORRECTING = frozenset({(Stream.SCAN, "correct"), (Stream.RECORD, "case.corrected")})
"""Rows that take back what another one said: told as that one's event with an error declaration."""


def mapped(stream: Stream, kind: str) -> Mapped | None:
    """Find how a kind of row is told; None where there is no event for it."""
    return MAPPED[stream].get(kind)
