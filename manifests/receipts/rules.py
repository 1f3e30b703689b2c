"""What a receipt of a handover says: which ledger rows make up the handover, and what both parties are promised."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct

from manifests.manifests.rules import Manifest
from manifests.reconciliation.rules import Reconciliation
from postal.ledger.rules import Row, canonical_instant
from postal.proof.rules import Promise, Side, entry, leaf_hash, root_of

KIND = "handover.recorded"
PROMISED = timedelta(seconds=60)
"""How soon the log has the record of a handover; it is usually a few seconds behind."""


class Receipt(Struct, frozen=True, kw_only=True):
    """A promise that was given, under its number, with the hashes of the rows that it speaks of."""

    number: str
    manifest: str
    record: Row
    promise: str
    leaves: tuple[bytes, ...]


class Verdict(Struct, frozen=True, kw_only=True):
    """What checking a promise or a receipt came to; `about` is what it says, or what is wrong with it."""

    code: str
    verified: bool
    vi: str
    en: str
    about: dict[str, Any] = {}


class Handover(Struct, frozen=True, kw_only=True):
    """What happened under a manifest, as both sides leave the counter."""

    leaves: tuple[bytes, ...]
    counts: dict[str, int]
    classes: dict[str, str]
    giver: Side
    receiver: Side

    @property
    def rows_digest(self) -> bytes:
        """Digest the rows: the root of the tree of their leaves, so that each can be proven by itself too."""
        return root_of(self.leaves)


def number_of(day: date, suffix: str) -> str:
    """Write the number of a receipt: the local day and a random suffix."""
    return f"GN-{day:%y%m%d}-{suffix}"


def handover_of(manifest: Manifest, rows: Iterable[tuple[Row, bool]], result: Reconciliation) -> Handover:
    """Sum up a handover: the records of the manifest, and every scan that was made under it.

    With each row goes whether it is a content of a disputed id, kept beside the first one.
    """
    ours = {
        leaf_hash(entry(row, disputed=disputed)): row for row, disputed in rows if _is_of(manifest.code, row)
    }
    return Handover(
        leaves=tuple(sorted(ours, key=lambda leaf: (ours[leaf].content.id, leaf))),
        counts={name.value: many for name, many in result.counts.items() if many},
        classes={line.code: line.line_class.value for line in result.lines},
        giver=_side(manifest.giver, ours.values(), manifest.sealed_at or manifest.created_at),
        receiver=_side(manifest.receiver, ours.values(), result.as_of),
    )


def body_of(number: str, manifest: Manifest, handover: Handover, by: datetime) -> dict[str, Any]:
    """Write the record that commits to all rows of the handover."""
    return {
        "number": number,
        "digest": manifest.digest,
        "rows": len(handover.leaves),
        "rows_digest": handover.rows_digest.hex(),
        "counts": handover.counts,
        "lines": handover.classes,
        "giver": _told(handover.giver),
        "receiver": _told(handover.receiver),
        "by": canonical_instant(by),
    }


def promise_of(manifest: Manifest, handover: Handover, record: Row, by: datetime) -> Promise:
    """Put into words for the counter what a record says."""
    return Promise(
        number=record.content.body["number"],
        manifest=manifest.code,
        digest=bytes.fromhex(manifest.digest or ""),
        rows=len(handover.leaves),
        rows_digest=handover.rows_digest,
        counts=handover.counts,
        giver=handover.giver,
        receiver=handover.receiver,
        at=record.received_at,
        by=by,
        leaf=leaf_hash(entry(record)),
    )


def says_the_same(body: Mapping[str, Any], handover: Handover) -> bool:
    """Tell whether nothing has happened since a record was made."""
    return (body["rows_digest"], body["counts"], body["lines"]) == (
        handover.rows_digest.hex(),
        handover.counts,
        handover.classes,
    )


def _is_of(manifest: str, row: Row) -> bool:
    content = row.content
    if content.code == manifest:
        return content.kind.startswith("manifest.") or content.body.get("manifest") == manifest
    return content.body.get("manifest") == manifest


def _side(organisation: str, rows: Iterable[Row], otherwise: datetime) -> Side:
    """Say who acted for a side last and when, by its own clock."""
    own: Sequence[Row] = sorted(
        (row for row in rows if row.content.organisation == organisation),
        key=lambda row: (row.corrected_at, row.content.id),
    )
    person = next((row.content.person for row in reversed(own) if row.content.person), None)
    return Side(
        organisation=organisation, person=person, at=own[-1].content.occurred_at if own else otherwise
    )


def _told(side: Side) -> dict[str, Any]:
    told = {"organisation": side.organisation, "at": canonical_instant(side.at)}
    return told | ({"person": side.person} if side.person else {})
