"""Large databases for tests of growth, made in minutes."""

import asyncio
from collections.abc import Awaitable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
from msgspec import Struct

from postal.config import DatabaseSettings
from postal.db.embedded import EmbeddedPostgres
from postal.ledger.partitions import month_after

LAST = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
MONTHS = 36
ROWS_OF_PIECE = 8
ON_LIST = 50
OFFICES = 400
DIGITS = 10**8
LOADERS = 2
# Larger than their indexes are worth while they are filled.
STRIPPED = (
    "piece",
    "custody",
    "visibility",
    "manifest_scan",
    "manifest_line",
    "manifest_look",
    "manifest",
    "ledger_subject",
)
STRIPPED += ("ledger_month", "device_sync")
SETTINGS = ("SET maintenance_work_mem = '512MB'", "SET work_mem = '128MB'", "SET synchronous_commit = off")


class Grown(Struct, frozen=True):
    """A database of so many rows over 36 months, and the pieces in it by number."""

    settings: DatabaseSettings
    many: int
    offices: int

    @property
    def rows(self) -> int:
        """How many rows its pieces have."""
        return self.many * MONTHS * ROWS_OF_PIECE

    def pieces_of(self, office: int) -> list[int]:
        """List the pieces that one office sent to its desk."""
        lists = range(office, self.many * MONTHS // ON_LIST, self.offices)
        return [number * ON_LIST + n for number in lists for n in range(ON_LIST)]

    def piece(self, number: int) -> str:
        """Give the code of a piece, as `grow.piece` does."""
        serial = number * 7919 % DIGITS
        digits = f"{serial:08}"
        rest = 11 - sum(w * int(d) for w, d in zip((8, 6, 4, 2, 3, 5, 9, 7), digits, strict=True)) % 11
        return f"DH{digits}{ {10: 0, 11: 5}.get(rest, rest) }VN"

    def manifest(self, number: int) -> str:
        """Give the code of the manifest that a piece was on."""
        low = month_after(LAST, number // self.many - MONTHS + 1)
        return f"BK-{low:%y%m%d}-{number // ON_LIST:06X}"


async def grow(server: EmbeddedPostgres, name: str, rows: int, offices: int = OFFICES) -> Grown:
    """Make a database of about so many rows of the ledger, with everything that follows from them."""
    settings = DatabaseSettings(
        dsn=server.dsn_of("postal_app", name),
        owner_dsn=server.dsn_of("postal_owner", name),
        allow_unsafe_durability=True,
    )
    admin = await asyncpg.connect(server.dsn_of("postgres", "postgres"))
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE postal OWNER postal_owner")
    await admin.close()
    many = max(1, round(rows / MONTHS / ROWS_OF_PIECE / ON_LIST)) * ON_LIST
    loaders = [await _loader(server.dsn_of("postgres", name)) for _ in range(LOADERS)]
    await _load(loaders, many, offices)
    for loader in loaders:
        await loader.close()
    return Grown(settings, many, offices)


async def _loader(dsn: str) -> asyncpg.Connection:
    loader = await asyncpg.connect(dsn, command_timeout=None)
    for setting in SETTINGS:
        await loader.execute(setting)
    return loader


async def _load(loaders: list[asyncpg.Connection], many: int, offices: int) -> None:
    first = loaders[0]
    await first.execute(
        (Path(__file__).parent / "grow.sql").read_text(encoding="utf-8").replace("$offices", str(offices))
    )
    months = [month_after(LAST, number - MONTHS + 1) for number in range(MONTHS + 3)]
    for low in months:
        await first.execute("SELECT ledger_add_month($1)", low)
        await first.execute(f"ALTER TABLE {_partition(low)} SET UNLOGGED")
    await first.execute("SELECT grow.strip($1)", list(STRIPPED))
    for table in STRIPPED:
        await first.execute(f"ALTER TABLE {table} SET UNLOGGED")
    lives = [(low, number, many, _until(low)) for number, low in enumerate(months[:MONTHS])]
    await _share(
        loaders, [_rows(life, lives[number - 1] if number else None) for number, life in enumerate(lives)]
    )
    await _share(loaders, [[("SELECT grow.rest($1, $2, $3, $4)", life)] for life in lives])
    undo = [row["undo"] for row in await first.fetch("SELECT undo FROM grow.kept ORDER BY number")]
    links = [one for one in undo if "FOREIGN KEY" in one]
    await _share(loaders, [[(one, ())] for one in undo if one not in links])
    await _share(loaders[:1], [[(one, ())] for one in links])
    await first.execute("SELECT grow.devices()")
    await first.execute(f"VACUUM (ANALYZE) ledger, device_epoch, {', '.join(STRIPPED)}")


def _rows(life: tuple, before: tuple | None) -> list[tuple[str, tuple]]:
    """Give what fills the partition of a month: its own pieces, and those of the month before that still live."""
    low = life[0]
    bounds = (_partition(low), low, month_after(low, 1))
    return [
        ("SELECT grow.rows($1, $2, $3, $4, $5::text::regclass, $6, $7)", (*each, *bounds))
        for each in (before, life)
        if each is not None
    ]


def _until(low: datetime) -> datetime:
    """Tell when the last piece of a month begins; in the last month all are delivered before the present."""
    return min(month_after(low, 1), LAST - timedelta(days=3))


def _partition(low: datetime) -> str:
    return f"ledger_{low:%Y_%m}"


async def _share(loaders: list[asyncpg.Connection], work: Iterable[list[tuple[str, tuple]]]) -> None:
    """Do pieces of work on all connections at once, each in its order."""
    waiting = list(work)

    async def run(loader: asyncpg.Connection) -> None:
        while waiting:
            for statement, args in waiting.pop(0):
                await loader.execute(statement, *args)

    doing: list[Awaitable[None]] = [run(loader) for loader in loaders]
    await asyncio.gather(*doing)
