"""What the server must promise before we acknowledge a scan."""

from postal.config import DatabaseSettings
from postal.db.engine import fetch
from postal.errors import Unavailable

SWITCHES = ("data_checksums", "fsync", "full_page_writes", "synchronous_commit")
LOCKS_WANTED = 256
"""`max_locks_per_transaction`, since a batch of 1,000 scans locks each of its codes."""

OLDEST_VERSION = 180_000


async def check_durability(settings: DatabaseSettings) -> None:
    """Refuse a server that may lose a committed row, unless the settings allow it for a test machine."""
    if settings.allow_unsafe_durability:
        return
    off = await unsafe_switches()
    if off:
        names = ", ".join(off)
        raise Unavailable(
            "database.unsafe",
            vi=f"Máy chủ PostgreSQL đang tắt {names}: dữ liệu đã xác nhận có thể mất hoặc hỏng mà không ai biết. "
            "Chỉ trên máy thử nghiệm: đặt POSTAL_DATABASE__ALLOW_UNSAFE_DURABILITY=true.",
            en=f"PostgreSQL runs with {names} off: acknowledged rows could be lost, or spoilt unseen. Turn them on "
            "(checksums: pg_checksums --enable on the stopped server); on a test machine only, "
            "set POSTAL_DATABASE__ALLOW_UNSAFE_DURABILITY=true.",
            settings=off,
        )


async def unsafe_switches() -> list[str]:
    """Name the settings under which a committed row can be lost, or spoilt without anybody noticing."""
    rows = await fetch(
        "SELECT name, setting FROM pg_settings WHERE name = ANY($1) ORDER BY name", list(SWITCHES)
    )
    return [row["name"] for row in rows if row["setting"] == "off"]


async def locks() -> int:
    """Give how many locks the server keeps room for a transaction."""
    return int((await fetch("SELECT current_setting('max_locks_per_transaction')::int AS locks"))[0]["locks"])


async def is_old() -> bool:
    """Tell whether the server is older than the version that everything is tested on."""
    row = await fetch("SELECT current_setting('server_version_num')::int AS version")
    return bool(row[0]["version"] < OLDEST_VERSION)
