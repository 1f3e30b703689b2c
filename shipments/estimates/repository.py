"""Statements of estimates."""

from collections import OrderedDict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec import Struct

from postal.db import execute, fetch, fetch_row, fetch_value, load_sql
from shipments.estimates.rules import History, Key, Span, Sure, Terms, weekday_of

FINISHED = load_sql(__package__, "finished.sql")
PUT = load_sql(__package__, "put.sql")
RUNNING = load_sql(__package__, "running.sql")
ROUTES = """
SELECT DISTINCT route FROM dossier_clock
WHERE stopped_at >= $1 AND stopped_at < $2 AND route IS NOT NULL ORDER BY route
"""
FIND = """
SELECT clock, route, procedure, weekday, spans, judged, inside
FROM estimate_history
WHERE clock = $1 AND route = $2 AND procedure = ANY ($3::text[])
"""
ADD_RUN = """
INSERT INTO estimate_run (day, digest, confidence_percent, least, judged, inside) VALUES ($1, $2, $3, $4, $5, $6)
"""
MAKING = 7_031_188_095
"""Held by one making of histories at a time."""

KEPT = 2_000
_read: OrderedDict[tuple[bytes, str, str, str], dict[Key, History]] = OrderedDict()


class Running(Struct, frozen=True, kw_only=True):
    """A clock that runs, and what names the histories that were made last, with the terms by which they were."""

    clock: str
    route: str | None
    procedure: str
    started_at: datetime
    calendar: str
    paused_since: datetime | None
    digest: bytes
    confidence_percent: int
    least: int

    @property
    def terms(self) -> Sure:
        """The terms by which the histories were made and judged."""
        return Sure(confidence_percent=self.confidence_percent, least=self.least)


async def lock_making() -> bool:
    """Take the right to make histories until the unit of work ends; False while somebody else has it."""
    return bool(await fetch_value("SELECT pg_try_advisory_xact_lock($1)", MAKING))


async def is_made(day: date) -> bool:
    """Tell whether the histories of a day were made."""
    return bool(await fetch_value("SELECT EXISTS (SELECT FROM estimate_run WHERE day >= $1)", day))


async def routes(begin: datetime, end: datetime) -> list[str]:
    """List the routes on which any clock ended in a span of time."""
    return [row["route"] for row in await fetch(ROUTES, begin, end)]


async def finished(of: Collection[str], begin: datetime, end: datetime, most: int) -> list[tuple[Key, Span]]:
    """List the finished clocks of some routes, the latest `most` of each clock, route and procedure."""
    return [
        (
            Key(row["clock"], row["route"], row["procedure"], weekday_of(row["started_at"])),
            Span(row["stopped_at"], row["started_at"], row["dossier"], row["working_us"]),
        )
        for row in await fetch(FINISHED, sorted(of), begin, end, most)
    ]


async def put(found: Sequence[History], day: date) -> None:
    """Keep histories in the place of those of the same keys."""
    given = [
        {
            **msgspec.structs.asdict(each.key),
            "spans": each.spans,
            "judged": each.judged,
            "inside": each.inside,
        }
        for each in found
    ]
    await execute(PUT, msgspec.json.encode(given).decode(), day)


async def finish(day: date, digest: bytes, terms: Terms, judged: int, inside: int) -> None:
    """Drop what was not made again, and note the day with what its histories are."""
    await execute("DELETE FROM estimate_history WHERE day <> $1", day)
    await execute("DELETE FROM estimate_run WHERE day = $1", day)
    await execute(
        ADD_RUN,
        day,
        digest,
        terms.confidence_percent,
        terms.least,
        judged,
        inside,
    )


async def running(dossier: str) -> Running | None:
    """Find the clock that runs until a dossier's result is with its citizen."""
    row = await fetch_row(RUNNING, dossier)
    return Running(**dict(row)) if row else None


async def known(clock: Running, *, with_procedure: bool) -> dict[Key, History]:
    """Give the histories that may tell of a clock; they are kept here until others are made."""
    if clock.route is None:
        return {}
    procedure = clock.procedure if with_procedure else ""
    place = (clock.digest, clock.clock, clock.route, procedure)
    if place not in _read:
        rows = await fetch(FIND, clock.clock, clock.route, sorted({"", procedure}))
        _read[place] = {each.key: each for each in map(_history, rows)}
        while len(_read) > KEPT:
            _read.popitem(last=False)
    _read.move_to_end(place)
    return _read[place]


def _history(row: Any) -> History:
    return History(
        key=Key(row["clock"], row["route"], row["procedure"], row["weekday"]),
        spans=tuple(row["spans"]),
        judged=row["judged"],
        inside=row["inside"],
    )
