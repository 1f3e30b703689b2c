"""What both sides of a counter agree on: the same counts and exceptions, or their confirmations do not stand. Pure."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec import Struct

from manifests.reconciliation.rules import EXCEPTIONS, LineClass, ReconciledLine, Reconciliation
from postal.ledger.rules import Row

CONFIRMED = "handover.confirmed"


class Side(StrEnum):
    """Who stands at the counter."""

    GIVER = "giver"
    RECEIVER = "receiver"


OTHER = {Side.GIVER: Side.RECEIVER, Side.RECEIVER: Side.GIVER}


class Confirmation(Struct, frozen=True, kw_only=True):
    """What one side has put its name to: with its own sign-in, on the other's screen, or by a signed paper.

    One who only has the other side's paper has confirmed for itself; the other side stays claimed.
    """

    side: Side
    person: str | None
    at: datetime
    how: str
    paper: str | None = None


class Standing(Struct, frozen=True, kw_only=True):
    """A handover as both sides see it; `digest` changes whenever a count or an exception does."""

    expected: int
    offered: int
    received: int
    missing: tuple[ReconciledLine, ...]
    exceptions: tuple[ReconciledLine, ...]
    waiting: tuple[ReconciledLine, ...]
    digest: str


def standing_of(result: Reconciliation) -> Standing:
    """Sum up what was expected, what either side has scanned, and what does not agree."""
    listed = [line for line in result.lines if line.n is not None]
    told = {line.code: [line.line_class.value, line.evidence.reason] for line in result.lines}
    return Standing(
        expected=len(listed),
        offered=sum(1 for line in listed if line.evidence.giver),
        received=sum(1 for line in listed if line.evidence.receiver),
        missing=tuple(line for line in listed if not line.evidence.receiver),
        exceptions=tuple(line for line in result.lines if line.line_class in EXCEPTIONS),
        waiting=tuple(line for line in result.lines if line.line_class is LineClass.AWAITING_DEVICE),
        digest=hashlib.sha256(msgspec.json.encode(dict(sorted(told.items())))).hexdigest(),
    )


def confirmations(rows: Iterable[Row], digest: str) -> Mapping[Side, Confirmation]:
    """Find what stands of the confirmations of a manifest: the last one of each side, if it is of these very counts."""
    last: dict[Side, Row] = {}
    ours = [row for row in rows if row.content.kind == CONFIRMED]
    for row in sorted(ours, key=lambda one: (one.corrected_at, one.content.id)):
        last[Side(row.content.body["side"])] = row
    return {
        side: Confirmation(
            side=side,
            person=row.content.person,
            at=row.content.occurred_at,
            how=row.content.body["how"],
            paper=row.content.body.get("paper"),
        )
        for side, row in last.items()
        if row.content.body["digest"] == digest
    }
