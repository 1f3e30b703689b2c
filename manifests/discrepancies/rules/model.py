"""A discrepancy: what reconciliation could not settle, who must answer for it, and until when."""

from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from postal.instants import Instant

OPENED, RESOLVED, REOPENED = "discrepancy.opened", "discrepancy.resolved", "discrepancy.reopened"
ASSIGNED, EVIDENCED = "discrepancy.assigned", "discrepancy.evidence"


class Standing(StrEnum):
    """Whether somebody still has to answer."""

    OPEN = "open"
    RESOLVED = "resolved"


LATE_SCAN, SWAPPED = "late_scan", "swapped"
"""Resolutions that nobody may state: a scan that came late, and a swap that was settled as one."""


LOSSES = frozenset({"lost", "compensated"})
"""Resolutions by which a piece is missing for good."""


class Proof(StrEnum):
    """What a resolution may demand: words, a photo or paper on file, a seal's number, or a scan since the opening."""

    NOTE = "note"
    FILE = "file"
    SEAL = "seal"
    SCAN = "scan"


class Reason(Struct, frozen=True, kw_only=True):
    """How a discrepancy may end, as in force for a time: for which classes, with what proof.

    `contradicted_by` are classes which, once a late scan shows them, make the ending untrue. Reasons that are not
    `by_hand` are stated by the system.
    """

    code: str
    name_vi: str
    name_en: str
    classes: tuple[str, ...]
    requires: tuple[Proof, ...]
    contradicted_by: tuple[str, ...]
    by_hand: bool
    valid_from: date
    valid_to: date | None
    citation: str
    status: str


class Proofs(Struct, frozen=True, kw_only=True):
    """What a case has been given so far."""

    notes: int = 0
    files: int = 0
    seals: int = 0
    scans: int = 0

    def lacking(self, required: Collection[Proof]) -> tuple[Proof, ...]:
        """Name what is demanded and not there."""
        given = {
            Proof.NOTE: self.notes,
            Proof.FILE: self.files,
            Proof.SEAL: self.seals,
            Proof.SCAN: self.scans,
        }
        return tuple(proof for proof in Proof if proof in required and not given[proof])


class Finding(Struct, frozen=True, kw_only=True):
    """What a discrepancy is opened for: a piece, its class, why, who answers, and the row that made it so."""

    piece: str
    line_class: str
    reason: str | None
    owner: str
    row: UUID | None = None


class Discrepancy(Struct, frozen=True, kw_only=True):
    """A discrepancy as it stands. Its id is that of the ledger row that opened it.

    `owner` is the organisation that answers, `assignee` its person; `changed_by` the scan that opened it again or
    settled it by itself; `swap` what was settled with it as one.
    """

    id: UUID
    manifest: str
    piece: str
    line_class: str
    reason: str | None
    owner: str
    state: Standing
    opened_at: Instant
    deadline: Instant
    resolution: str | None
    resolved_at: Instant | None
    resolved_by: str | None
    reopened: int
    assignee: str | None = None
    changed_by: UUID | None = None
    swap: UUID | None = None


def ends_in_loss(line_class: str, resolution: str | None) -> bool:
    """Tell whether a case of this class that was settled so means that the piece is gone; what is damaged is there."""
    return resolution in LOSSES and line_class != "damaged"


def contradicted(case: Discrepancy, line_class: str, reasons: Mapping[str, Reason]) -> bool:
    """Tell whether a class makes the way in which a case was settled untrue; the class that it had then does not."""
    if case.state is not Standing.RESOLVED or case.resolution is None or case.line_class == line_class:
        return False
    reason = reasons.get(case.resolution)
    return reason is not None and line_class in reason.contradicted_by
