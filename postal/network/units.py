"""The official list of provinces and communes that ships with the product."""

import csv
from datetime import date
from importlib.resources import files

from postal.network.rules import AdministrativeUnit

CITATION = "# citation: "


def shipped_units() -> tuple[AdministrativeUnit, ...]:
    """Read the list: provinces first, so that every row's province precedes it."""
    lines = (
        (files(__package__) / "data" / "administrative_units.csv").read_text(encoding="utf-8").splitlines()
    )
    citation = next(line.removeprefix(CITATION) for line in lines if line.startswith(CITATION))
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    units = [
        AdministrativeUnit(
            code=row["code"],
            province_code=row["province_code"] or None,
            name=row["name"],
            type=row["type"],
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            citation=citation,
        )
        for row in rows
    ]
    return tuple(sorted(units, key=lambda unit: (unit.province_code is not None, unit.code)))
