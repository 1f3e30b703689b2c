"""Statements of the network. Organisations and units are public facts: every actor may read them."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import msgspec

from postal.db import execute, fetch, load_sql
from postal.errors import NotFound
from postal.network.rules import AdministrativeUnit, Organisation, search_key
from postal.network.tables import OrganisationTable

ORGANISATIONS = load_sql(__package__, "organisations.sql")
UNITS = load_sql(__package__, "units.sql")
LOAD_UNITS = load_sql(__package__, "load_units.sql")
SUCCESSION_LOCK = 0x6E6574


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Conditions of a list; what is None does not restrict."""

    q: str | None = None
    kind: str | None = None
    unit: str | None = None
    parent: str | None = None
    on: date | None = None


async def find_many(codes: Collection[str]) -> dict[str, Organisation]:
    """Find organisations by code; codes that name none are absent from the answer."""
    rows = await fetch(ORGANISATIONS, list(codes), None, None, None, None, None, None, None)
    return {row["code"]: _organisation(row) for row in rows}


async def names_of(codes: Collection[str]) -> dict[str, str]:
    """Give the names of organisations by code, for people to read."""
    return {code: found.name for code, found in (await find_many(codes)).items()}


async def get(code: str) -> Organisation:
    """Get one organisation."""
    found = (await find_many([code])).get(code)
    if found is None:
        raise NotFound(
            "network.organisation_not_found", vi=f"Không có đơn vị {code}", en=f"No organisation {code}"
        )
    return found


async def list_organisations(wanted: Filter, after: str | None, limit: int) -> tuple[Organisation, ...]:
    """List organisations in the order of their codes, beginning after a code."""
    rows = await fetch(
        ORGANISATIONS,
        None,
        search_key(wanted.q) if wanted.q else None,
        wanted.kind,
        wanted.unit,
        wanted.parent,
        wanted.on,
        after,
        limit,
    )
    return tuple(_organisation(row) for row in rows)


async def succession() -> dict[str, str]:
    """Give every link from an organisation to its successor."""
    rows = await fetch("SELECT code, successor FROM organisation WHERE successor IS NOT NULL")
    return {row["code"]: row["successor"] for row in rows}


async def lock_succession() -> None:
    """Let one unit of work at a time change who succeeds whom, so that two of them cannot close a circle."""
    await execute("SELECT pg_advisory_xact_lock($1)", SUCCESSION_LOCK)


async def add(organisation: Organisation) -> bool:
    """Add an organisation; False when its code is taken."""
    values = {
        name: getattr(organisation, name)
        for name in Organisation.__struct_fields__
        if name != "province_code"
    }
    values |= {
        "kind": organisation.kind.value,
        "level": organisation.level.value,
        "search_key": search_key(f"{organisation.code} {organisation.name}"),
    }
    added = await OrganisationTable.insert(OrganisationTable(**values)).on_conflict(
        target=OrganisationTable.code, action="DO NOTHING"
    )
    return bool(added)


async def change(organisation: Organisation) -> None:
    """Store what an organisation is called, its calendar and its address."""
    table = OrganisationTable
    await table.update(
        {
            table.name: organisation.name,
            table.search_key: search_key(f"{organisation.code} {organisation.name}"),
            table.calendar: organisation.calendar,
            table.address_public: organisation.address_public,
        }
    ).where(table.code == organisation.code)


async def close(code: str, valid_to: date, successor: str | None) -> None:
    """End the validity of an organisation and name who takes over."""
    await OrganisationTable.update(
        {OrganisationTable.valid_to: valid_to, OrganisationTable.successor: successor}
    ).where(OrganisationTable.code == code)


async def list_units(
    q: str | None, province: str | None, on: date | None, after: str | None, limit: int
) -> tuple[AdministrativeUnit, ...]:
    """List administrative units in the order of their codes, beginning after a code."""
    rows = await fetch(UNITS, search_key(q) if q else None, province, on, after, limit)
    return tuple(msgspec.convert(dict(row), AdministrativeUnit) for row in rows)


async def unit_exists(code: str) -> bool:
    """Say whether a unit code is on the list."""
    return bool(await fetch("SELECT 1 FROM administrative_unit WHERE code = $1", code))


async def unit_names(codes: Collection[str]) -> dict[str, str]:
    """Give the names of administrative units, of several at once."""
    rows = await fetch(
        "SELECT code, name FROM administrative_unit WHERE code = ANY($1::text[])", sorted(codes)
    )
    return {row["code"]: row["name"] for row in rows}


async def load_units(units: Sequence[AdministrativeUnit]) -> None:
    """Bring a list of units in; what is there already and equal stays untouched."""
    citation = units[0].citation
    await execute(
        LOAD_UNITS,
        [unit.code for unit in units],
        [unit.province_code for unit in units],
        [unit.name for unit in units],
        [search_key(unit.name) for unit in units],
        [unit.type for unit in units],
        [unit.valid_from for unit in units],
        [unit.valid_to for unit in units],
        citation,
    )


def _organisation(row: Any) -> Organisation:
    return msgspec.convert(dict(row), Organisation)
