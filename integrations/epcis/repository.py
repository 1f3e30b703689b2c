"""Every statement on events: those of rows and those that were captured, in one order, as far as an actor sees them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from integrations.epcis.rules.querying import Place
from postal.db import execute, fetch, fetch_row, fetch_value, load_sql
from postal.identity.rules import Actor
from postal.ledger.repository import read_row
from postal.ledger.rules import Row

WALKED = load_sql(__package__, "walked.sql")
OF_CODES = load_sql(__package__, "of_codes.sql")
ADD_EVENTS = load_sql(__package__, "add_events.sql")
State = Literal["checking", "applying", "done", "refused"]


class Found(Struct, frozen=True):
    """A row, or a captured event, where it stands."""

    at: Place
    row: Row | None
    event: dict[str, Any] | None


class Walked(Struct, frozen=True):
    """What one look gave: what may be shown, how many were looked at, where to go on, and up to where it is settled."""

    found: tuple[Found, ...]
    looked: int
    last: Place | None
    settled: int


class Capture(Struct, frozen=True, kw_only=True):
    """A document that was captured, and how far it is."""

    id: UUID
    organisation: str
    actor: str
    made_at: datetime
    finished_at: datetime | None
    rolls_back: bool
    state: State
    events: int
    captured: int = 0
    moving: int = 0
    repeated: int = 0
    failed: int = 0
    errors: list[dict[str, Any]] = []
    namespaces: dict[str, str] = {}


class Captured(Struct, frozen=True, kw_only=True):
    """An event as it is kept."""

    id: UUID
    digest: bytes
    declared: bytes | None
    event_time: datetime
    addresses: list[str]
    rows: list[UUID]
    codes: list[str]
    event: dict[str, Any]


async def walk(after: Place, actor: Actor, most: int) -> Walked:
    """Look at `most` rows and events behind a place, in the order of commits."""
    rows = await fetch(
        WALKED,
        after.position,
        after.turn,
        after.id,
        bytes.fromhex(after.part),
        most,
        actor.reads_everything,
        sorted(actor.sees),
    )
    about = rows[0]
    last = _place(about, "last_") if about["looked"] else None
    found = tuple(_found(row) for row in rows if row["id"] is not None)
    return Walked(found, about["looked"], last, about["settled"])


async def of_codes(
    codes: Collection[str],
    addresses: Collection[str],
    actor: Actor,
    *,
    below: int | None,
    most: int,
    rows: Collection[UUID] = (),
    digests: Collection[bytes] = (),
) -> tuple[list[Found], int]:
    """Give all that speaks of some codes or addresses below a position, `most` at most, and that position."""
    found = await fetch(
        OF_CODES,
        sorted(codes),
        sorted(addresses),
        actor.reads_everything,
        sorted(actor.sees),
        below,
        most,
        list(rows),
        list(digests),
    )
    settled = found[0]["settled"] if found else below if below is not None else await settled_below()
    return [_found(row) for row in found], settled


async def settled_below() -> int:
    """Give the position below which nothing more can come in."""
    return int(await fetch_value("SELECT feed_position(pg_snapshot_xmin(pg_current_snapshot()))"))


async def rows_given(digests: Collection[bytes]) -> list[UUID]:
    """Find the rows whose events were given out under ids with these hashes."""
    rows = await fetch("SELECT row_id FROM epcis_given WHERE digest = ANY ($1::bytea[])", list(digests))
    return [row["row_id"] for row in rows]


async def note_given(pairs: Sequence[tuple[bytes, UUID]]) -> None:
    """Note ids that are given out, so that they can be asked for."""
    await execute(
        "INSERT INTO epcis_given (digest, row_id) SELECT * FROM unnest($1::bytea[], $2::uuid[]) ON CONFLICT DO NOTHING",
        [digest for digest, _ in pairs],
        [row for _, row in pairs],
    )


async def add_capture(capture: Capture) -> None:
    """Begin a capture."""
    await execute(
        """
        INSERT INTO epcis_capture (id, organisation, actor, made_at, rolls_back, state, events, namespaces)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb)
        """,
        capture.id,
        capture.organisation,
        capture.actor,
        capture.made_at,
        capture.rolls_back,
        capture.state,
        capture.events,
        msgspec.json.encode(capture.namespaces).decode(),
    )


async def change_capture(capture: Capture) -> None:
    """Note how far a capture is, and what became of it."""
    await execute(
        """
        UPDATE epcis_capture
        SET state = $2, finished_at = $3, captured = $4, moving = $5, repeated = $6, failed = $7,
            errors = $8::text::jsonb
        WHERE id = $1
        """,
        capture.id,
        capture.state,
        capture.finished_at,
        capture.captured,
        capture.moving,
        capture.repeated,
        capture.failed,
        msgspec.json.encode(capture.errors).decode(),
    )


async def find_capture(identifier: UUID) -> Capture | None:
    """Find a capture."""
    row = await fetch_row("SELECT * FROM epcis_capture WHERE id = $1", identifier)
    return _capture(row) if row else None


async def list_captures(actor: Actor, before: UUID | None, limit: int) -> list[Capture]:
    """List the captures of an actor's organisation, the newest first."""
    rows = await fetch(
        """
        SELECT * FROM epcis_capture
        WHERE ($1::boolean OR organisation = ANY ($2::text[])) AND ($3::uuid IS NULL OR id < $3::uuid)
        ORDER BY id DESC LIMIT $4
        """,
        actor.reads_everything,
        sorted(actor.sees),
        before,
        limit,
    )
    return [_capture(row) for row in rows]


async def add_waiting(capture: UUID, chunks: Sequence[tuple[int, bytes]]) -> None:
    """Keep the events of a capture until their turn comes."""
    await execute(
        "INSERT INTO epcis_waiting (capture, first, events) SELECT $1, * FROM unnest($2::integer[], $3::bytea[])",
        capture,
        [first for first, _ in chunks],
        [events for _, events in chunks],
    )


async def waiting(capture: UUID, after: int) -> tuple[int, bytes] | None:
    """Give the next chunk of events behind an index."""
    row = await fetch_row(
        "SELECT first, events FROM epcis_waiting WHERE capture = $1 AND first > $2 ORDER BY first LIMIT 1",
        capture,
        after,
    )
    return (row["first"], row["events"]) if row else None


async def drop_waiting(capture: UUID) -> None:
    """Forget events that wait no more."""
    await execute("DELETE FROM epcis_waiting WHERE capture = $1", capture)


async def lock_organisation(organisation: str) -> None:
    """Let captures of one organisation be applied one after the other, until the end of the unit of work."""
    await execute("SELECT pg_advisory_xact_lock(hashtextextended('epcis ' || $1, 0))", organisation)


async def known(
    organisation: str, digests: Sequence[bytes]
) -> dict[tuple[bytes, bytes | None], list[tuple[UUID, str]]]:
    """Find what an organisation captured under some hashes: for each (hash, declaration) the rows that it became."""
    rows = await fetch(
        "SELECT digest, declared, rows, codes FROM epcis_event WHERE organisation = $1 AND digest = ANY ($2::bytea[])",
        organisation,
        list(digests),
    )
    return {
        (row["digest"], row["declared"]): list(zip(row["rows"], row["codes"], strict=True)) for row in rows
    }


async def add_events(
    capture: UUID | None, organisation: str, now: datetime, events: Sequence[Captured]
) -> None:
    """Keep events; they stand behind everything that was committed before."""
    await execute(
        ADD_EVENTS,
        capture,
        organisation,
        now,
        msgspec.json.encode(
            [
                {
                    "id": str(each.id),
                    "digest": each.digest.hex(),
                    "declared": each.declared.hex() if each.declared else None,
                    "event_time": each.event_time.isoformat(),
                    "addresses": each.addresses,
                    "rows": [str(row) for row in each.rows],
                    "codes": each.codes,
                    "event": each.event,
                }
                for each in events
            ]
        ).decode(),
    )


def _capture(row: Any) -> Capture:
    fields = {name: row[name] for name in Capture.__struct_fields__ if name not in {"errors", "namespaces"}}
    return Capture(
        **fields, errors=msgspec.json.decode(row["errors"]), namespaces=msgspec.json.decode(row["namespaces"])
    )


def _found(row: Any) -> Found:
    if row["what"] == "event":
        return Found(_place(row), None, msgspec.json.decode(row["body"]))
    read = read_row(row, disputed=row["what"] == "dispute")
    return Found(
        _place(row),
        msgspec.structs.replace(read, verdict="disputed") if row["what"] == "dispute" else read,
        None,
    )


def _place(row: Any, prefix: str = "") -> Place:
    position, turn, row_id, part = (row[f"{prefix}{name}"] for name in ("position", "turn", "id", "part"))
    return Place(position, turn, row_id, part.hex())
