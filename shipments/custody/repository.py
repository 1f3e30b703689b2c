"""Every SQL statement of custody: the stored projection, who sees what, syncs of devices, and refused uploads."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from postal.db import execute, fetch, load_sql
from postal.identity.rules import Actor
from postal.ledger.repository import REBUILD_LOCK
from postal.registry import Audience
from shipments.custody.rules import Custody, Instruction, Offer, Phase, SealNote

CLOSURE = load_sql(__package__, "closure.sql")
LOCK = load_sql(__package__, "lock.sql")
SAVE = load_sql(__package__, "save.sql")
AUDIENCE = load_sql(__package__, "audience.sql")
SYNC = load_sql(__package__, "sync.sql")


class Evidence(Struct, frozen=True):
    """A refused upload as it came, kept apart from the ledger: erasable, since it may hold anything."""

    digest: bytes
    device: str
    epoch: str
    seq: int | None
    reason: str
    raw: str
    received_at: datetime


class Sync(Struct, frozen=True):
    """What a device stated about itself in one sync, and the numbers that came with it."""

    device: str
    epoch: str
    received_at: datetime
    sent_at: datetime
    last_seq: int
    skew_ms: int
    seqs: Sequence[int]


async def audience(codes: Collection[str]) -> Audience:
    """Tell whom a change of these codes concerns: who sees the pieces, or as a unit works on the case."""
    concerned = {*codes, *await closure(codes)}
    rows = await fetch(AUDIENCE, list(concerned))
    return Audience(organisations=frozenset(row["organisation"] for row in rows), codes=frozenset(concerned))


async def closure(codes: Collection[str]) -> dict[str, bool]:
    """Find the registered pieces that these codes concern: code to whether its custody may change."""
    return {row["code"]: row["affected"] for row in await fetch(CLOSURE, list(codes))}


async def lock(codes: Collection[str]) -> tuple[set[str], set[str]]:
    """Lock what a batch of scans may change; gives all locked codes, and the registered ones among them."""
    rows = [row for row in await fetch(LOCK, sorted(codes), REBUILD_LOCK) if row["code"] is not None]
    return {row["code"] for row in rows}, {row["code"] for row in rows if row["registered"]}


async def save(custodies: Sequence[Custody]) -> None:
    """Replace the stored custody and visibility of pieces."""
    ordered = sorted(custodies, key=lambda custody: custody.code)
    sights = [(custody.code, sight) for custody in ordered for sight in custody.sights]
    await execute(
        SAVE,
        [custody.code for custody in ordered],
        [custody.phase.value for custody in ordered],
        [" ".join(custody.claims) for custody in ordered],
        [custody.container for custody in ordered],
        [_json(custody.offer) for custody in ordered],
        [custody.undecided for custody in ordered],
        [custody.unconfirmed_from for custody in ordered],
        [custody.since for custody in ordered],
        [custody.person for custody in ordered],
        [custody.place for custody in ordered],
        [custody.condition for custody in ordered],
        [msgspec.json.encode(custody.attempts).decode() for custody in ordered],
        [custody.last_row for custody in ordered],
        [custody.last_at for custody in ordered],
        [_json(custody.instruction) for custody in ordered],
        [_json(custody.seal) for custody in ordered],
        [custody.unverified for custody in ordered],
        [custody.refused_at for custody in ordered],
        [custody.trip for custody in ordered],
        [code for code, _ in sights],
        [sight.organisation for _, sight in sights],
        [sight.since for _, sight in sights],
    )


def _json(part: Struct | None) -> str | None:
    return msgspec.json.encode(part).decode() if part is not None else None


def _custody(row: Any) -> Custody:
    return Custody(
        code=row["code"],
        phase=Phase(row["phase"]),
        claims=tuple(row["claims"]),
        container=row["container"],
        offer=msgspec.json.decode(row["offer"], type=Offer) if row["offer"] else None,
        undecided=row["undecided"],
        unconfirmed_from=row["unconfirmed_from"],
        since=row["since"],
        person=row["person"],
        place=row["place"],
        condition=row["condition"],
        attempts=tuple(row["attempts"]),
        instruction=msgspec.json.decode(row["instruction"], type=Instruction) if row["instruction"] else None,
        seal=msgspec.json.decode(row["seal"], type=SealNote) if row["seal"] else None,
        unverified=row["unverified"],
        refused_at=row["refused_at"],
        trip=row["trip"],
        last_row=row["last_row"],
        last_at=row["last_at"],
    )


async def find_many(codes: Collection[str]) -> dict[str, Custody]:
    """Find the stored custody of pieces, without their steps."""
    rows = await fetch("SELECT * FROM custody WHERE code = ANY($1::text[])", list(codes))
    return {row["code"]: _custody(row) for row in rows}


async def visible(codes: Collection[str], actor: Actor) -> set[str]:
    """Keep the codes that an actor may see."""
    if actor.reads_everything:
        rows = await fetch("SELECT code FROM custody WHERE code = ANY($1::text[])", list(codes))
        return {row["code"] for row in rows}
    rows = await fetch(
        "SELECT DISTINCT piece FROM visibility WHERE piece = ANY($1::text[]) AND organisation = ANY($2::text[])",
        list(codes),
        sorted(actor.sees),
    )
    return {row["piece"] for row in rows}


async def page_of(
    actor: Actor, *, holder: str | None, phase: str | None, kind: str | None, after: str, limit: int
) -> list[Custody]:
    """List the pieces that an actor sees, by code; `holder` also finds contested pieces that it claims."""
    rows = await fetch(
        """
        SELECT custody.*
        FROM custody
        JOIN piece ON piece.code = custody.code
        WHERE custody.code > $1
        AND ($2::text IS NULL OR custody.claims @> ARRAY[$2::text])
        AND ($3::text IS NULL OR custody.phase = $3)
        AND ($4::text IS NULL OR piece.kind = $4)
        AND ($5 OR EXISTS (
            SELECT FROM visibility WHERE visibility.piece = custody.code AND visibility.organisation = ANY($6::text[])
        ))
        ORDER BY custody.code
        LIMIT $7
        """,
        after,
        holder,
        phase,
        kind,
        actor.reads_everything,
        sorted(actor.sees),
        limit,
    )
    return [_custody(row) for row in rows]


async def note_syncs(syncs: Sequence[Sync]) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """Note syncs; give for each device and epoch the ranges of numbers that have not arrived, ends included."""
    rows = await fetch(
        SYNC,
        [sync.device for sync in syncs],
        [sync.epoch for sync in syncs],
        [sync.received_at for sync in syncs],
        [sync.sent_at for sync in syncs],
        [sync.last_seq for sync in syncs],
        [sync.skew_ms for sync in syncs],
        [_multirange(sync.seqs) for sync in syncs],
    )
    missing: dict[tuple[str, str], list[tuple[int, int]]] = {(sync.device, sync.epoch): [] for sync in syncs}
    for row in rows:
        missing[row["device"], row["epoch"]].append((row["first"], row["last"]))
    return missing


def _multirange(numbers: Iterable[int]) -> str:
    ranges: list[list[int]] = []
    for number in sorted(set(numbers)):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return "{" + ",".join(f"[{first},{last}]" for first, last in ranges) + "}"


async def keep_evidence(evidence: Sequence[Evidence]) -> None:
    """Keep refused uploads once each, whatever they hold."""
    await execute(
        """
        INSERT INTO scan_evidence (digest, device, epoch, seq, reason, raw, received_at)
        SELECT digest, device, epoch, seq, reason, raw, received_at
        FROM unnest($1::bytea[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::timestamptz[])
            AS t (digest, device, epoch, seq, reason, raw, received_at)
        ORDER BY digest
        ON CONFLICT DO NOTHING
        """,
        [item.digest for item in evidence],
        [item.device for item in evidence],
        [item.epoch for item in evidence],
        [item.seq for item in evidence],
        [item.reason for item in evidence],
        [item.raw for item in evidence],
        [item.received_at for item in evidence],
    )


async def note_salts(notes: Sequence[tuple[UUID, bytes, str]]) -> dict[UUID, bytes]:
    """Keep the free text of scans in its erasable table; give the salt in force for each (the first one of an id)."""
    await execute(
        """
        INSERT INTO scan_note (id, salt, note)
        SELECT id, COALESCE((SELECT kept.salt FROM scan_note AS kept WHERE kept.id = fresh.id LIMIT 1), salt), note
        FROM unnest($1::uuid[], $2::bytea[], $3::text[]) AS fresh (id, salt, note)
        ORDER BY id, note
        ON CONFLICT (id, note) DO NOTHING
        """,
        [row_id for row_id, _, _ in notes],
        [salt for _, salt, _ in notes],
        [note for _, _, note in notes],
    )
    ids = [row_id for row_id, _, _ in notes]
    rows = await fetch("SELECT id, salt FROM scan_note WHERE id = ANY($1::uuid[])", ids)
    return {row["id"]: row["salt"] for row in rows}


async def notes_of(rows: Sequence[UUID]) -> list[str]:
    """List the free text of scans."""
    found = await fetch(
        "SELECT note FROM scan_note WHERE id = ANY ($1::uuid[]) ORDER BY id, note", list(rows)
    )
    return [row["note"] for row in found]


async def drop_notes(rows: Sequence[UUID]) -> int:
    """Forget the free text of scans, and with the salts what opens the commitments; gives how many there were."""
    return len(await fetch("DELETE FROM scan_note WHERE id = ANY ($1::uuid[]) RETURNING 1", list(rows)))


async def expected_codes(organisation: str, limit: int = 5000) -> list[str]:
    """List the codes that an organisation may expect to scan: what it holds or is offered."""
    rows = await fetch(
        """
        SELECT code FROM custody WHERE claims @> ARRAY[$1::text] AND phase NOT IN ('delivered', 'returned')
        UNION
        SELECT code FROM custody WHERE offer ->> 'receiver' = $1
        LIMIT $2
        """,
        organisation,
        limit,
    )
    return [row["code"] for row in rows]


async def known_manifests(codes: Collection[str]) -> set[str]:
    """Keep the codes of sealed manifests and of trips."""
    manifests = [code for code in codes if code.startswith(("BK-", "CT-"))]
    if not manifests:
        return set()
    rows = await fetch(
        """
        SELECT code
        FROM unnest((SELECT $1::text[])) AS code
        WHERE EXISTS (
            SELECT FROM ledger_of(code) AS entry WHERE entry.kind IN ('manifest.sealed', 'trip.opened')
        )
        """,
        manifests,
    )
    return {row["code"] for row in rows}


async def contents_of(container: str) -> list[str]:
    """List the pieces that are in a container, by code; what is in those is not named."""
    rows = await fetch("SELECT code FROM custody WHERE container = $1 ORDER BY code", container)
    return [row["code"] for row in rows]
