"""What is sent about trips."""

from typing import Annotated

from msgspec import Meta, Struct

from postal.identity.rules import OrganisationCode

Short = Annotated[str, Meta(pattern=r"^[A-Za-z0-9.\-/ ]{1,40}$(?!\n)")]
Codes = Annotated[list[Annotated[str, Meta(min_length=1, max_length=60)]], Meta(max_length=200)]


class NewTrip(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A trip to be opened; the carrier is the caller's organisation unless stated, `vehicle` a number plate."""

    origin: OrganisationCode
    destination: OrganisationCode
    carrier: OrganisationCode | None = None
    vehicle: Short | None = None
    route: Short | None = None


class Loading(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What goes aboard, or leaves."""

    manifests: Codes = []
    bags: Codes = []


class Passage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a trip departs or arrives; an arrival is at the caller's organisation unless stated."""

    place: OrganisationCode | None = None
