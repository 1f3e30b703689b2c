"""Statements of exports. Each reads one page, so that neither memory nor a transaction lasts as long as a file."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

import msgspec
from msgspec import Struct

from integrations.process_mining.rules import Assigned, Step, Survey, Thing, Veil
from postal.db import fetch, fetch_row, fetch_value, load_sql
from postal.identity.rules import Actor

TRACES = load_sql(__package__, "traces.sql")
PAGE_ENDS = load_sql(__package__, "page_ends.sql")
PIECES = load_sql(__package__, "pieces.sql")
MANIFESTS = load_sql(__package__, "manifests.sql")
TRIPS = load_sql(__package__, "trips.sql")
STEPS = load_sql(__package__, "steps.sql")
SURVEY = load_sql(__package__, "survey.sql")
KNOWN = load_sql(__package__, "known.sql")
SETTLED = "SELECT feed_position(pg_snapshot_xmin(pg_current_snapshot()))"
ASSIGNED = """
SELECT person, role, organisation, valid_from, valid_to FROM assignment WHERE person = ANY ($1::text[])
"""
ORGANISATIONS = "SELECT code, name, kind, level FROM organisation WHERE code = ANY ($1::text[]) ORDER BY code"
CASES_A_PAGE, THINGS_A_PAGE, MANIFESTS_A_PAGE = 400, 400, 20
PAGES_AT_ONCE = 2
"""A manifest may have thousands of lines, and its sealing names them all."""

QUALIFIERS = {"result": "result of"}
STEP_FIELDS = Step.__struct_fields__
_STEP = itemgetter(*STEP_FIELDS)
_TEXTS = msgspec.json.Decoder(dict[str, str | None])


class Wanted(Struct, frozen=True):
    """A period, who asks, and up to where the ledger had settled when the export began.

    What is written later takes no part, so that the pages of one file fit together though each is read by itself.
    """

    begin: datetime
    end: datetime
    actor: Actor
    settled: int

    @property
    def eyes(self) -> tuple[bool, list[str]]:
        """What a statement is told of the actor."""
        return self.actor.reads_everything, sorted(self.actor.sees)


async def settled() -> int:
    """Tell the position below which no row can appear any more."""
    position: int = await fetch_value(SETTLED)
    return position


async def traces(wanted: Wanted, veil: Veil) -> AsyncIterator[bytes]:
    """Write the dossiers of a period with their steps, page by page, in the order of their registration.

    The server writes some pages while one is taken from here; no more than that are ever held.
    """
    pages: deque[asyncio.Task[list[Any]]] = deque()
    at, code, more = wanted.begin, "", True
    try:
        while more or pages:
            while more and len(pages) < PAGES_AT_ONCE:
                end = await fetch_row(PAGE_ENDS, at, code, wanted.end, CASES_A_PAGE)
                if end is None or end["code"] is None:
                    more = False
                else:
                    given = (at, code, end["at"], end["code"], *wanted.eyes, wanted.settled, *veil.pads)
                    pages.append(asyncio.create_task(fetch(TRACES, *given)))
                    at, code = end["at"], end["code"]
            if pages:
                yield b"".join([row["trace"] for row in await pages.popleft()])
    finally:
        for page in pages:
            page.cancel()


async def things(wanted: Wanted) -> AsyncIterator[list[Thing]]:
    """Give the pieces, then the manifests and then the trips of a period, page by page."""
    at, code = wanted.begin, ""
    while rows := await fetch(PIECES, at, code, wanted.end, THINGS_A_PAGE, *wanted.eyes, wanted.settled):
        yield [_thing(row) for row in rows if row["wanted"]]
        at, code = rows[-1]["at"], rows[-1]["code"]
    for statement in (MANIFESTS, TRIPS):
        code = ""
        while rows := await fetch(
            statement, wanted.begin, code, wanted.end, MANIFESTS_A_PAGE, *wanted.eyes, wanted.settled
        ):
            yield [_thing(row) for row in rows if row["wanted"]]
            code = rows[-1]["code"]


async def steps_of(page: Sequence[Thing], wanted: Wanted) -> list[tuple[Step, tuple[tuple[str, str], ...]]]:
    """List the steps of things, each with the lines and loads that it names, by qualifier and code."""
    codes, types = [thing.code for thing in page], [thing.type for thing in page]
    rows = await fetch(STEPS, codes, types, *wanted.eyes, wanted.settled)
    return [(_step(row), tuple(_named(row))) for row in rows]


async def survey(page: Sequence[Thing], wanted: Wanted) -> Survey:
    """Tell the kinds of steps of some things, and the organisations and people that they have to do with."""
    named = sorted({code for thing in page for _, code in thing.organisations})
    row = await fetch_row(SURVEY, [thing.code for thing in page], named, wanted.settled, *wanted.eyes)
    return (
        Survey(*(frozenset(row[name]) for name in ("kinds", "organisations", "people"))) if row else Survey()
    )


async def known(codes: Collection[str], wanted: Wanted) -> dict[str, str]:
    """Tell which codes stand in the log of the period, with their types."""
    if not codes:
        return {}
    rows = await fetch(KNOWN, sorted(codes), wanted.begin, wanted.end, *wanted.eyes, wanted.settled)
    return {row["code"]: row["type"] for row in rows}


async def assigned(people: Collection[str]) -> dict[str, list[Assigned]]:
    """List the roles of people at all times."""
    found: dict[str, list[Assigned]] = {}
    for row in await fetch(ASSIGNED, sorted(people)) if people else ():
        each = Assigned(row["role"], row["organisation"], row["valid_from"], row["valid_to"])
        found.setdefault(row["person"], []).append(each)
    return found


async def organisations(codes: Collection[str]) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """List organisations with what is public of them."""
    rows = await fetch(ORGANISATIONS, sorted(codes))
    return [(row["code"], tuple((name, row[name]) for name in ("name", "kind", "level"))) for row in rows]


def _named(row: Any) -> Iterator[tuple[str, str]]:
    for qualifier, codes in (("line", row["lines"]), ("load", row["loads"])):
        yield from ((qualifier, code) for code in codes or ())


def _step(row: Any) -> Step:
    return Step(*_STEP(row))


def _thing(row: Any) -> Thing:
    return Thing(
        code=row["code"],
        type=row["type"],
        at=row["at"],
        attributes=_told(row["attributes"]),
        organisations=_told(row["organisations"]),
        things=(
            *((QUALIFIERS.get(row["type"], "carries"), code) for code in row["papers"]),
            *(("listed on", code) for code in row["manifests"]),
        ),
    )


def _told(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in _TEXTS.decode(text).items() if value is not None)
