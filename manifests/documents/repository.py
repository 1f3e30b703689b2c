"""Statements of documents: the dated forms, and what they print of many dossiers at once."""

from collections.abc import Collection
from typing import Any

import msgspec

from manifests.documents.rules import Form, Template
from manifests.documents.rules.facts import Papers, Person
from postal.db import fetch, load_sql
from postal.identity.rules import Actor
from postal.law.rules import Status
from shipments.dossiers.rules import Line
from shipments.pieces.rules import Piece

PAPERS_OF = load_sql(__package__, "papers_of.sql")
TEMPLATES = "SELECT form, valid_from, layout, words, citation, status FROM form_template WHERE form = $1"
CONTENTS = """
SELECT c.container, p.code, p.kind, p.registered_at, p.registered_by, p.origin, p.destination, p.authority,
    p.direction, p.dossiers, p.service
FROM custody AS c
JOIN piece AS p ON p.code = c.code
WHERE c.container = ANY($1::text[])
ORDER BY p.code COLLATE "C"
"""

_LINES = msgspec.json.Decoder(tuple[Line, ...])


async def templates(form: Form) -> list[Template]:
    """List every version of a form."""
    return [
        Template(
            form=form,
            valid_from=row["valid_from"],
            layout=row["layout"],
            words=msgspec.json.decode(row["words"]),
            citation=row["citation"],
            status=Status(row["status"]),
        )
        for row in await fetch(TEMPLATES, form.value)
    ]


async def contents(containers: Collection[str]) -> dict[str, list[Piece]]:
    """Give what is in containers now, one level deep."""
    found: dict[str, list[Piece]] = {}
    for row in await fetch(CONTENTS, list(containers)):
        facts = dict(row)
        found.setdefault(facts.pop("container"), []).append(msgspec.convert(facts, Piece))
    return found


async def papers_of(codes: Collection[str], actor: Actor) -> dict[str, Papers]:
    """Give the dossiers that an actor may see, with their person, papers and money."""
    rows = await fetch(PAPERS_OF, list(codes), actor.reads_everything, sorted(actor.sees))
    return {row["code"]: _papers(row) for row in rows}


def _papers(row: Any) -> Papers:
    person = (
        Person(name=row["name"], address=row["address"], phone=row["phone"], email=row["email"])
        if row["name"] is not None
        else None
    )
    return Papers(
        code=row["code"],
        procedure=row["procedure"],
        version=row["procedure_version"],
        authority=row["authority"],
        desk=row["desk"],
        unit=row["unit"],
        office=row["office"],
        registered_at=row["registered_at"],
        received_at=row["received_at"],
        due_first=row["due_first"],
        due_now=row["due_now"],
        person=person,
        erased=row["erased"],
        lines=_LINES.decode(row["lines"]),
        paid=int(row["paid"]),
        fare=int(row["fare"]),
        receipts=row["receipts"],
    )
