"""Reading dated rules."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct

from postal.calendars.rules import Convention, Limit, Unit
from postal.db import fetch, fetch_value, load_sql
from postal.errors import NotFound
from postal.law.rules import (
    CodePattern,
    Component,
    Constant,
    Constants,
    ListEntry,
    PostalList,
    Procedure,
    ProcessStep,
    Reading,
    Reason,
    Status,
    TransitLimit,
    Zone,
    constants_among,
    in_force,
    not_in_force,
)

VERSIONS_AT = load_sql(__package__, "versions_at.sql")
VERSIONS_OF = load_sql(__package__, "versions_of.sql")
PINNED = load_sql(__package__, "pinned.sql")
LISTED = load_sql(__package__, "listed.sql")
REASONS = load_sql(__package__, "reasons.sql")
CHANGES = load_sql(__package__, "changes.sql")
COMPONENTS = load_sql(__package__, "components.sql")
STEPS = load_sql(__package__, "steps.sql")
COUNTRY = "VN"
"""The scope of a list that holds for every province."""


class Offer(Struct, frozen=True, kw_only=True):
    """A procedure as the post may carry it on a day: its flags are those of the list in force, where there is one."""

    procedure: Procedure
    by: PostalList | None
    reason: str


class Change(Struct, frozen=True, kw_only=True):
    """What was changed, by whom, by which decision, and how many open dossiers keep what they began under."""

    id: UUID
    at: datetime
    actor: str
    organisation: str | None
    what: str
    subject: str
    version: int | None
    action: str
    effective: date
    decision: str
    decided_on: date
    open_dossiers: int
    before: Any
    after: Any
    reason: str | None = None


async def procedure_at(code: str, on: date) -> Procedure:
    """The version of a procedure in force on a day; an unknown one and one not in force are refused apart."""
    if found := (await find_procedures([(code, on)])).get((code, on)):
        return found
    raise not_in_force(code, on, await list_versions(code))


async def find_procedures(wanted: Collection[tuple[str, date]]) -> dict[tuple[str, date], Procedure]:
    """The versions in force for several (code, day) pairs, in one statement; others are left out."""
    pairs = sorted(set(wanted))
    rows = await fetch(VERSIONS_AT, [code for code, _ in pairs], [on for _, on in pairs])
    return {(row["code"], row["asked"]): _procedure(row) for row in rows}


async def find_versions(wanted: Collection[tuple[str, int]]) -> dict[tuple[str, int], Procedure]:
    """Named versions of procedures, in one statement."""
    pairs = sorted(set(wanted))
    rows = await fetch(PINNED, [code for code, _ in pairs], [version for _, version in pairs])
    return {(row["code"], row["version"]): _procedure(row) for row in rows}


async def list_offers(
    on: date,
    *,
    eligible: bool | None = None,
    after: str = "",
    limit: int = 100,
    province: str | None = None,
    q: str | None = None,
    codes: Collection[str] | None = None,
) -> list[Offer]:
    """Procedures in force on a day, by code, those that the post may not carry included (QĐ 45/2016 Đ13)."""
    asked = None if codes is None else sorted(codes)
    rows = await fetch(LISTED, on, after, limit, eligible, province or COUNTRY, q, asked)
    return [Offer(procedure=_procedure(row), by=_list_of(row), reason=row["list_reason"]) for row in rows]


async def list_versions(code: str) -> list[Procedure]:
    """Every version of a procedure, newest first."""
    return [_procedure(row) for row in await fetch(VERSIONS_OF, code)]


async def components_of(
    wanted: Collection[tuple[str, int]],
) -> dict[tuple[str, int], tuple[Component, ...]]:
    """The papers that named versions ask for, in order; versions without any are left out."""
    return await _parts(COMPONENTS, wanted, Component)


async def steps_of(wanted: Collection[tuple[str, int]]) -> dict[tuple[str, int], tuple[ProcessStep, ...]]:
    """The process steps of named versions, in order; versions without any are left out."""
    return await _parts(STEPS, wanted, ProcessStep)


async def list_at(on: date, province: str | None = None) -> PostalList | None:
    """The list in force on a day: that of the province, else the country's; None without any."""
    found = {each.scope: each for each in in_force(await all_lists(), on)}
    return found.get(province or COUNTRY) or found.get(COUNTRY)


async def all_lists(scope: str | None = None) -> list[PostalList]:
    """Every list there ever was, newest first."""
    rows = await fetch(
        "SELECT * FROM postal_list WHERE $1::text IS NULL OR scope = $1 ORDER BY valid_from DESC, scope",
        scope,
    )
    return [msgspec.convert(dict(row), PostalList) for row in rows]


async def entries_of(scope: str, version: int) -> list[ListEntry]:
    """What a list says of each procedure that it names."""
    rows = await fetch(
        "SELECT * FROM postal_list_entry WHERE scope = $1 AND version = $2 ORDER BY procedure", scope, version
    )
    return [msgspec.convert(dict(row), ListEntry) for row in rows]


async def known_codes(codes: Collection[str]) -> set[str]:
    """Which of these codes name a procedure, whenever it holds."""
    rows = await fetch("SELECT DISTINCT code FROM procedure WHERE code = ANY($1::text[])", sorted(set(codes)))
    return {row["code"] for row in rows}


async def all_patterns() -> list[CodePattern]:
    """Every pattern of dossier codes there ever was."""
    rows = await fetch("SELECT * FROM code_pattern ORDER BY valid_from, name")
    return [msgspec.convert(dict(row), CodePattern) for row in rows]


async def transit_limit(zone: Zone, on: date, *, with_slip: bool = False) -> TransitLimit:
    """J + n of a scope on a day; raises NotFound before the first text."""
    for found in await transit_limits(on):
        if found.zone is zone and found.with_slip is with_slip:
            return found
    raise NotFound("transit.unknown", vi=f"Chưa có chỉ tiêu J+n ngày {on}", en=f"No transit standard on {on}")


async def transit_limits(on: date) -> list[TransitLimit]:
    """Every transit standard in force on a day."""
    return in_force(await all_transit_limits(), on)


async def all_transit_limits() -> list[TransitLimit]:
    """Every transit standard there ever was."""
    return [
        TransitLimit(
            zone=Zone(row["zone"]),
            with_slip=row["with_slip"],
            days=row["days"],
            calendar=row["calendar"],
            valid_from=row["valid_from"],
            valid_to=row["valid_to"],
            citation=row["citation"],
            status=Status(row["status"]),
            decision=row["decision"],
            decided_on=row["decided_on"],
        )
        for row in await fetch("SELECT * FROM transit_standard ORDER BY zone, with_slip, valid_from")
    ]


async def constants_at(on: date) -> Constants:
    """Every constant in force on a day."""
    return constants_among(await all_constants(), on)


async def all_constants() -> list[Constant]:
    """Every constant there ever was, the older ones first."""
    return [
        Constant(
            name=row["name"],
            value=msgspec.json.decode(row["value"]),
            valid_from=row["valid_from"],
            valid_to=row["valid_to"],
            citation=row["citation"],
            status=Status(row["status"]),
            decision=row["decision"],
            decided_on=row["decided_on"],
        )
        for row in await fetch("SELECT * FROM rule_constant ORDER BY valid_from, name")
    ]


async def list_changes(
    *, after: UUID | None = None, what: str | None = None, subject: str | None = None, limit: int = 100
) -> list[Change]:
    """Changes of law, the newest first, beginning before a change."""
    rows = await fetch(CHANGES, after, what, subject, limit)
    return [msgspec.convert(dict(row) | _told(row), Change) for row in rows]


def _told(row: Any) -> dict[str, Any]:
    return {name: msgspec.json.decode(row[name]) if row[name] else None for name in ("before", "after")}


async def calendar_exists(code: str) -> bool:
    """Tell whether a calendar has this code."""
    return bool(await fetch_value("SELECT EXISTS (SELECT FROM calendar WHERE code = $1)", code))


async def list_calendars() -> list[tuple[str, str]]:
    """Every calendar with its name."""
    return [
        (row["code"], row["name"]) for row in await fetch("SELECT code, name FROM calendar ORDER BY code")
    ]


async def reasons_at(on: date) -> list[Reason]:
    """Every reason that may be given on a day."""
    return [Reason(**dict(row)) for row in await fetch(REASONS, on)]


def _procedure(row: Any) -> Procedure:
    return Procedure(
        code=row["code"],
        version=row["version"],
        name_vi=row["name_vi"],
        name_en=row["name_en"],
        limit=Limit(row["limit_value"], Unit(row["limit_unit"])),
        convention=Convention(row["convention"]),
        calendar=row["calendar"],
        t0_reading=Reading(row["t0_reading"]) if row["t0_reading"] else None,
        eligible_submit=row["eligible_submit"],
        eligible_return=row["eligible_return"],
        requires_presence=row["requires_presence"],
        state_secret=row["state_secret"],
        territory_free=row["territory_free"],
        fee=row["fee"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        citation=row["citation"],
        status=Status(row["status"]),
        issuer=row["issuer"],
        decision=row["decision"],
        decided_on=row["decided_on"],
    )


def _list_of(row: Any) -> PostalList | None:
    if row["list_scope"] is None:
        return None
    return PostalList(
        scope=row["list_scope"],
        version=row["list_version"],
        decision=row["list_decision"],
        decided_on=row["list_decided_on"],
        valid_from=row["list_from"],
        valid_to=row["list_to"],
        citation=row["list_citation"],
        status=Status(row["list_status"]),
    )


Part = TypeVar("Part", Component, ProcessStep)


async def _parts(
    statement: str, wanted: Collection[tuple[str, int]], kind: type[Part]
) -> dict[tuple[str, int], tuple[Part, ...]]:
    pairs = sorted(set(wanted))
    found: dict[tuple[str, int], list[Part]] = {}
    for row in await fetch(statement, [code for code, _ in pairs], [version for _, version in pairs]):
        found.setdefault((row["procedure"], row["version"]), []).append(msgspec.convert(dict(row), kind))
    return {key: tuple(parts) for key, parts in found.items()}
