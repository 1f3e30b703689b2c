"""Organisations for tests, stored without asking who may."""

from datetime import date

from postal.db import fetch_row, unit_of_work
from postal.network import repository
from postal.network.rules import Kind, Level, Organisation

SINCE = date(2025, 7, 1)


def an_organisation(code: str, **different) -> Organisation:
    """Describe a post office of a commune, with what is different."""
    values = {
        "code": code,
        "name": f"Bưu cục {code}",
        "kind": Kind.POST_OFFICE,
        "level": Level.COMMUNE,
        "parent": None,
        "unit_code": None,
        "province_code": None,
        "calendar": "VN-HC",
        "valid_from": SINCE,
        "valid_to": None,
        "successor": None,
        "address_public": None,
    }
    return Organisation(**values | different)


async def organisation(code: str, **different) -> Organisation:
    """Store an organisation, unless it is there."""
    made = an_organisation(code, **different)
    async with unit_of_work():
        await repository.add(made)
    return made


async def organisations(*codes: str, **different) -> None:
    """Store several organisations of one sort."""
    for code in codes:
        await organisation(code, **different)


async def exists(code: str) -> bool:
    """Say whether an organisation is stored."""
    return await fetch_row("SELECT 1 FROM organisation WHERE code = $1", code) is not None
