"""Partners over HTTP."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from integrations.partners.rules import Direction, Issued, Partner, PartnerState
from postal.instants import Instant


class PartnerView(Struct, frozen=True, kw_only=True):
    """A partner, without its secrets."""

    code: str
    kind: Literal["agency", "portal", "post", "epcis"]
    organisation: str
    name: str
    url: str | None
    settings: dict[str, Any]
    state: PartnerState
    state_why: str | None
    state_at: datetime
    made_at: datetime


class IssuedView(Struct, frozen=True, kw_only=True):
    """A partner with secrets that were just made: `whsec_…`, shown this once."""

    partner: PartnerView
    inbound_secret: str | None
    outbound_secret: str | None


class RotateSecret(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which secret is made anew, and until when the one before it counts (absent: for a day)."""

    direction: Direction
    old_until: Instant | None = None


class EndPartner(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a partner ends."""

    why: Annotated[str, Meta(min_length=1, max_length=500)]


def view(partner: Partner) -> PartnerView:
    """Describe a partner."""
    values = {name: getattr(partner, name) for name in PartnerView.__struct_fields__}
    return PartnerView(**{**values, "kind": partner.kind.value})


def issued_view(issued: Issued) -> IssuedView:
    """Describe a partner with its new secrets."""
    return IssuedView(
        partner=view(issued.partner), inbound_secret=issued.inbound, outbound_secret=issued.outbound
    )
