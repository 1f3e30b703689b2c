"""Requests and answers about the network."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from postal.identity.rules import OrganisationCode
from postal.network.rules import Kind, Level, Organisation

Name = Annotated[str, Meta(min_length=1, max_length=200)]


class CreateOrganisation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An organisation to be added; `valid_to` follows only when it ends."""

    code: OrganisationCode
    name: Name
    kind: Kind
    level: Level
    valid_from: date
    parent: OrganisationCode | None = None
    unit_code: Annotated[str, Meta(pattern=r"^[0-9]{2}([0-9]{3})?$(?!\n)")] | None = None
    calendar: Annotated[str, Meta(pattern=r"^[A-Z0-9][A-Z0-9.\-]{1,34}$(?!\n)")] | None = None
    address_public: Annotated[str, Meta(min_length=1, max_length=300)] | None = None

    def organisation(self, default_calendar: str) -> Organisation:
        """Give the organisation that is asked for."""
        return Organisation(
            code=self.code,
            name=self.name,
            kind=self.kind,
            level=self.level,
            parent=self.parent,
            unit_code=self.unit_code,
            province_code=None,
            calendar=self.calendar or default_calendar,
            valid_from=self.valid_from,
            valid_to=None,
            successor=None,
            address_public=self.address_public,
        )


class CloseOrganisation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The end of an organisation: the first day on which it no longer exists (default today), and its successor."""

    valid_to: date | None = None
    successor: OrganisationCode | None = None
