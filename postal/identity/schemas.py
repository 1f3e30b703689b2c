"""Requests and answers about people, devices, keys and sessions."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from postal.identity.rules import DeviceCode, OrganisationCode, Role, StaffCode
from postal.instants import Instant

Login = Annotated[str, Meta(min_length=3, max_length=64)]
Password = Annotated[str, Meta(min_length=1, max_length=256)]


class SignIn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Credentials; `organisation` chooses among several where one works."""

    login: Annotated[str, Meta(max_length=256)]
    password: Annotated[str, Meta(max_length=256)]
    organisation: OrganisationCode | None = None


class Me(Struct, frozen=True, kw_only=True):
    """Who the caller is."""

    kind: Literal["anonymous", "key", "session", "device"]
    id: str
    organisation: str | None
    person: str | None
    device: str | None
    roles: tuple[Role, ...]
    expires_at: datetime | None = None


class AssignmentRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A role at an organisation, from now on if no instant is given."""

    role: Role
    organisation: OrganisationCode
    valid_from: Instant | None = None
    valid_to: Instant | None = None


class CreatePerson(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A member of staff with at least one role."""

    code: StaffCode
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    assignments: Annotated[list[AssignmentRequest], Meta(min_length=1, max_length=20)]
    login: Login | None = None
    password: Password | None = None


class EndAssignment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a role ends; now if no instant is given."""

    valid_to: Instant | None = None


class SetPassword(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new password; for one's own also the current one."""

    password: Password
    current: Password | None = None


class CreateDevice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A device of an organisation."""

    code: DeviceCode
    organisation: OrganisationCode


class Enrol(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The one-time code that a supervisor read out."""

    code: Annotated[str, Meta(min_length=10, max_length=20)]


class OpenShift(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who works with the calling device; for its organisation unless one is named that it took over."""

    person: StaffCode
    organisation: OrganisationCode | None = None


class CloseShift(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The end of a shift."""

    closed: Literal[True] = True


class CreateKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key for an organisation; it lives for a year unless an expiry is given."""

    organisation: OrganisationCode
    roles: Annotated[list[Role], Meta(min_length=1, max_length=12)]
    label: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    expires_at: Instant | None = None
