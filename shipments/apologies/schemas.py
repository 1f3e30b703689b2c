"""What the API of apologies takes and gives."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from postal.instants import Instant
from shipments.apologies.rules import ApologyKind
from shipments.dossiers.schemas import Keyword, PaperNumber

LetterText = Annotated[str, Meta(min_length=1, max_length=2_000)]


class DraftChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a specialist makes of a draft; what is absent stays. No name belongs into the text."""

    reason: Keyword | None = None
    due_new: Instant | None = None
    text_vi: LetterText | None = None
    text_en: LetterText | None = None


class LetterSignature(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The head's signature. Without `number` the next one of the year; `override` lets a case be extended again."""

    number: PaperNumber | None = None
    override: bool = False
    reason: Keyword | None = None
    decision: PaperNumber | None = None


class DraftView(Struct, frozen=True, kw_only=True):
    """A letter that waits to be signed: it must go out until `send_by`."""

    dossier: str
    authority: str
    desk: str
    due: Instant
    send_by: Instant
    reason: str | None
    due_new: Instant | None
    text_vi: str
    text_en: str
    drafted_at: Instant
    drafted_by: str | None
    edited_at: Instant | None
    edited_by: str | None


class ApologyView(Struct, frozen=True, kw_only=True):
    """A letter that was sent. `late`: only after the due instant, which it does not change."""

    dossier: str
    kind: ApologyKind
    ordinal: int
    at: Instant
    number: str | None
    reason: str | None
    due: Instant | None
    promised: Instant | None
    due_new: Instant | None
    late: bool
    override: bool
    decision: str | None
    authority: str
    desk: str
    row: UUID


class ApologyAccount(Struct, frozen=True, kw_only=True):
    """The letters of one dossier: both promises, what was sent, what waits."""

    dossier: str
    due: Instant | None
    due_first: Instant | None
    due_now: Instant | None
    sent: list[ApologyView]
    draft: DraftView | None


class OverdueView(Struct, frozen=True, kw_only=True):
    """A dossier that is or was late, and nobody apologised; `holder` is whose step it waits for."""

    dossier: str
    authority: str
    desk: str
    unit: str | None
    procedure: str
    due: Instant
    ended_at: Instant | None
    holder: str | None


class PublishedApology(Struct, frozen=True, kw_only=True):
    """What anybody may see: a code and its new date; none where the case has ended."""

    dossier: str
    due_new: Instant | None
    apologised_at: Instant
