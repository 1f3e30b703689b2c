"""Which machine, which software, which promises of the database: without them a figure means nothing."""

import os
import platform
import subprocess
from pathlib import Path
from typing import Any

import asyncpg

SETTINGS = (
    "server_version",
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "wal_sync_method",
    "commit_delay",
    "shared_buffers",
    "max_wal_size",
)


async def described(dsn: str) -> dict[str, Any]:
    """Describe what the figures were measured on."""
    connection = await asyncpg.connect(dsn)
    postgres = {name: await connection.fetchval("SELECT current_setting($1)", name) for name in SETTINGS}
    await connection.close()
    return {
        "cpu": _line("/proc/cpuinfo", "model name") or platform.processor(),
        "cores": os.cpu_count(),
        "memory": _line("/proc/meminfo", "MemTotal"),
        "load_before": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "kernel": platform.release(),
        "python": platform.python_version(),
        "postgres": postgres,
        "commit": _commit(),
    }


def _line(file: str, name: str) -> str | None:
    path = Path(file)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), None)


def _commit() -> str | None:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or None
