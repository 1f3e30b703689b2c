"""Every statement of deliveries, their tries and destinations."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from integrations.deliveries.rules import (
    Attempt,
    Destination,
    DestinationState,
    Finished,
    Listed,
    Outcome,
    Outgoing,
    Queued,
    Selection,
    State,
    delivery_of,
)
from integrations.outgoing.rules import Circuit
from postal.db import execute, fetch, fetch_row, fetch_value, load_sql

ENQUEUE = load_sql(__package__, "enqueue.sql")
CLAIM = load_sql(__package__, "claim.sql")
FINISH = load_sql(__package__, "finish.sql")
GIVE_BACK = load_sql(__package__, "give_back.sql")
PROMOTE = load_sql(__package__, "promote.sql")
REPLAY = load_sql(__package__, "replay.sql")
END = load_sql(__package__, "end.sql")
LISTED = load_sql(__package__, "listed.sql")
DESTINATIONS = load_sql(__package__, "destinations.sql")
FORGET = load_sql(__package__, "forget.sql")
BACKLOG = load_sql(__package__, "backlog.sql")

LOCK = 7_031_188_132
"""Any number that only claims use."""


class Backlog(msgspec.Struct, frozen=True, kw_only=True):
    """What waits, by kind of partner."""

    kind: str
    open: int
    waiting: int
    dead: int
    oldest: datetime | None


async def put_destination(
    identifier: UUID, kind: str, organisation: str, code: str, at_once: int, now: datetime
) -> None:
    """Make a destination, or bring what is said of it up to date."""
    await execute(
        "INSERT INTO delivery_destination"
        " (id, kind, organisation, code, at_once, state, state_at, made_at, failures, openings)"
        " VALUES ($1, $2, $3, $4, $5, 'active', $6, $6, 0, 0)"
        " ON CONFLICT (id) DO UPDATE SET kind = $2, organisation = $3, code = $4, at_once = $5",
        identifier,
        kind,
        organisation,
        code,
        at_once,
        now,
    )


async def enqueue(destination: UUID, messages: Sequence[Outgoing], now: datetime) -> int:
    """Keep messages, each once; gives how many are new."""
    given = [
        {
            "place": place,
            "delivery": delivery_of(destination, message.id),
            "id": message.id,
            "topic": message.topic,
            "subject": message.subject,
            "key": message.key,
            "payload": message.payload,
        }
        for place, message in enumerate(messages)
    ]
    return len(await fetch(ENQUEUE, destination, msgspec.json.encode(given).decode(), now))


async def has_due(now: datetime, machine: datetime) -> bool:
    """Say whether there may be something to claim."""
    return bool(
        await fetch_value(
            "SELECT EXISTS (SELECT FROM delivery_destination AS d WHERE d.state = 'active'"
            " AND (d.open_until IS NULL OR d.open_until <= $1) AND ("
            " EXISTS (SELECT FROM delivery AS m"
            " WHERE m.destination = d.id AND m.state = 'waiting' AND m.due_at <= $1)"
            " OR EXISTS (SELECT FROM delivery AS m"
            " WHERE m.destination = d.id AND m.state = 'sending' AND m.leased_until < $2)))",
            now,
            machine,
        )
    )


async def claim(
    now: datetime, machine: datetime, until: datetime, ahead: int, most: int, kinds: Collection[str]
) -> list[tuple[Queued, int]]:
    """Lease what is due, a share of each destination; gives each with how many calls its destination takes at once."""
    await execute("SELECT pg_advisory_xact_lock($1)", LOCK)
    rows = await fetch(CLAIM, now, machine, until, ahead, most, sorted(kinds))
    return [(_queued(row), row["at_once"]) for row in rows]


async def finish(finished: Sequence[Finished], now: datetime) -> set[UUID]:
    """Note the ends of tries; gives the rows that these moved, for later tries of others may have begun."""
    rows = await fetch(FINISH, msgspec.json.encode(finished).decode(), now)
    return {row["id"] for row in rows}


async def give_back(claims: Sequence[tuple[UUID, int]]) -> None:
    """Undo claims whose calls were never begun."""
    await execute(GIVE_BACK, [each[0] for each in claims], [each[1] for each in claims])


async def end(destination: UUID, why: str, since_before: datetime, now: datetime, most: int) -> list[Queued]:
    """Give up what waits for a destination since before an instant."""
    return [_queued(row) for row in await fetch(END, destination, now, why, since_before, most)]


async def promote(after: int, most: int) -> tuple[int, int | None]:
    """Let go on what waits behind nothing; gives how many, and the number to go on from."""
    row = await fetch_row(PROMOTE, after, most)
    return (row["promoted"], row["following"]) if row else (0, None)


async def replay(destination: UUID, selection: Selection, now: datetime, most: int) -> int:
    """Make ended messages due again; gives how many."""
    rows = await fetch(
        REPLAY,
        destination,
        list(selection.ids) or None,
        selection.since,
        selection.until,
        list(selection.states),
        most,
        now,
    )
    return len(rows)


async def lock_destinations(identifiers: Collection[UUID]) -> dict[UUID, Destination]:
    """Hold destinations, in one order for everybody."""
    rows = await fetch(
        "SELECT * FROM delivery_destination WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE",
        list(identifiers),
    )
    return {row["id"]: _destination(row) for row in rows}


async def find_destination(identifier: UUID) -> Destination | None:
    """Find a destination."""
    row = await fetch_row("SELECT * FROM delivery_destination WHERE id = $1", identifier)
    return _destination(row) if row else None


async def failing() -> list[Destination]:
    """List the destinations that do not work just now."""
    rows = await fetch(
        "SELECT * FROM delivery_destination WHERE state = 'active' AND failures > 0 ORDER BY id"
    )
    return [_destination(row) for row in rows]


async def set_state(
    identifier: UUID, state: str, why: str | None, now: datetime, *, afresh: bool = False
) -> None:
    """Pause a destination, end it, or let it go on; `afresh` forgets its failures."""
    await execute(
        "UPDATE delivery_destination SET state = $2, why = $3, state_at = $4,"
        " failures = CASE WHEN $5 THEN 0 ELSE failures END, openings = CASE WHEN $5 THEN 0 ELSE openings END,"
        " open_until = CASE WHEN $5 THEN NULL ELSE open_until END WHERE id = $1",
        identifier,
        state,
        why,
        now,
        afresh,
    )


async def keep_circuits(told: Sequence[dict[str, Any]]) -> None:
    """Keep what is remembered of destinations after some tries."""
    await execute(
        """
        UPDATE delivery_destination AS d
        SET failures = g.failures, openings = g.openings, open_until = g.open_until,
            delivered_at = COALESCE(g.delivered_at, d.delivered_at), failed_at = COALESCE(g.failed_at, d.failed_at),
            failure = CASE WHEN g.failed_at IS NULL THEN d.failure ELSE g.failure END,
            failure_status = CASE WHEN g.failed_at IS NULL THEN d.failure_status ELSE g.failure_status END
        FROM jsonb_to_recordset($1::jsonb) AS g (id uuid, failures integer, openings integer, open_until timestamptz,
            delivered_at timestamptz, failed_at timestamptz, failure text, failure_status integer)
        WHERE d.id = g.id
        """,
        msgspec.json.encode(told).decode(),
    )


async def listed(
    *,
    destination: UUID | None = None,
    organisations: Collection[str] | None = None,
    states: Collection[str] = (),
    before: int | None = None,
    limit: int = 50,
    delivery: UUID | None = None,
) -> list[Listed]:
    """List messages with their tries, newest first; `organisations` None means all."""
    rows = await fetch(
        LISTED,
        destination,
        None if organisations is None else sorted(organisations),
        sorted(states) or None,
        before,
        limit,
        delivery,
    )
    return [
        Listed(
            **{name: row[name] for name in Listed.__struct_fields__ if name not in {"state", "attempts"}},
            state=State(row["state"]),
            attempts=msgspec.json.decode(row["attempts"], type=list[Attempt]),
        )
        for row in rows
    ]


async def destinations(
    now: datetime,
    *,
    organisations: Collection[str] | None = None,
    identifier: UUID | None = None,
    after: tuple[str, str] | None = None,
    limit: int = 50,
) -> list[DestinationState]:
    """Say how things stand with destinations, by code; `organisations` None means all."""
    rows = await fetch(
        DESTINATIONS,
        None if organisations is None else sorted(organisations),
        identifier,
        list(after) if after else None,
        limit,
    )
    return [
        DestinationState(
            destination=_destination(row),
            circuit=circuit_of(_destination(row)).state(now),
            waiting=row["waiting"],
            dead=row["dead"],
            oldest_at=row["oldest_at"],
            delivered_at=row["delivered_at"],
            failed_at=row["failed_at"],
            failure=Outcome(row["failure"]) if row["failure"] else None,
            status=row["failure_status"],
        )
        for row in rows
    ]


async def forget(before: datetime, dead_before: datetime, most: int) -> int:
    """Drop messages that ended long ago, with their tries; gives how many went."""
    return len(await fetch(FORGET, before, dead_before, most))


async def backlog() -> list[Backlog]:
    """Say what waits and what was given up, by kind."""
    return [
        Backlog(**{name: row[name] for name in Backlog.__struct_fields__}) for row in await fetch(BACKLOG)
    ]


def circuit_of(destination: Destination) -> Circuit:
    """Give what is remembered of a destination."""
    return Circuit(
        failures=destination.failures, openings=destination.openings, open_until=destination.open_until
    )


def _destination(row: Any) -> Destination:
    return Destination(**{name: row[name] for name in Destination.__struct_fields__})


def _queued(row: Any) -> Queued:
    return Queued(
        id=row["message"],
        delivery=row["id"],
        destination=row["destination"],
        kind=row["kind"],
        topic=row["topic"],
        subject=row["subject"],
        key=row["key"],
        payload=msgspec.json.decode(row["payload"]),
        attempt=row["attempts"],
        tried=row["tried"],
        made_at=row["made_at"],
    )
