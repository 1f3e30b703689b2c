"""Every SQL statement of reports. A report reads many nouns and writes none of them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from manifests.reports.rules import CARRIED, PREFIX, PUBLISHED, SETTLED, Basis, basis_of
from postal.db import execute, fetch, fetch_row, fetch_value, load_sql
from postal.identity.rules import Actor
from postal.ledger.projections import Touched
from postal.ledger.rules import Row

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
BEHIND = load_sql(__package__, "behind.sql")
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


class LateRow(Struct, frozen=True, kw_only=True):
    """A row of the ledger that a report could not know yet."""

    id: UUID
    code: str
    kind: str
    organisation: str | None
    occurred_at: datetime
    received_at: datetime


class Published(Struct, frozen=True, kw_only=True):
    """A report as the ledger says that it was published."""

    code: str
    kind: str
    period: str
    organisation: str
    published_at: datetime
    published_by: str | None
    person: str | None
    row: UUID
    as_of: datetime
    query_version: str
    digest: str


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


async def anything_synchronised() -> bool:
    """Tell whether the national portal ever acknowledged a dossier."""
    return bool(await fetch_value("SELECT EXISTS (SELECT FROM portal_receipt WHERE state = 'accepted')"))


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
    return await fetch_value("SELECT (min(registered_at) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date FROM dossier")


async def find_published(code: str) -> Published | None:
    """Find a published report."""
    row = await fetch_row("SELECT * FROM report WHERE code = $1", code)
    return Published(**dict(row)) if row else None


async def published_at() -> dict[str, datetime]:
    """Give when each report was published."""
    rows = await fetch("SELECT code, published_at FROM report")
    return {row["code"]: row["published_at"] for row in rows}


async def list_published(
    everything: bool,  # noqa: FBT001 - a parameter of the statement
    organisations: Sequence[str],
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[Published]:
    """List published reports, newest first: all, or those of organisations and what is public."""
    at, code = after or (None, None)
    rows = await fetch(
        """
        SELECT * FROM report
        WHERE ($1::boolean OR kind = '766' OR organisation = ANY ($2::text[]))
          AND ($3::timestamptz IS NULL OR (published_at, code) < ($3, $4::text))
        ORDER BY published_at DESC, code DESC
        LIMIT $5
        """,
        everything,
        list(organisations),
        at,
        code,
        limit,
    )
    return [Published(**dict(row)) for row in rows]


async def find_content(digest: str) -> bytes | None:
    """Find the bytes that were published."""
    found: bytes | None = await fetch_value("SELECT content FROM report_content WHERE digest = $1", digest)
    return found


async def add_content(digest: str, report: str, content: bytes, now: datetime) -> None:
    """Keep the bytes that are being published."""
    await execute(
        """
        INSERT INTO report_content (digest, report, content, created_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING
        """,
        digest,
        report,
        content,
        now,
    )


async def project(touched: Touched) -> None:
    """Keep the first publication of each report; of two rows the earlier one, whatever came in first."""
    codes = [code for code in touched.told if code.startswith(PREFIX)]
    if not codes:
        return
    for code, found in (await touched.rows(codes)).items():
        rows = [
            row
            for row in found.rows
            if row.content.kind == PUBLISHED and len(found.disputed.get(row.content.id, ())) < 2
        ]
        await execute("DELETE FROM report WHERE code = $1", code)
        if rows:
            await _put(min(rows, key=lambda row: (row.corrected_at, row.content.id)))


async def _put(row: Row) -> None:
    said = row.content.body
    await execute(
        """
        INSERT INTO report (code, kind, period, organisation, published_at, published_by, person, row, as_of,
                            query_version, digest)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::timestamptz, $10, $11)
        """,
        row.content.code,
        said["report"],
        said["period"],
        said["organisation"],
        row.content.occurred_at,
        row.content.organisation,
        row.content.person,
        row.content.id,
        said["as_of"],
        said["query_version"],
        said["digest"],
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


async def begin_reminding(day: date, now: datetime) -> bool:
    """Take the reminding of a day upon oneself; False where somebody did already."""
    row = await fetch_row(
        "INSERT INTO report_reminding (day, begun_at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING day",
        day,
        now,
    )
    return row is not None


async def reminded() -> set[tuple[str, str]]:
    """Give which reports somebody was told of, and as what."""
    return {
        (row["report"], row["standing"])
        for row in await fetch("SELECT report, standing FROM report_reminder")
    }


async def add_reminder(report: str, standing: str, organisation: str, due: datetime, now: datetime) -> None:
    """Note that somebody was told."""
    await execute(
        """
        INSERT INTO report_reminder (report, standing, organisation, due, reminded_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING
        """,
        report,
        standing,
        organisation,
        due,
        now,
    )
