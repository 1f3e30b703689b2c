"""Reports as published, and who was reminded of them."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from manifests.reports.rules import PREFIX, PUBLISHED
from postal.db import execute, fetch, fetch_row, fetch_value
from postal.ledger.projections import Touched
from postal.ledger.rules import Row


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
