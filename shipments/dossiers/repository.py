"""Statements of dossiers."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from postal.db import execute, fetch, fetch_value, load_sql
from postal.errors import NotFound
from postal.identity.rules import Actor
from shipments.dossiers.rules import Applicant, Dossier, Line
from shipments.dossiers.rules.searching import Asked
from shipments.dossiers.rules.supplements import SupplementRequest
from shipments.dossiers.tables import ApplicantTable, DocumentLineTable

FIND = load_sql(__package__, "find.sql")
PROJECT = load_sql(__package__, "project.sql")
PUT_SUPPLEMENTS = load_sql(__package__, "put_supplements.sql")
SEARCH_NAMES = load_sql(__package__, "search_names.sql")
SEARCH_CODES = load_sql(__package__, "search_codes.sql")


class Filter(Struct, frozen=True, kw_only=True):
    """Conditions of a list; what is None does not restrict. `code` is a part of the code."""

    status: int | None = None
    organisation: str | None = None
    code: str | None = None


class Hit(Struct, frozen=True, kw_only=True):
    """A dossier that was looked for, how near it is (0 is what was typed), and whose it is if the name found it."""

    code: str
    rank: int
    name: str | None = None


async def find_many(codes: Collection[str]) -> dict[str, Dossier]:
    """Find dossiers by code, for rules that judge them; what a caller may see is not asked here."""
    rows = await fetch("SELECT * FROM dossier WHERE code = ANY($1::text[])", list(codes))
    return {row["code"]: _dossier(row) for row in rows}


async def count_open(procedure: str | None) -> int:
    """Count the dossiers whose case is not ended, of one procedure or of all; who may see them is not asked here."""
    count = await fetch_value(
        "SELECT count(*) FROM dossier WHERE ended_at IS NULL AND ($1::text IS NULL OR procedure = $1)",
        procedure,
    )
    return int(count)


async def get(code: str, actor: Actor) -> Dossier:
    """Get a dossier that the actor may see; absent and invisible are alike."""
    found = await _find([code], actor, Filter(), None, 1)
    if not found:
        raise NotFound("dossier.not_found", vi="Không tìm thấy hồ sơ này", en="There is no such dossier")
    return found[0]


async def find_seen(codes: Collection[str], actor: Actor) -> dict[str, Dossier]:
    """Find those dossiers that the actor may see; absent and invisible are alike."""
    found = await _find(sorted(codes), actor, Filter(), None, len(codes)) if codes else []
    return {dossier.code: dossier for dossier in found}


async def find_applicants(codes: Collection[str]) -> dict[str, Applicant]:
    """Find whose these dossiers are; those who were erased are left out."""
    if not codes:
        return {}
    rows = await ApplicantTable.select(
        ApplicantTable.dossier,
        ApplicantTable.name,
        ApplicantTable.phone,
        ApplicantTable.address,
        ApplicantTable.email,
        ApplicantTable.identity_type,
        ApplicantTable.identity_number,
    ).where(ApplicantTable.dossier.is_in(list(codes)) & ApplicantTable.erased_at.is_null())
    return {row.pop("dossier"): msgspec.convert(row, Applicant) for row in rows}


async def list_dossiers(
    actor: Actor, wanted: Filter, after: tuple[datetime, str] | None, limit: int
) -> list[Dossier]:
    """List the dossiers that an actor may see, newest first."""
    return await _find(None, actor, wanted, after, limit)


async def search(actor: Actor, asked: Asked, limit: int) -> list[Hit]:
    """Find dossiers of the actor's agencies by a name or by a part of a code, the nearest first.

    Names are for the agencies of a dossier alone, so others find nothing by them.
    """
    own = sorted(actor.sees)
    if asked.key is not None:
        rows = await fetch(SEARCH_NAMES, own, list(asked.patterns), asked.key, asked.typed, limit)
        return [Hit(code=row["dossier"], rank=row["rank"], name=row["name"]) for row in rows]
    if asked.code is not None:
        rows = await fetch(SEARCH_CODES, own, asked.code, limit)
        return [Hit(code=row["code"], rank=row["rank"]) for row in rows]
    return []


async def put(dossiers: Sequence[Dossier]) -> None:
    """Make the projection hold exactly these dossiers under their codes."""
    if dossiers:
        await execute(PROJECT, msgspec.json.encode(dossiers).decode())


async def drop(codes: Collection[str]) -> None:
    """Take out what is no dossier."""
    if codes:
        await execute("DELETE FROM dossier WHERE code = ANY($1::text[])", list(codes))


async def put_supplements(codes: Collection[str], requests: Sequence[SupplementRequest]) -> None:
    """Make the projection hold exactly these requests for these dossiers."""
    await execute(PUT_SUPPLEMENTS, list(codes), msgspec.json.encode(requests).decode())


async def add_applicants(applicants: Mapping[str, tuple[Applicant, bytes]], now: datetime) -> None:
    """Keep whose dossiers these are, and the salts of their commitments."""
    if not applicants:
        return
    people = [applicant for applicant, _ in applicants.values()]
    # By columns: a statement with a place for each value of each row takes longer to write than to run.
    await execute(
        """
        INSERT INTO applicant (dossier, salt, name, phone, address, email, identity_type, identity_number, created_at)
        SELECT *, $9 FROM unnest(
            $1::text[], $2::bytea[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
        """,
        list(applicants),
        [salt for _, salt in applicants.values()],
        [person.name for person in people],
        [person.phone for person in people],
        [person.address for person in people],
        [person.email for person in people],
        [person.identity_type for person in people],
        [person.identity_number for person in people],
        now,
    )


async def add_lines(lines: Mapping[str, Sequence[Line]]) -> None:
    """Keep the papers of dossiers."""
    rows = [
        DocumentLineTable(dossier=code, **msgspec.structs.asdict(line))
        for code, listed in lines.items()
        for line in listed
    ]
    if rows:
        await DocumentLineTable.insert(*rows)


async def find_applicant(code: str) -> Applicant | None:
    """Find whose dossier it is; None where nobody was named, or the person was erased."""
    rows = await ApplicantTable.select(
        ApplicantTable.name,
        ApplicantTable.phone,
        ApplicantTable.address,
        ApplicantTable.email,
        ApplicantTable.identity_type,
        ApplicantTable.identity_number,
    ).where((ApplicantTable.dossier == code) & ApplicantTable.erased_at.is_null())
    return msgspec.convert(rows[0], Applicant) if rows else None


async def salt_of(code: str) -> bytes | None:
    """Give the salt of the commitments about a dossier's applicant; None where there is none or it was erased."""
    found: bytes | None = await fetch_value("SELECT salt FROM applicant WHERE dossier = $1", code)
    return found


async def correct_applicant(code: str, applicant: Applicant) -> None:
    """Put what is right in the place of what was held of an applicant."""
    await ApplicantTable.update(**msgspec.structs.asdict(applicant)).where(ApplicantTable.dossier == code)


async def erase_applicant(code: str, now: datetime) -> int:
    """Forget whose dossier it is and what its papers are called, and with the salt what opens the commitments."""
    await execute("UPDATE document_line SET name = NULL WHERE dossier = $1 AND name IS NOT NULL", code)
    rows = await fetch(
        """
        UPDATE applicant
        SET name = NULL, phone = NULL, address = NULL, email = NULL, identity_type = NULL,
            identity_number = NULL, salt = NULL, erased_at = $2
        WHERE dossier = $1 AND erased_at IS NULL
        RETURNING 1
        """,
        code,
        now,
    )
    return len(rows)


async def list_lines(code: str) -> tuple[Line, ...]:
    """List the papers of a dossier; an erased name reads as a dash."""
    rows = (
        await DocumentLineTable.select(
            DocumentLineTable.number,
            DocumentLineTable.name,
            DocumentLineTable.form,
            DocumentLineTable.copies,
            DocumentLineTable.sheets,
            DocumentLineTable.to_return,
        )
        .where(DocumentLineTable.dossier == code)
        .order_by(DocumentLineTable.number)
    )
    return tuple(msgspec.convert({**row, "name": row["name"] or "-"}, Line) for row in rows)


async def _find(
    codes: Collection[str] | None,
    actor: Actor,
    wanted: Filter,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[Dossier]:
    rows = await fetch(
        FIND,
        list(codes) if codes is not None else None,
        actor.reads_everything,
        sorted(actor.sees),
        wanted.status,
        wanted.organisation,
        wanted.code,
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )
    return [_dossier(row) for row in rows]


def _dossier(row: Any) -> Dossier:
    return msgspec.convert(dict(row), Dossier)
