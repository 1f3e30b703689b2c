"""Keeping and recreating what is derived from the ledger."""

from collections.abc import Awaitable, Callable, Collection
from typing import Any, TypeVar, cast

from postal import db, registry
from postal.ledger import repository
from postal.ledger.repository import REBUILD_LOCK, RowSet

ALL_CODES = db.load_sql(__package__, "all_codes.sql")
NEXT_CODES = "SELECT code FROM code_to_project WHERE code > $1 ORDER BY code LIMIT $2"
CHUNK = 500

Progress = Callable[[int, int], None]
T = TypeVar("T")


class Touched:
    """What new rows bear on, handed from projector to projector; what one has read, the next need not read again.

    `codes` are all codes concerned, `told` those of them about which more than scans is new: records, case events or
    a dispute of such. In a rebuild all are told of. Lives for one round, within which no row is added.
    """

    def __init__(
        self, codes: Collection[str], told: Collection[str] | None = None, locked: Collection[str] = ()
    ) -> None:
        self.codes = frozenset(codes)
        self.told = self.codes if told is None else frozenset(told)
        self._locked = {*codes, *locked}
        self._rows: dict[str, RowSet] = {}
        self._found: dict[Any, Any] = {}

    async def rows(self, codes: Collection[str]) -> dict[str, RowSet]:
        """Give the row sets of codes; each is read once, all that are missing in one statement."""
        if missing := set(codes) - self._rows.keys():
            self._rows |= await repository.rows_of(missing)
        return {code: self._rows[code] for code in codes}

    async def lock(self, codes: Collection[str]) -> bool:
        """Lock what is not locked yet, before it is written; True when its rows must be read anew."""
        late = set(codes) - self._locked
        if not late:
            return False
        self._locked |= await repository.lock_codes(late)
        for code in late:
            self._rows.pop(code, None)
        return True

    async def once(self, find: Callable[["Touched"], Awaitable[T]]) -> T:
        """Give what a function finds out about this round; it runs for the first who asks."""
        if find not in self._found:
            self._found[find] = await find(self)
        return cast("T", self._found[find])


async def run_projectors(touched: Touched) -> None:
    """Bring every projection of these codes up to date; codes are locked by the caller's unit of work."""
    for projector in registry.projectors():
        await projector(touched)


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
            await run_projectors(Touched(codes))
            done, last = done + len(codes), codes[-1]
            if progress is not None:
                progress(done, total)
        for recount in registry.recounts():
            await recount()
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
