"""A partner and its secrets."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from postal.identity.rules import OrganisationCode, Role

PartnerCode = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9\-]{1,39}$(?!\n)")]
PartnerState = Literal["active", "paused", "ended"]
Direction = Literal["inbound", "outbound"]
LARGEST_SETTINGS = 16_384
ADMINISTERING = frozenset({Role.ADMIN})
SEEING = frozenset({Role.ADMIN, Role.CONTROL, Role.REGULATOR})
"""Who may look at the registry, within their scope; who administers may also change it."""


class PartnerKind(StrEnum):
    """Which language a partner speaks."""

    AGENCY = "agency"
    PORTAL = "portal"
    POST = "post"
    EPCIS = "epcis"


class Partner(Struct, frozen=True, kw_only=True):
    """A program of others. It may see and do what its organisation may; `settings` belong to its kind."""

    id: UUID
    code: str
    kind: PartnerKind
    organisation: str
    name: str
    url: str | None
    settings: dict[str, Any]
    state: PartnerState
    state_why: str | None
    state_at: datetime
    made_at: datetime


class NewPartner(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A partner to be."""

    code: PartnerCode
    kind: PartnerKind
    organisation: OrganisationCode
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    url: Annotated[str, Meta(min_length=1, max_length=2_000)] | None = None
    settings: dict[str, Any] = {}


class PartnerChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be different; what is absent stays. A change of state says why."""

    name: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    url: Annotated[str, Meta(min_length=1, max_length=2_000)] | None = None
    settings: dict[str, Any] | None = None
    state: Literal["active", "paused"] | None = None
    why: Annotated[str, Meta(min_length=1, max_length=500)] | None = None


class Secret(Struct, frozen=True, kw_only=True):
    """A secret as it is kept; without an end it is the newest of its direction."""

    id: UUID
    direction: Direction
    sealed: bytes
    made_at: datetime
    valid_until: datetime | None


class Issued(Struct, frozen=True, kw_only=True):
    """A partner with secrets that were just made: the only time that anybody sees them."""

    partner: Partner
    inbound: str | None = None
    outbound: str | None = None


def changed(partner: Partner, change: PartnerChange, now: datetime) -> Partner:
    """Give a partner with what is to be different."""
    plain = {
        name: value for name in ("name", "url", "settings") if (value := getattr(change, name)) is not None
    }
    if change.state is not None and change.state != partner.state:
        plain |= {"state": change.state, "state_why": change.why, "state_at": now}
    return msgspec.structs.replace(partner, **plain)


def ended_by_rotation(secrets: Sequence[Secret], until: datetime, now: datetime) -> dict[UUID, datetime]:
    """Say when the secrets of one direction end as a new one comes: two count at a time, the older until an instant.

    The one that was the newest counts until then; whatever is older still ends at once.
    """
    ends = {}
    for secret in secrets:
        if secret.valid_until is None:
            ends[secret.id] = max(until, now)
        elif secret.valid_until > now:
            ends[secret.id] = now
    return ends
