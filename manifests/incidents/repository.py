"""Every SQL statement of incidents and claims, and whose claims they are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from manifests.incidents.rules import Claim, ClaimState, Incident, Standing, claims_of, concerns, incident_of
from postal.db import execute, fetch, fetch_row, load_sql
from postal.errors import NotFound
from postal.identity.rules import Actor
from postal.ledger.projections import Touched
from postal.ledger.repository import RowSet
from postal.ledger.rules import Row
from shipments.custody.projection import subject_of
from shipments.custody.rules import fold
from shipments.pieces.repository import find_many as find_pieces

PAGE_OF = load_sql(__package__, "page_of.sql")
CLAIMS_OF = load_sql(__package__, "claims_of.sql")
CLAIMANTS_ABOUT = load_sql(__package__, "claimants_about.sql")
PUT_INCIDENTS = load_sql(__package__, "put_incidents.sql")
PUT_CLAIMS = load_sql(__package__, "put_claims.sql")


class Claimant(Struct, frozen=True, kw_only=True):
    """Who claims, and what they wrote: personal data, kept apart."""

    name: str
    phone: str | None = None
    address: str | None = None
    statement: str | None = None


class Listed(Struct, frozen=True, kw_only=True):
    """An incident in a list, with who answers for the piece now."""

    incident: Incident
    claims: tuple[str, ...]


async def get(piece: str, actor: Actor) -> Listed:
    """Get the incident of a piece that the actor sees; absent and invisible are alike."""
    found = await page_of(actor, piece=piece, state=None, holder=None, after=None, limit=1)
    if not found:
        raise NotFound("incident.not_found", vi="Không tìm thấy sự cố này", en="There is no such incident")
    return found[0]


async def find(piece: str) -> Incident | None:
    """Find the incident of a piece, for rules that judge it; what a caller may see is not asked here."""
    row = await fetch_row("SELECT * FROM incident WHERE piece = $1", piece)
    return _incident(row) if row else None


async def page_of(
    actor: Actor,
    *,
    piece: str | None,
    state: Standing | None,
    holder: str | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[Listed]:
    """List the incidents of pieces that the actor sees, newest first."""
    opened_at, last = after or (None, None)
    rows = await fetch(
        PAGE_OF, actor.reads_everything, sorted(actor.sees), piece, state, holder, opened_at, last, limit
    )
    return [Listed(incident=_incident(row), claims=tuple(row["claims"] or ())) for row in rows]


async def get_claim(code: str, actor: Actor) -> Claim:
    """Get a claim for a piece that the actor sees; absent and invisible are alike."""
    found = await claims(actor, code=code, piece=None, state=None, after=None, limit=1)
    if not found:
        raise NotFound("claim.not_found", vi="Không tìm thấy khiếu nại này", en="There is no such claim")
    return found[0]


async def claims(
    actor: Actor,
    *,
    code: str | None,
    piece: str | None,
    state: ClaimState | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[Claim]:
    """List the claims for pieces that the actor sees, newest first."""
    lodged_at, last = after or (None, None)
    rows = await fetch(
        CLAIMS_OF, actor.reads_everything, sorted(actor.sees), code, piece, state, lodged_at, last, limit
    )
    return [msgspec.convert(dict(row), Claim) for row in rows]


async def claims_for(piece: str) -> list[Claim]:
    """List the claims for a piece, for rules that judge them; what a caller may see is not asked here."""
    rows = await fetch("SELECT * FROM claim WHERE piece = $1 ORDER BY code", piece)
    return [msgspec.convert(dict(row), Claim) for row in rows]


async def find_claim(code: str) -> Claim | None:
    """Find a claim by its number, for whoever has that; nothing of it names a person."""
    row = await fetch_row("SELECT * FROM claim WHERE code = $1", code)
    return msgspec.convert(dict(row), Claim) if row else None


async def claim_exists(code: str) -> bool:
    """Tell whether a claim's code was given out."""
    return await fetch_row("SELECT 1 FROM claimant WHERE claim = $1", code) is not None


async def add_claimant(claim: str, claimant: Claimant, salt: bytes, now: datetime) -> None:
    """Keep who claims, and the salt of the commitment in the ledger."""
    await execute(
        """
        INSERT INTO claimant (claim, name, phone, address, statement, salt, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        claim,
        claimant.name,
        claimant.phone,
        claimant.address,
        claimant.statement,
        salt,
        now,
    )


async def find_claimant(claim: str) -> Claimant | None:
    """Find who claims; None when that was erased."""
    row = await fetch_row(
        "SELECT name, phone, address, statement FROM claimant WHERE claim = $1 AND erased_at IS NULL", claim
    )
    return msgspec.convert(dict(row), Claimant) if row else None


async def erase_claimant(claim: str, now: datetime) -> None:
    """Forget who claims, and with the salt what opens the commitment."""
    await execute(
        """
        UPDATE claimant
        SET name = NULL, phone = NULL, address = NULL, statement = NULL, salt = NULL, erased_at = $2
        WHERE claim = $1 AND erased_at IS NULL
        """,
        claim,
        now,
    )


async def claimants_about(dossier: str) -> list[dict[str, Any]]:
    """List who claimed for a dossier, its result, or an item that carried nothing else."""
    rows = await fetch(CLAIMANTS_ABOUT, dossier)
    return [dict(row) for row in rows]


async def erase_claimants(dossier: str, now: datetime) -> int:
    """Forget who claimed for a dossier."""
    found = await fetch(CLAIMANTS_ABOUT, dossier)
    for row in found:
        await erase_claimant(row["claim"], now)
    return len(found)


async def project(touched: Touched) -> None:
    """Bring incidents and claims up to the rows of these codes; most pieces have none and cost no statement."""
    rows = await touched.rows(touched.codes)
    concerned = {code: each for code, each in rows.items() if concerns(code, _all(each))}
    if not concerned:
        return
    pieces = await find_pieces(concerned)
    incidents, found = [], []
    for code in sorted(pieces):
        counted = _undisputed(concerned[code])
        steps = fold(subject_of(pieces[code]), concerned[code].rows, concerned[code].disputed).steps
        if (incident := incident_of(code, counted, steps)) is not None:
            incidents.append(incident)
        found += claims_of(code, counted)
    await execute(PUT_INCIDENTS, _json(incidents), sorted(pieces))
    await execute(PUT_CLAIMS, _json(found))


def _all(rows: RowSet) -> list[Row]:
    return [*rows.rows, *(row for each in rows.disputed.values() for row in each)]


def _undisputed(rows: RowSet) -> list[Row]:
    """Leave out records of which two contents stand; of scans the fold says which count."""
    return [row for row in rows.rows if len(rows.disputed.get(row.content.id, ())) < 2]


def _json(values: Sequence[Struct]) -> str:
    return msgspec.json.encode(values).decode()


def _incident(row: Any) -> Incident:
    values = {name: row[name] for name in Incident.__struct_fields__ if name != "reissues"}
    return msgspec.convert(
        {**values, "reissues": msgspec.json.decode(row["reissues"])}, Incident, strict=False
    )
