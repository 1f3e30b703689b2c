"""Dated rules as stored."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

import msgspec

from postal.calendars.rules import Convention, Limit, Unit
from postal.db import execute, fetch, load_sql
from postal.errors import NotFound
from postal.law.rules import (
    Constant,
    Constants,
    Procedure,
    Reading,
    Reason,
    Status,
    TransitLimit,
    Zone,
    constants_among,
    in_force,
)

VERSIONS_AT = load_sql(__package__, "versions_at.sql")
VERSIONS_OF = load_sql(__package__, "versions_of.sql")
PINNED = load_sql(__package__, "pinned.sql")
LISTED = load_sql(__package__, "listed.sql")
REASONS = load_sql(__package__, "reasons.sql")
ADD_PROCEDURE = load_sql(__package__, "add_procedure.sql")


async def procedure_at(code: str, on: date) -> Procedure:
    """The version of a procedure in force on a day; raises NotFound if there is none."""
    if found := (await find_procedures([(code, on)])).get((code, on)):
        return found
    raise NotFound(
        "procedure.unknown",
        vi=f"Không có thủ tục {code} có hiệu lực ngày {on}",
        en=f"No procedure {code} in force on {on}",
        procedure=code,
    )


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


async def list_procedures(
    on: date, *, eligible: bool | None = None, after: str = "", limit: int = 100
) -> list[Procedure]:
    """Procedures in force on a day, by code, those that the post may not carry included (QĐ 45/2016 Đ13)."""
    return [_procedure(row) for row in await fetch(LISTED, on, after, limit, eligible)]


async def list_versions(code: str) -> list[Procedure]:
    """Every version of a procedure, newest first."""
    return [_procedure(row) for row in await fetch(VERSIONS_OF, code)]


async def add_procedures(procedures: Iterable[Procedure]) -> None:
    """Add versions; one that stands already stays as it is."""
    for each in procedures:
        await execute(
            ADD_PROCEDURE,
            each.code,
            each.version,
            each.name_vi,
            each.name_en,
            each.limit.value,
            each.limit.unit,
            each.convention,
            each.calendar,
            each.t0_reading,
            each.eligible_submit,
            each.eligible_return,
            each.requires_presence,
            each.state_secret,
            each.territory_free,
            each.fee,
            each.valid_from,
            each.valid_to,
            each.citation,
            each.status,
        )


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
        )
        for row in await fetch("SELECT * FROM rule_constant ORDER BY valid_from, name")
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
    )
