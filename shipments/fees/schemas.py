"""What the API of money takes and gives. Amounts are whole đồng."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from postal.identity.rules import OrganisationCode, StaffCode
from postal.instants import Instant
from shipments.fees.rules import LARGEST, Channel, FeeLine, Settlement

Amount = Annotated[int, Meta(ge=1, le=LARGEST, description="Whole đồng")]
Cash = Annotated[int, Meta(ge=0, le=LARGEST, description="Whole đồng")]
Receipt = Annotated[
    str, Meta(pattern=r"^[A-Z0-9][A-Z0-9./\-]{0,39}$(?!\n)", description="Number of a biên lai or phiếu chi")
]
Keyword = Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_.]{0,39}$(?!\n)", description="Code of a reason")]


class NewCollection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Money taken for a dossier. `person` is for keys and supervisors; an `id` (UUIDv7) makes it safe to send twice."""

    dossier: Annotated[str, Meta(min_length=1, max_length=60)]
    line: FeeLine
    channel: Channel
    amount: Amount
    receipt: Receipt
    person: StaffCode | None = None
    occurred_at: Instant | None = None
    id: UUID | None = None


class NewRefund(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Money given back of a collection; without a channel by the one it came through."""

    amount: Amount
    receipt: Receipt
    channel: Channel | None = None
    reason: Keyword | None = None
    person: StaffCode | None = None
    occurred_at: Instant | None = None
    id: UUID | None = None


class NewCorrection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why an entry is mistaken."""

    reason: Keyword


class DayClosing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A day to be closed; `cash` is what was counted in the drawer."""

    day: date
    person: StaffCode | None = None
    cash: Cash | None = None


class ChosenFee(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One collection on a list; without an amount all that is left of it."""

    fee: UUID
    amount: Amount | None = None


class NewRemittance(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A list of money to be handed over: the `fees` named, or else everything in hand `but` some.

    `of_office` hands on to an agency what the office has counted, out of its safe.
    """

    channel: Channel = Channel.CASH
    receiver: OrganisationCode | None = None
    person: StaffCode | None = None
    fees: Annotated[tuple[ChosenFee, ...], Meta(min_length=1, max_length=1000)] | None = None
    but: Annotated[tuple[UUID, ...], Meta(max_length=1000)] = ()
    of_office: bool = False


class CountedMoney(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was counted for one receipt."""

    receipt: Receipt
    amount: Amount


class NewCount(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the receiver counted; a listed receipt that is not named was not there."""

    lines: Annotated[tuple[CountedMoney, ...], Meta(max_length=2000)]


class NewSettlement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the difference of one receipt ended."""

    receipt: Receipt
    resolution: Settlement
