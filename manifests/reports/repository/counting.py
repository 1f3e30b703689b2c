"""What reports count: a statement each, over many nouns of which none is written."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from manifests.reports.rules import CARRIED, SETTLED, Basis, basis_of
from postal.db import fetch, fetch_value, load_sql
from postal.identity.rules import Actor

COUNTED = {
    Basis.SETTLED: load_sql(__package__, "counted.sql"),
    Basis.CARRIED: load_sql(__package__, "carried.sql"),
}
COLUMNS = {
    Basis.SETTLED: ("authority", "commune", "desk", "procedure"),
    Basis.CARRIED: ("office", "procedure"),
}
NAMED = {Basis.SETTLED: SETTLED, Basis.CARRIED: CARRIED}
GROUPED = load_sql(__package__, "grouped.sql")
MEANS = load_sql(__package__, "means.sql")
SPANS = load_sql(__package__, "spans.sql")
PETITIONS = load_sql(__package__, "petitions.sql")
AFFAIRS = load_sql(__package__, "affairs.sql")
CAME_AFTER = load_sql(__package__, "came_after.sql")
MOVED_AFTER = load_sql(__package__, "moved_after.sql")
BEHIND = load_sql(__package__, "behind.sql")
REGISTER = load_sql(__package__, "register.sql")
SCOPE = load_sql(__package__, "scope.sql")
AFFAIR_NAMES = (
    "revenue", "claims", "claims_answered", "claims_late", "claims_granted", "lost", "damaged", "compensated",
    "compensation",
)  # fmt: skip


class Scope(Struct, frozen=True, kw_only=True):
    """What is counted: a span, the organisations (or all), and how many requests for supplement are allowed."""

    begin: datetime
    end: datetime
    everything: bool
    organisations: tuple[str, ...]
    most_requests: int = 1

    def given(self, basis: Basis) -> list[Any]:
        """Give the parameters of a statement of a basis."""
        shared = [self.begin, self.end, self.everything, list(self.organisations)]
        return [*shared, self.most_requests] if basis is Basis.SETTLED else shared


class Group(Struct, frozen=True):
    """Counts of one group; `by` is 'all' for the whole."""

    by: str
    group: str
    counts: Mapping[str, int]


class Mean(Struct, frozen=True, kw_only=True):
    """What the mean time of a procedure version is made of."""

    procedure: str
    version: int
    name_vi: str
    name_en: str
    limit_value: int
    limit_unit: str
    n: int
    calendar_us: int
    working_us: int


class Behind(Struct, frozen=True, kw_only=True):
    """A dossier behind a figure."""

    code: str
    procedure: str
    at: datetime


class MovedDeadline(Struct, frozen=True, kw_only=True):
    """A deadline that a decision on a calendar moved, with both its dates."""

    dossier: str
    clock: str
    ordinal: int
    decision: UUID
    number: str
    title: str
    calendar: str
    due_before: datetime
    due_after: datetime
    moved_at: datetime


class LateRow(Struct, frozen=True, kw_only=True):
    """A row of the ledger that a report could not know yet."""

    id: UUID
    code: str
    kind: str
    organisation: str | None
    occurred_at: datetime
    received_at: datetime


async def organisations_below(code: str) -> tuple[str, ...]:
    """Give an organisation, all below it, and their predecessors."""
    return tuple(row["code"] for row in await fetch(SCOPE, code))


async def grouped(basis: Basis, scope: Scope) -> list[Group]:
    """Count all measures of a basis for the whole and by each of its columns."""
    columns, names = COLUMNS[basis], list(NAMED[basis])
    statement = COUNTED[basis] + GROUPED.format(
        columns=", ".join(columns),
        counts=", ".join(f"count(*) FILTER (WHERE {name}) AS {name}" for name in names),
        sets="), (".join(columns),
    )
    return _groups(await fetch(statement, *scope.given(basis)), columns, names)


async def means(scope: Scope) -> list[Mean]:
    """Give what indicator 2.2 is computed from, by procedure version."""
    rows = await fetch(COUNTED[Basis.SETTLED] + MEANS, *scope.given(Basis.SETTLED))
    return [Mean(**dict(row)) for row in rows]


async def spans(scope: Scope) -> list[tuple[str, int, float, float]]:
    """Give number, median and 90th percentile in hours of the clocks that ended."""
    rows = await fetch(SPANS, *scope.given(Basis.CARRIED))
    return [(row["clock"], row["n"], row["p50"], row["p90"]) for row in rows]


async def petitions(scope: Scope) -> list[Group]:
    """Count petitions that were handled, and in time, by who answers for them."""
    rows = await fetch(PETITIONS, *scope.given(Basis.CARRIED))
    return _groups(rows, ("authority", "commune"), ["handled", "in_time"])


async def affairs(scope: Scope) -> list[Group]:
    """Sum up money, claims and incidents of the post."""
    sums = ", ".join(f"coalesce(sum({name}), 0)::bigint AS {name}" for name in AFFAIR_NAMES)
    rows = await fetch(AFFAIRS.format(sums=sums), *scope.given(Basis.CARRIED))
    return _groups(rows, ("office",), AFFAIR_NAMES)


async def behind(
    measure: str,
    by: str,
    group: str,
    scope: Scope,
    actor: Actor,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[Behind]:
    """List the dossiers that a measure counted in a group and that the actor may see, newest first."""
    basis = basis_of(measure)
    given = scope.given(basis)
    column = by if by in COLUMNS[basis] else "''"
    at, code = after or (None, None)
    named = {
        "value": "" if column == "''" else group,
        "everything": actor.reads_everything,
        "sees": sorted(actor.sees),
        "at": at,
        "code": code,
        "limit": limit,
    }
    places = {name: f"${place}" for place, name in enumerate(named, len(given) + 1)}
    statement = COUNTED[basis] + BEHIND.format(measure=measure, column=column, **places)
    rows = await fetch(statement, *given, *named.values())
    return [Behind(code=row["code"], procedure=row["procedure"], at=row["at"]) for row in rows]


async def came_after(basis: Basis, scope: Scope, as_of: datetime, limit: int) -> tuple[int, list[LateRow]]:
    """Give how many rows came in after a report was frozen, and the first of them."""
    given = scope.given(basis)
    tail = CAME_AFTER.format(as_of=f"${len(given) + 1}", limit=f"${len(given) + 2}")
    rows = await fetch(COUNTED[basis].rstrip() + "\n" + tail, *given, as_of, limit)
    found = [LateRow(**{name: row[name] for name in LateRow.__struct_fields__}) for row in rows]
    return (rows[0]["total"] if rows else 0), found


async def moved_after(
    basis: Basis, scope: Scope, as_of: datetime, limit: int
) -> tuple[int, list[MovedDeadline]]:
    """Give how many deadlines that bear on a report were moved after it was frozen, and the first of them."""
    given = scope.given(basis)
    tail = MOVED_AFTER.format(as_of=f"${len(given) + 1}", limit=f"${len(given) + 2}")
    rows = await fetch(COUNTED[basis].rstrip() + "\n" + tail, *given, as_of, limit)
    found = [MovedDeadline(**{name: row[name] for name in MovedDeadline.__struct_fields__}) for row in rows]
    return (rows[0]["total"] if rows else 0), found


async def register_of(
    desk: str, begin: datetime, end: datetime, actor: Actor, after: tuple[datetime, str] | None, limit: int
) -> list[Any]:
    """List the lines of a desk's register that an actor may see, in the order of receipt; without persons."""
    at, code = after or (None, None)
    return await fetch(
        REGISTER, desk, begin, end, actor.reads_everything, sorted(actor.sees), at, code, limit
    )


def _groups(rows: Sequence[Any], columns: Sequence[str], names: Sequence[str]) -> list[Group]:
    """Read the rows of grouping sets: the mask has a bit for each column that a row is not of."""
    whole = 2 ** len(columns) - 1
    found = []
    for row in rows:
        counts = {name: row[name] for name in names}
        if row["mask"] == whole:
            found.append(Group("all", "", counts))
            continue
        place = next(i for i in range(len(columns)) if row["mask"] == whole - 2 ** (len(columns) - 1 - i))
        found.append(Group(columns[place], row[columns[place]] or "", counts))
    return sorted(found, key=lambda each: (each.by != "all", each.by, each.group))


async def names_of_units(codes: Sequence[str]) -> dict[str, str]:
    """Name communes."""
    rows = await fetch(
        "SELECT code, name FROM administrative_unit WHERE code = ANY ($1::text[])", list(codes)
    )
    return {row["code"]: row["name"] for row in rows}


async def names_of_procedures(codes: Sequence[str]) -> dict[str, str]:
    """Name procedures, as their newest version does."""
    rows = await fetch(
        """
        SELECT DISTINCT ON (code) code, name_vi FROM procedure
        WHERE code = ANY ($1::text[]) ORDER BY code, version DESC
        """,
        list(codes),
    )
    return {row["code"]: row["name_vi"] for row in rows}


async def first_day() -> date | None:
    """Give the local day of the first dossier: nothing is owed for the time before."""
    found: date | None = await fetch_value(
        "SELECT (min(registered_at) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date FROM dossier"
    )
    return found
