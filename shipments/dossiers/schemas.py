"""What the dossier API takes and gives."""

from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

from postal.identity.rules import OrganisationCode
from postal.instants import Instant
from shipments.dossiers.rules import CaseKind, Channel, Consent, LineForm, ServiceMode

ProcedureCode = Annotated[str, Meta(pattern=r"^[A-Z0-9][A-Z0-9.\-]{1,34}$(?!\n)")]
Phone = Annotated[str, Meta(pattern=r"^\+?[0-9 .\-()]{8,20}$(?!\n)")]
Text = Annotated[str, Meta(min_length=1, max_length=300)]
Count = Annotated[int, Meta(ge=1, le=10_000)]
Keyword = Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_.]{0,39}$(?!\n)")]
ScanKeyword = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_.]{0,39}$(?!\n)")]
PaperNumber = Annotated[str, Meta(pattern=r"^[A-Z0-9][A-Z0-9./\-Đ]{0,39}$(?!\n)")]


class NewApplicant(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose dossier it is. Kept apart from the ledger; the end of `phone` is the second factor of tracking."""

    name: Text
    phone: Phone
    address: Text | None = None
    email: Annotated[str, Meta(pattern=r"^[!-?A-~]{1,64}@[!-?A-~]{1,190}$(?!\n)")] | None = None
    identity_type: Keyword | None = None
    identity_number: Annotated[str, Meta(pattern=r"^[A-Z0-9]{4,20}$(?!\n)")] | None = None


class NewLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One paper: `copies` pieces of `sheets` sheets each; `to_return` if it has to come back with the result."""

    name: Text
    form: LineForm
    copies: Count = 1
    sheets: Count = 1
    to_return: bool = False


class NewDossier(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dossier to be registered. Without `code` one is chosen; without `office`, that of the caller is meant.

    `channel` says how it comes in where the post does not bring it; `consent`, how the citizen's own choice of the
    post was taken down.
    """

    procedure: ProcedureCode
    authority: OrganisationCode
    desk: OrganisationCode
    service_mode: ServiceMode
    applicant: NewApplicant
    lines: Annotated[tuple[NewLine, ...], Meta(max_length=200)] = ()
    office: OrganisationCode | None = None
    code: Annotated[str, Meta(min_length=1, max_length=60)] | None = None
    registered_at: Instant | None = None
    channel: Channel | None = None
    consent: Consent | None = None


class NewEvent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One case event. `due` is a promise, `apology` the number of the letter, `reason` a code of the dated list.

    `items` are numbers of components of the procedure, which alone a supplement may ask for. What happens once, a
    request for a supplement and a re-appointment, may happen again by `override` of the head of the agency, with its
    `reason` and the number of its `decision`. An `id` (UUIDv7) makes the same event safe to send twice.
    """

    kind: CaseKind
    occurred_at: Instant | None = None
    id: UUID | None = None
    due: Instant | None = None
    step: Keyword | None = None
    unit: OrganisationCode | None = None
    reason: Keyword | None = None
    apology: PaperNumber | None = None
    override: bool | None = None
    decision: PaperNumber | None = None
    items: Annotated[tuple[Count, ...], Meta(max_length=200)] = ()


class ReturnedLines(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Numbers of the originals that the citizen got."""

    lines: Annotated[tuple[Count, ...], Meta(min_length=1, max_length=200)]


class OldPaperCount(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Old papers of one kind, by a code such as `old_licence`."""

    kind: ScanKeyword
    count: Count = 1


class OldPaperList(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Old papers that are wanted back, or came back."""

    papers: Annotated[tuple[OldPaperCount, ...], Meta(min_length=1, max_length=50)]


class OldPaperWaiver(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Old papers of one kind that need not come back after all, and why."""

    kind: ScanKeyword
    reason: Keyword


class PaperCorrection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a statement about papers is mistaken."""

    reason: Keyword


class ProcedureView(Struct, frozen=True, kw_only=True):
    """The version of the procedure that stays with the dossier."""

    code: str
    version: int | None
    name_vi: str | None = None
    name_en: str | None = None
    citation: str | None = None
    status: str | None = None


class ApplicantView(Struct, frozen=True, kw_only=True):
    """Whose dossier it is; shown to those who need it for their work."""

    name: str
    phone: str
    address: str | None
    email: str | None
    identity_type: str | None
    identity_number: str | None


class LineView(Struct, frozen=True, kw_only=True):
    """One paper of the dossier."""

    number: int
    name: str
    form: LineForm
    copies: int
    sheets: int
    to_return: bool


class EventView(Struct, frozen=True, kw_only=True):
    """One case event as it was stated."""

    id: UUID
    kind: CaseKind
    at: Instant
    organisation: str | None
    body: dict[str, Any]
    flags: tuple[str, ...] = ()


class DossierSummary(Struct, frozen=True, kw_only=True):
    """A dossier in a list."""

    code: str
    procedure: str
    authority: str
    desk: str
    office: str | None
    service_mode: ServiceMode
    status: int
    status_name: str
    registered_at: Instant
    received_at: Instant | None
    due_first: Instant | None
    due_now: Instant | None
    completed_at: Instant | None
    closed_at: Instant | None
    overdue: bool
    source: str | None


class DossierView(Struct, frozen=True, kw_only=True):
    """A dossier: its parties, where its case stands, its papers. `events` are for the agencies of the case alone."""

    code: str
    result: str
    procedure: ProcedureView
    authority: str
    desk: str
    office: str | None
    unit: str | None
    service_mode: ServiceMode
    status: int
    status_name: str
    withdrawn: bool
    registered_at: Instant
    registered_by: str | None
    received_at: Instant | None
    due_first: Instant | None
    due_now: Instant | None
    completed_at: Instant | None
    result_at_desk_at: Instant | None
    closed_at: Instant | None
    overdue: bool
    supplements: int
    extensions: int
    source: str | None
    channel: Channel | None
    consent: Consent | None
    lines: list[LineView]
    applicant: ApplicantView | None
    allowed: list[CaseKind]
    events: list[EventView] | None
