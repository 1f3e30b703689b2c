"""Keeping and recreating what is derived from the ledger."""

from collections.abc import Callable, Collection

from postal import db, registry
from postal.ledger.repository import REBUILD_LOCK

ALL_CODES = db.load_sql(__package__, "all_codes.sql")
NEXT_CODES = "SELECT code FROM code_to_project WHERE code > $1 ORDER BY code LIMIT $2"
CHUNK = 500

Progress = Callable[[int, int], None]


async def run_projectors(codes: Collection[str]) -> None:
    """Bring every projection of these codes up to date; codes are locked by the caller's unit of work."""
    for projector in registry.projectors():
        await projector(codes)


async def rebuild(progress: Progress | None = None, chunk: int = CHUNK) -> int:
    """Recreate all projections from the ledger, inside `as_owner`, and give the number of codes.

    One transaction: whoever reads meanwhile waits or is told to come again, and a crash leaves the old state.
    Nothing is recorded while it runs. `progress` is told how many codes of how many are done.
    """
    async with db.unit_of_work():
        await db.execute("SELECT pg_advisory_xact_lock($1)", REBUILD_LOCK)
        if tables := registry.projections():
            await db.execute(f"TRUNCATE {', '.join(map(_quoted, tables))}")
        await db.execute(ALL_CODES)
        await db.execute("CREATE UNIQUE INDEX ON code_to_project (code)")
        total = await db.fetch_value("SELECT count(*) FROM code_to_project")
        done, last = 0, ""
        while codes := [row["code"] for row in await db.fetch(NEXT_CODES, last, chunk)]:
            await run_projectors(codes)
            done, last = done + len(codes), codes[-1]
            if progress is not None:
                progress(done, total)
    return done


async def export() -> bytes:
    """Write every projection in one canonical form: equal states give equal bytes, whatever order they grew in."""
    parts = []
    for table in registry.projections():
        rows = await db.fetch(f"SELECT to_jsonb(t)::text AS line FROM {_quoted(table)} t")  # noqa: S608 - own names
        # Every line holds its primary key, so sorted lines are as good as rows by key, in any collation.
        parts += [table, *sorted(row["line"] for row in rows)]
    return "".join(f"{part}\n" for part in parts).encode()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
