"""What `postal doctor` looks at. It reads only, as the application role, which is the role to be judged."""

import asyncio
import shutil
import stat
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Literal

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from postal import clock, db
from postal.backup import repository as backups
from postal.config import Settings
from postal.db.durability import LOCKS_WANTED, is_old, locks, unsafe_switches
from postal.db.migrations import pending
from postal.errors import PostalError
from postal.files.repository import any_file as files_known
from postal.files.repository import masters as files_masters
from postal.files.service import check as check_files
from postal.files.vault import KEY_FILE, vault_of
from postal.ledger import partitions as ledger
from postal.ledger.partitions import month_after, months
from postal.outbox import repository as outbox
from postal.supervision.folder import running
from postal.supervision.probe import answers

PATIENCE_S = 2.0
LATE = timedelta(minutes=1)
BACKUP_OLD = timedelta(hours=26)
FILES_SHOWN = 5
DISK_LOW = 5 * 1024**3
DISK_FULL = 512 * 1024**2
SPARE_CONNECTIONS = 10
AHEAD = 1

APPEND_ONLY = ("ledger", "ledger_month", "ledger_subject", "ledger_dispute")
ROLE = """
SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication
FROM pg_roles
WHERE rolname = session_user
"""
OWNED = """
SELECT count(*)
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND pg_has_role(session_user, c.relowner, 'MEMBER')
"""
WRITABLE = """
SELECT c.relname AS name
FROM pg_class AS c
WHERE (
        c.oid = ANY ($1::regclass[])
        OR c.oid IN (SELECT relid FROM pg_partition_tree('ledger'))
    )
    AND c.relkind IN ('r', 'p')
    AND has_table_privilege(session_user, c.oid, 'UPDATE, DELETE, TRUNCATE')
ORDER BY name
"""
MAY_CREATE = "SELECT has_schema_privilege(session_user, 'public', 'CREATE')"
CONNECTIONS = """
SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
"""

State = Literal["ok", "warning", "failed"]


class Finding(msgspec.Struct, frozen=True):
    """One check: what it found, and where something is wrong, what to do."""

    name: str
    state: State
    vi: str
    en: str


async def diagnose(settings: Settings) -> list[Finding]:
    """Run every check; one that cannot run is itself a finding."""
    checks: dict[str, Callable[[Settings], Awaitable[Finding]]] = {
        "server": _server,
        "role": _role,
        "ledger": _ledger_grants,
        "connections": _connections,
        "locks": _locks,
        "migrations": _migrations,
        "partitions": _partitions,
        "clock": _clock,
        "queue": _queue,
        "outbox": _outbox,
        "backup": _backup,
        "web": _web,
        "files": _files,
        "disk": _disk,
        "secrets": _secrets,
    }
    await db.start(settings.database)
    try:
        return [await _made(name, check, settings) for name, check in checks.items()]
    finally:
        await db.stop()


async def _made(name: str, check: Callable[[Settings], Awaitable[Finding]], settings: Settings) -> Finding:
    try:
        return await check(settings)
    except PostalError as error:
        return Finding(name, "failed", error.vi, error.en)
    except Exception as error:  # noqa: BLE001  # e.g. a table that is not there: the other checks still count
        kind = type(error).__name__
        return Finding(name, "failed", f"Không kiểm tra được ({kind})", f"Could not be checked ({kind})")


async def _server(settings: Settings) -> Finding:
    version = await db.fetch_value("SELECT current_setting('server_version')")
    if off := await unsafe_switches():
        state: State = "warning" if settings.database.allow_unsafe_durability else "failed"
        names = ", ".join(off)
        return Finding(
            "server",
            state,
            f"Đang tắt {names}: có thể mất dữ liệu",
            f"{names} off: rows could be lost or spoilt",
        )
    if await is_old():
        return Finding(
            "server", "warning", f"PostgreSQL {version} cũ hơn 18", f"PostgreSQL {version} is older than 18"
        )
    return Finding("server", "ok", f"PostgreSQL {version}, ghi bền", f"PostgreSQL {version}, durable")


async def _role(_: Settings) -> Finding:
    row = await db.fetch_row(ROLE)
    if row is None:
        return Finding("role", "failed", "Không rõ vai trò", "The role is not known")
    powers = [name.removeprefix("rol") for name, value in row.items() if value is True]
    owned = await db.fetch_value(OWNED)
    if await db.fetch_value(MAY_CREATE):
        powers.append("create in public")
    if powers or owned:
        what = ", ".join([*powers, *([f"owner of {owned} relations"] if owned else [])])
        return Finding(
            "role",
            "failed",
            f"Vai trò {row['rolname']} quá quyền: {what}",
            f"Role {row['rolname']} may too much ({what}); use a plain role for POSTAL_DATABASE__DSN",
        )
    return Finding("role", "ok", f"{row['rolname']}, không đặc quyền", f"{row['rolname']}, no special powers")


async def _ledger_grants(_: Settings) -> Finding:
    wrong = [row["name"] for row in await db.fetch(WRITABLE, list(APPEND_ONLY))]
    if wrong:
        names = ", ".join(wrong)
        return Finding(
            "ledger", "failed", f"Ứng dụng sửa được {names}", f"The application may change {names}; revoke it"
        )
    return Finding("ledger", "ok", "Chỉ ghi thêm", "Append-only for the application")


async def _connections(settings: Settings) -> Finding:
    there = await db.fetch_value(CONNECTIONS)
    needed = settings.database.pool_max * (settings.web.workers + settings.jobs.workers) + SPARE_CONNECTIONS
    if needed > there:
        return Finding(
            "connections",
            "failed",
            f"Cần {needed} kết nối, máy chủ cho {there}",
            f"Pools may open {needed}, the server allows {there}; lower pool_max or raise max_connections",
        )
    return Finding("connections", "ok", f"{needed} trên {there}", f"{needed} of {there}")


async def _locks(_: Settings) -> Finding:
    there = await locks()
    if there < LOCKS_WANTED:
        return Finding(
            "locks",
            "failed",
            f"max_locks_per_transaction là {there}, cần {LOCKS_WANTED}: lô quét lớn sẽ bị từ chối",
            f"max_locks_per_transaction is {there}: raise it to {LOCKS_WANTED}, or large batches are refused",
        )
    return Finding("locks", "ok", f"{there} mỗi giao dịch", f"{there} a transaction")


async def _migrations(_: Settings) -> Finding:
    if missing := await pending():
        count = len(missing)
        return Finding(
            "migrations", "failed", f"Thiếu {count}: postal db up", f"{count} pending: run postal db up"
        )
    return Finding("migrations", "ok", "Đầy đủ", "Complete")


async def _partitions(settings: Settings) -> Finding:
    clock.select(await clock.bound_mode() or settings.clock)
    now = await clock.now()
    there = set(await months())
    missing = [f"ledger_{month_after(now, offset):%Y_%m}" for offset in range(AHEAD + 1)]
    missing = [name for name in missing if name not in there]
    if missing:
        names = ", ".join(missing)
        return Finding(
            "partitions", "failed", f"Thiếu {names}: postal db up", f"{names} missing: run postal db up"
        )
    strays = await ledger.stray_rows()
    if strays:
        return Finding(
            "partitions",
            "warning",
            f"{strays} dòng có giờ lạ nằm ở phân vùng mặc định",
            f"{strays} rows of strange clocks wait in the default partition",
        )
    return Finding("partitions", "ok", f"{len(there)} phân vùng", f"{len(there)} partitions")


async def _clock(settings: Settings) -> Finding:
    bound = await clock.bound_mode()
    if bound is not None and bound != settings.clock:
        return Finding(
            "clock",
            # Whatever these settings start will be refused; what runs now was started with others.
            "warning",
            f"Cơ sở dữ liệu theo giờ {bound}, cấu hình {settings.clock}",
            f"The database is bound to {bound} time, the settings say {settings.clock}: use --clock {bound}",
        )
    return Finding(
        "clock", "ok", "Giờ thực" if settings.clock == "real" else "Giờ mô phỏng", f"{settings.clock} time"
    )


async def _queue(settings: Settings) -> Finding:
    if settings.redis.dsn is None:
        return Finding(
            "queue",
            "warning",
            "Không có Valkey: chạy chậm hơn",
            "No Valkey: the relay runs everything itself",
        )
    client = Redis.from_url(settings.redis.dsn, socket_connect_timeout=PATIENCE_S, socket_timeout=PATIENCE_S)
    try:
        async with asyncio.timeout(PATIENCE_S):
            await client.ping()
    except (RedisError, OSError, TimeoutError):
        return Finding(
            "queue", "warning", "Valkey không trả lời", "Valkey does not answer; nothing is lost, only slower"
        )
    finally:
        await client.aclose()
    return Finding("queue", "ok", "Valkey trả lời", "Valkey answers")


async def _outbox(_: Settings) -> Finding:
    backlog = await outbox.backlog()
    if backlog.dead:
        return Finding(
            "outbox",
            "failed",
            f"{backlog.dead} thông điệp đã bỏ: postal outbox list --dead",
            f"{backlog.dead} messages were given up: see postal outbox list --dead",
        )
    if backlog.oldest is not None and (late := clock.machine_now() - backlog.oldest) > LATE:
        return Finding(
            "outbox",
            "failed",
            f"{backlog.waiting} thông điệp chờ, lâu nhất {late.total_seconds():.0f} giây",
            f"{backlog.waiting} messages wait, the oldest for {late.total_seconds():.0f} s; does a worker run?",
        )
    return Finding("outbox", "ok", f"{backlog.waiting} đang chờ", f"{backlog.waiting} waiting")


async def _backup(_: Settings) -> Finding:
    last = await backups.last()
    if last is None or (age := clock.machine_now() - last) > BACKUP_OLD:
        when = "chưa có" if last is None else f"{last:%Y-%m-%d %H:%M}Z"
        shown = "none" if last is None else f"{last:%Y-%m-%d %H:%M}Z"
        return Finding(
            "backup",
            "warning",
            f"Bản sao lưu cuối: {when}; postal db backup",
            f"Last backup: {shown}; run postal db backup every day",
        )
    hours = age.total_seconds() / 3600
    return Finding("backup", "ok", f"{hours:.0f} giờ trước", f"{hours:.0f} hours ago")


async def _web(settings: Settings) -> Finding:
    holder = running(settings.folder)
    if holder is None:
        return Finding("web", "warning", "Không chạy trên máy này", "Nothing serves from this data folder")
    host, _, port = holder.url.removeprefix("http://").rpartition(":")
    if await answers(host.strip("[]"), int(port), "/health/ready"):
        return Finding("web", "ok", holder.url, holder.url)
    return Finding("web", "failed", f"{holder.url} không sẵn sàng", f"{holder.url} is not ready")


async def _files(settings: Settings) -> Finding:
    """Look for every file without opening any; `postal files check` opens them."""
    if not await files_known():
        return Finding("files", "ok", "Chưa có tệp", "None yet")
    # Asking for the vault would make a key where there is none.
    lost = settings.files.key is None and not (settings.folder / KEY_FILE).exists()
    if lost or await files_masters() - {vault_of(settings).sign}:
        return Finding(
            "files",
            "failed",
            "Khóa của kho tệp không đúng: đặt lại files.key hoặc tệp files_key",
            "The key of the files is another one: put back files.key or files_key",
        )
    wrong = [found async for found in check_files(vault_of(settings), deep=False)]
    if wrong:
        shown = ", ".join(found.address[:12] for found in wrong[:FILES_SHOWN])
        return Finding(
            "files",
            "failed",
            f"{len(wrong)} tệp thiếu hoặc sai cỡ ({shown}); phục hồi từ thư mục files của bản sao lưu",
            f"{len(wrong)} files are missing or of another size ({shown}); bring them back from a backup's files",
        )
    return Finding("files", "ok", "Đủ tệp", "All there")


async def _disk(settings: Settings) -> Finding:
    folder = settings.folder if settings.folder.exists() else settings.folder.parent
    free = shutil.disk_usage(folder).free
    state: State = "failed" if free < DISK_FULL else "warning" if free < DISK_LOW else "ok"
    return Finding("disk", state, f"Còn {free / 1024**3:.1f} GiB", f"{free / 1024**3:.1f} GiB free")


async def _secrets(settings: Settings) -> Finding:
    open_files = [
        path.name
        for path in (settings.folder / name for name in ("code_key", "files_key", "log_key", "promise_key"))
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    if open_files:
        names = ", ".join(open_files)
        return Finding(
            "secrets", "failed", f"Ai cũng đọc được {names}", f"{names} can be read by others: chmod 600"
        )
    return Finding("secrets", "ok", "Kín", "Private")
