"""Who may do what: roles, the actor of a request, and the judgement of who made a scan."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta, Struct

OrganisationCode = Annotated[str, Meta(pattern=r"^[A-Z0-9][A-Z0-9.\-]{1,34}$(?!\n)")]
StaffCode = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._\-]{1,34}$(?!\n)")]
DeviceCode = StaffCode


class Role(StrEnum):
    """What a person, a key or a device may do at one organisation."""

    CLERK = "clerk"
    COURIER = "courier"
    SORTER = "sorter"
    SUPERVISOR = "supervisor"
    POST_DESK = "post_desk"
    DESK = "desk"
    SPECIALIST = "specialist"
    AGENCY_HEAD = "agency_head"
    CONTROL = "control"
    REGULATOR = "regulator"
    ADMIN = "admin"
    SYSTEM = "system"
    SCANNER = "scanner"


READS_EVERYTHING = frozenset({Role.CONTROL, Role.REGULATOR})
"""Inspectors: they read what every organisation has, and each read is audited."""

GRANTED_BY_SUPERVISOR = frozenset({Role.CLERK, Role.COURIER, Role.SORTER, Role.POST_DESK})
GRANTED_BY_AGENCY_HEAD = frozenset({Role.DESK, Role.SPECIALIST})


class Actor(Struct, frozen=True, kw_only=True):
    """Whoever makes a request.

    `sees` holds the actor's organisation and its predecessors. `national` marks the operator of the whole system,
    whose administrators govern every organisation rather than their own subtree.
    """

    kind: Literal["anonymous", "key", "session", "device"]
    id: str
    organisation: str | None = None
    person: str | None = None
    roles: frozenset[Role] = frozenset()
    device: str | None = None
    sees: frozenset[str] = frozenset()
    reads_everything: bool = False
    national: bool = False


ANONYMOUS = Actor(kind="anonymous", id="anonymous")


def grantable(actor: Actor) -> frozenset[Role]:
    """Give the roles that an actor may hand to people and keys.

    Roles that read everything, and the administration of other organisations, come from the national level alone:
    otherwise one organisation's administrator could make a key that sees the whole country.
    """
    granted: frozenset[Role] = frozenset()
    if Role.ADMIN in actor.roles:
        granted |= frozenset(Role) if actor.national else frozenset(Role) - READS_EVERYTHING
    if Role.SUPERVISOR in actor.roles:
        granted |= GRANTED_BY_SUPERVISOR
    if Role.AGENCY_HEAD in actor.roles:
        granted |= GRANTED_BY_AGENCY_HEAD
    return granted - {Role.SCANNER}


class Span(Struct, frozen=True):
    """A half-open span of validity: from `start`, up to but not including `end`."""

    start: datetime
    end: datetime | None = None

    def covers(self, at: datetime, slack: timedelta = timedelta(0)) -> bool:
        """Say whether `at`, known only to within `slack`, can lie inside."""
        return self.start <= at + slack and (self.end is None or at - slack < self.end)


class EnrolledDevice(Struct, frozen=True):
    """A device and the time in which its scans count."""

    code: str
    organisation: str
    span: Span


class Assignment(Struct, frozen=True):
    """A role that a person has at an organisation for a time."""

    person: str
    role: Role
    organisation: str
    span: Span


class ShiftSpan(Struct, frozen=True):
    """Who worked with which device for which organisation, and when."""

    id: str
    person: str
    device: str
    organisation: str
    span: Span


class ScanIdentity(Struct, frozen=True):
    """Everything that is known about the identities which one batch of scans names."""

    device: EnrolledDevice | None
    assignments: Mapping[str, Collection[Assignment]]
    shifts: Mapping[str, ShiftSpan]
    places: Mapping[str, Span]


class Acting(Struct, frozen=True):
    """The party for which a scan counts."""

    organisation: str
    place: str | None
    person: str


class Refused(Struct, frozen=True):
    """Why nobody stands behind a scan; the messages fit a scanner's display (40 characters)."""

    code: str
    vi: str
    en: str


DEVICE_UNKNOWN = Refused("identity.device_unknown", "Máy quét chưa đăng ký", "Device not enrolled")
DEVICE_REVOKED = Refused(
    "identity.device_not_valid", "Máy quét không hiệu lực lúc quét", "Device not valid at that time"
)
PERSON_MISSING = Refused("identity.person_missing", "Thiếu mã nhân viên", "Staff code is missing")
PERSON_UNASSIGNED = Refused(
    "identity.person_not_assigned", "Nhân viên không thuộc đơn vị lúc quét", "Person not assigned there then"
)
PLACE_UNKNOWN = Refused(
    "identity.place_unknown", "Không có địa điểm này lúc quét", "No such place at that time"
)


def judge(
    identity: ScanIdentity,
    *,
    person: str | None,
    place: str | None,
    shift: str | None,
    at: datetime,
    uncertainty: timedelta = timedelta(0),
) -> Acting | Refused:
    """Judge for whom a scan at `at` (time corrected for the device's skew) counts.

    The acting organisation is that of the stated shift if this device had it at that time, else the device's. Only
    what is surely outside a validity is refused: `uncertainty` bounds the error of `at`, and a good scan at the edge
    of a span must not be lost to a bad clock.
    """
    device = identity.device
    if device is None:
        return DEVICE_UNKNOWN
    if not device.span.covers(at, uncertainty):
        return DEVICE_REVOKED
    worked = identity.shifts.get(shift) if shift is not None else None
    if worked is not None and (worked.device != device.code or not worked.span.covers(at, uncertainty)):
        worked = None
    organisation = worked.organisation if worked else device.organisation
    who = person or (worked.person if worked else None)
    if who is None:
        return PERSON_MISSING
    if not any(
        held.organisation == organisation and held.span.covers(at, uncertainty)
        for held in identity.assignments.get(who, ())
    ):
        return PERSON_UNASSIGNED
    if place is not None and (
        place not in identity.places or not identity.places[place].covers(at, uncertainty)
    ):
        return PLACE_UNKNOWN
    return Acting(organisation, place, who)
