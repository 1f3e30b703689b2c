"""A profile tells how one log is read: columns, activities, calendar, parties and rules, in a TOML file."""

import re
import tomllib
from datetime import date, time
from typing import Annotated

import msgspec
from msgspec import Meta, Struct, field

from postal.calendars.rules import Calendar, Convention, Hours, Limit, Unit
from postal.calendars.rules.library import library_days
from postal.law.rules import Procedure, Status
from postal.network.rules import Kind, Level, Organisation
from shipments.dossiers.rules import CaseKind, ServiceMode

Code = Annotated[str, Meta(pattern=r"^[A-Z0-9][A-Z0-9.\-]{1,34}$")]
Name = Annotated[str, Meta(min_length=1, max_length=200)]


class ProfileError(ValueError):
    """A profile that cannot be used, with the reason."""


class Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the file is written; the first encoding and delimiter that fit are taken."""

    encodings: tuple[str, ...] = ("utf-8-sig", "latin-1")
    delimiters: tuple[str, ...] = (",", ";", "\t", "|")


class CaseColumns(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The columns of a case, equal on each of its rows. `pattern` and `dossier` make our code of the log's."""

    code: Name
    pattern: Name = "(.+)"
    dossier: Name = r"\1"
    started: Name
    ended: str | None = None
    due: str | None = None
    procedure: str | None = None
    service_mode: ServiceMode = ServiceMode.BOTH


class EventColumns(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The columns of an event."""

    at: Name
    activity: Name
    unit: str | None = None
    reference: str | None = None


class Units(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the values of the unit column name organisations; those of `none` name nobody."""

    pattern: Name = "(.+)"
    code: Name = r"\1"
    name: Name = r"\1"
    none: tuple[str, ...] = ("",)


class Parties(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who stands at each end of the way of a dossier."""

    authority: Code
    desk: Code
    office: Code | None = None


class Party(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An organisation that the log needs."""

    code: Code
    name: Name
    kind: Kind
    level: Level = Level.COMMUNE
    parent: Code | None = None


class OpenHours(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Opening hours on some weekdays, Monday being 0."""

    weekdays: tuple[Annotated[int, Meta(ge=0, le=6)], ...]
    opens: time
    closes: time


class LogCalendar(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The calendar of the log: its own zone, its own days off."""

    code: Code
    name: Name
    zone: Name
    first: date
    last: date
    citation: Name
    holidays: str | None = None
    hours: tuple[OpenHours, ...]


class LogProcedure(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A procedure that the log's cases follow; without a `value` it holds for all that no other names."""

    code: Code
    name_vi: Name
    name_en: Name
    limit: Annotated[int, Meta(ge=0)]
    unit: Unit
    convention: Convention = Convention.END_OF_DAY
    value: str | None = None


class Profile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that one log needs; another log needs another file and no code."""

    log: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9\-]{1,30}$")]
    title: Name
    citation: Name
    table: Table = field(default_factory=Table)
    case: CaseColumns
    event: EventColumns
    activities: dict[str, CaseKind]
    units: Units = field(default_factory=Units)
    parties: Parties
    organisations: tuple[Party, ...]
    calendar: LogCalendar
    procedures: tuple[LogProcedure, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the file must have."""
        case, event = self.case, self.event
        of_case = (case.code, case.started, case.ended, case.due, case.procedure)
        of_event = (event.at, event.activity, event.unit, event.reference)
        return tuple(dict.fromkeys(column for column in (*of_case, *of_event) if column))

    def the_calendar(self) -> Calendar:
        """The log's calendar with its days off."""
        wanted = self.calendar
        years = range(wanted.first.year, wanted.last.year + 1)
        days = library_days(wanted.holidays, years) if wanted.holidays else ()
        hours = tuple(
            Hours(weekday=day, opens=_minutes(span.opens), closes=_minutes(span.closes))
            for span in wanted.hours
            for day in span.weekdays
        )
        return Calendar(
            code=wanted.code,
            zone=wanted.zone,
            hours=hours,
            days=tuple(day for day in days if wanted.first <= day.day < wanted.last),
            name=wanted.name,
            first=wanted.first,
            last=wanted.last,
        )

    def the_procedures(self) -> tuple[Procedure, ...]:
        """The log's procedures as versions of ours, marked as made for a test."""
        return tuple(
            Procedure(
                code=each.code,
                version=1,
                name_vi=each.name_vi,
                name_en=each.name_en,
                limit=Limit(each.limit, each.unit),
                convention=each.convention,
                calendar=self.calendar.code,
                t0_reading=None,
                eligible_submit=True,
                eligible_return=True,
                requires_presence=False,
                state_secret=False,
                territory_free=False,
                fee=0,
                valid_from=self.calendar.first,
                valid_to=self.calendar.last,
                citation=self.citation,
                status=Status.TEST,
            )
            for each in self.procedures
        )

    def the_organisations(self) -> tuple[Organisation, ...]:
        """The organisations that the profile names, parents first."""
        return tuple(self.organisation(each) for each in self.organisations)

    def organisation(self, party: Party) -> Organisation:
        """Make an organisation that keeps the log's calendar and exists as long as it."""
        return Organisation(
            code=party.code,
            name=party.name,
            kind=party.kind,
            level=party.level,
            parent=party.parent,
            unit_code=None,
            province_code=None,
            calendar=self.calendar.code,
            valid_from=self.calendar.first,
            valid_to=None,
            successor=None,
            address_public=None,
        )


def read_profile(text: str) -> Profile:
    """Read a profile; raises ProfileError naming what is wrong with it."""
    try:
        profile = msgspec.convert(tomllib.loads(text), Profile)
        for pattern in (profile.case.pattern, profile.units.pattern):
            re.compile(pattern)
        profile.the_calendar()
    except (
        tomllib.TOMLDecodeError,
        msgspec.ValidationError,
        re.error,
        ValueError,
        NotImplementedError,
    ) as error:
        raise ProfileError(str(error)) from error
    known = {party.code for party in profile.organisations}
    named = (profile.parties.authority, profile.parties.desk, profile.parties.office)
    for code in named:
        if code is not None and code not in known:
            raise ProfileError(f"party {code} is not among the organisations")
    if not profile.procedures:
        raise ProfileError("no procedure")
    return profile


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute
