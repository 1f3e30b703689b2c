"""PostgreSQL's own client programs, run beside us: pg_dump, pg_restore, psql."""

import asyncio
import contextlib
import os
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from postal.db.embedded import program
from postal.errors import PostalError

CHUNK = 1 << 20
SHOWN = 2000


class ProgramFailed(PostalError):
    """One of PostgreSQL's programs ended with an error, which the message repeats."""


async def dump(dsn: str, snapshot: str, into: int, *, programs: Path | None = None) -> None:
    """Write a database, as it is in an exported snapshot, into an open file in PostgreSQL's custom format.

    Without owners and comments: whoever restores it owns it. Grants are in it.
    """
    arguments = ("--format=custom", "--no-owner", "--no-comments", f"--snapshot={snapshot}")
    async with _running("pg_dump", dsn, arguments, programs, stdin=DEVNULL, stdout=into) as process:
        await _ended("pg_dump", process)


async def load(dsn: str, archive: Path, before: str, after: str, *, programs: Path | None = None) -> None:
    """Run a script, restore an archive and run another script, all in one transaction: everything or nothing.

    psql commits only on the last line, which is sent when the archive was read to its end.
    """
    reading = _running(
        "pg_restore", None, ("--file=-", "--no-owner", "--exit-on-error", str(archive)), programs,
        stdin=DEVNULL, stdout=PIPE,
    )  # fmt: skip
    arguments = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1")
    writing = _running("psql", dsn, arguments, programs, stdin=PIPE, stdout=DEVNULL)
    async with reading as restore, writing as psql:
        try:
            await _write(psql, f"BEGIN;\n{before}\n".encode())
            if restore.stdout is not None:
                while chunk := await restore.stdout.read(CHUNK):
                    await _write(psql, chunk)
            await _ended("pg_restore", restore)
            await _write(psql, f"\n{after}\nCOMMIT;\n".encode())
        except (BrokenPipeError, ConnectionResetError):
            # It stopped reading because a statement failed, and says which.
            pass
        if psql.stdin is not None:
            psql.stdin.close()
        await _ended("psql", psql)


@asynccontextmanager
async def _running(
    name: str,
    dsn: str | None,
    arguments: Sequence[str],
    programs: Path | None,
    *,
    stdin: int,
    stdout: int,
) -> AsyncIterator[Process]:
    path = program(name) if programs is None else programs / name
    where, secret = ((), {}) if dsn is None else _address(dsn)
    process = await asyncio.create_subprocess_exec(
        path,
        *arguments,
        *where,
        stdin=stdin,
        stdout=stdout,
        stderr=PIPE,
        env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "TZ": "UTC", **secret},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _address(dsn: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """Divide a DSN into an argument, which every user of the machine can read, and the password."""
    parts = urlsplit(dsn)
    credentials, at, place = parts.netloc.rpartition("@")
    user, _, password = credentials.partition(":")
    query = parse_qsl(parts.query, keep_blank_values=True)
    secrets = [unquote(password), *(value for name, value in query if name == "password")]
    shown = urlencode([(name, value) for name, value in query if name != "password"])
    address = urlunsplit((parts.scheme, f"{user}{at}{place}", parts.path, shown, ""))
    given = [secret for secret in secrets if secret]
    # libpq wants the two slashes, which an empty place loses.
    address = address if "://" in address else address.replace(":", "://", 1)
    return (f"--dbname={address}",), {"PGPASSWORD": given[-1]} if given else {}


async def _write(process: Process, data: bytes) -> None:
    if process.stdin is not None:
        process.stdin.write(data)
        await process.stdin.drain()


async def _ended(name: str, process: Process) -> None:
    told = await process.stderr.read() if process.stderr is not None else b""
    if await process.wait() != 0:
        text = told.decode(errors="replace").strip()[-SHOWN:]
        raise ProgramFailed(
            "database.program_failed", vi=f"{name} bị lỗi: {text}", en=f"{name} failed: {text}"
        )
