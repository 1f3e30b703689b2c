"""What was done to many dossiers by one click, and until when it may be taken back. Pure."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from shipments.dossiers.rules import UNDO_WITHIN, UNDOABLE, CaseKind


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of one dossier: the event that was written, or the refusal in both languages."""

    dossier: str
    event: UUID | None = None
    refused: tuple[str, str] | None = None


class Batch(Struct, frozen=True, kw_only=True):
    """One click for many dossiers."""

    id: UUID
    organisation: str
    person: str | None
    act: CaseKind
    at: datetime
    outcomes: tuple[Outcome, ...]
    undone_at: datetime | None = None
    undone: tuple[Outcome, ...] = ()

    @property
    def done(self) -> tuple[Outcome, ...]:
        """Give what was written."""
        return tuple(each for each in self.outcomes if each.event is not None)

    @property
    def refused(self) -> tuple[Outcome, ...]:
        """Give what was not."""
        return tuple(each for each in self.outcomes if each.event is None)

    @property
    def undo_until(self) -> datetime | None:
        """Give until when it may be taken back; None where the law, or nobody's reliance, lets it."""
        return self.at + UNDO_WITHIN if self.act in UNDOABLE else None

    def may_undo(self, now: datetime) -> bool:
        """Tell whether the button is to be there."""
        until = self.undo_until
        return until is not None and now <= until and self.undone_at is None and bool(self.done)
