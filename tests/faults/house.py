"""A whole system, `postal up` on a folder of its own, whose processes a test can find, kill and freeze."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import psutil

from postal.clock import machine_now
from postal.config import DatabaseSettings
from postal.db.embedded import running_dsns

ROOT = Path(__file__).parents[2]
START_S = 90.0
PROGRAMS = {"postgres": "postgres", "valkey": "valkey-server"}


class House:
    """One `postal up`; after a kill of the supervisor `start` starts it again at the same address, as systemd does."""

    def __init__(self, folder: Path, **given: str) -> None:
        self.folder = folder
        self.given = given
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self._output = folder.parent / "up.log"

    @property
    def database(self) -> DatabaseSettings:
        """Where its database is."""
        found = running_dsns(self.folder)
        assert found is not None, "no database runs"
        return DatabaseSettings(dsn=found[0], owner_dsn=found[1])

    def start(self) -> None:
        """Start the supervisor, which starts everything else."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith("POSTAL_")}
        with self._output.open("ab") as output:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "postal.cli",
                    "up",
                    "--data",
                    str(self.folder),
                    "--port",
                    str(self.port),
                ],
                cwd=ROOT,
                env=plain | self.given,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    async def ready(self, within: float = START_S) -> float:
        """Wait until readiness is 200; gives the seconds."""
        begun = time.monotonic()
        async with httpx.AsyncClient(timeout=3) as client:
            while time.monotonic() - begun < within:
                assert self.process is not None
                assert self.process.poll() is None, self._output.read_text()[-3000:]
                with contextlib.suppress(httpx.TransportError):
                    if (await client.get(f"{self.url}/health/ready")).status_code == 200:
                        return time.monotonic() - begun
                await asyncio.sleep(0.05)
        raise AssertionError(f"not ready within {within} s; {self.told()}")

    def pids(self, role: str) -> list[int]:
        """Give the processes of a role: supervisor, web, worker, postgres, valkey, backend."""
        if self.process is None or self.process.poll() is not None:
            return []
        if role == "supervisor":
            return [self.process.pid]
        if role == "backend":
            return [pid for parent in self.pids("postgres") for pid in _children(parent)]
        return [pid for pid in _children(self.process.pid) if _plays(pid, role)]

    def age(self, pid: int) -> float:
        """Give the seconds since a process began."""
        return machine_now().timestamp() - psutil.Process(pid).create_time()

    def send(self, pid: int, number: signal.Signals) -> bool:
        """Send a signal; False when the process was gone already."""
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return False
        return True

    def reap(self) -> None:
        """See a killed supervisor gone, and everything with it."""
        assert self.process is not None
        self.process.wait(10)

    def stop(self) -> None:
        """Stop it in order, or by force, whatever is frozen in it."""
        if self.process is None or self.process.poll() is not None:
            return
        family = psutil.Process(self.process.pid).children(recursive=True)
        for each in family:
            self.send(each.pid, signal.SIGCONT)
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for each in psutil.wait_procs(family, timeout=5)[1]:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()

    def command(self, *arguments: str) -> Any:
        """Run a command of ours with --json; gives its answer, and fails if it fails."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith("POSTAL_")}
        done = subprocess.run(
            [sys.executable, "-m", "postal.cli", *arguments, "--data", str(self.folder), "--json"],
            cwd=ROOT,
            env=plain | self.given,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        return json.loads(done.stdout)

    def told(self) -> str:
        """Give the ends of its logs."""
        logs = [self._output, *sorted((self.folder / "log").glob("*.log")), self.folder / "postgres.log"]
        parts = [
            f"--- {path.name}\n{path.read_text(errors='replace')[-1500:]}" for path in logs if path.exists()
        ]
        return "\n".join(parts)


def _children(pid: int) -> list[int]:
    with contextlib.suppress(psutil.NoSuchProcess):
        return sorted(
            each.pid for each in psutil.Process(pid).children() if each.status() != psutil.STATUS_ZOMBIE
        )
    return []


def _plays(pid: int, role: str) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
        process = psutil.Process(pid)
        if role in PROGRAMS:
            return Path(process.exe()).name == PROGRAMS[role]
        return {"web": "serve", "worker": "worker"}[role] in process.cmdline()
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def flush(folder: Path) -> None:
    """Make the queue forget everything."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        connection.connect(str(folder / "valkey" / "valkey.sock"))
        connection.sendall(b"FLUSHALL\r\n")
        connection.recv(64)
