"""A process of ours that is started again when it ends by itself, and that never outlives us."""

import asyncio
import contextlib
import ctypes
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import DEVNULL, PIPE

import structlog

from postal.supervision.heartbeat import Pulse

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 10.0
STEADY_BEATS = 5
"""A process that showed this many signs of life had started well, and has earned a quick restart."""

SILENT_LOOKS = 20
"""A process that shows no sign of life for so many looks of its supervisor, two a second, hangs and is replaced."""

STARTING_LOOKS = 120
"""The same, before its first sign."""

LOG_BYTES = 20 * 1024 * 1024
PR_SET_PDEATHSIG = 1

log = structlog.get_logger("postal.supervision")


class Child:
    """One role of the system (`web`, `worker`), run by `postal <arguments>` with its settings on standard input."""

    def __init__(
        self,
        name: str,
        arguments: tuple[str, ...],
        settings: Callable[[], bytes],
        *,
        log: Path | None,
        fds: tuple[int, ...] = (),
        silent_looks: int = SILENT_LOOKS,
    ) -> None:
        self.name = name
        self._arguments = arguments
        self._settings = settings
        self._log = log
        self._fds = fds
        self._silent_looks = silent_looks
        self._pulse: Pulse | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._ended = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return None if self._process is None or self._process.returncode is not None else self._process.pid

    async def keep_alive(self) -> None:
        """Run it until `stop`, with longer pauses the quicker it ends."""
        pause = FIRST_PAUSE_S
        while not self._ended.is_set():
            pulse = Pulse()
            try:
                process = await self._spawn(pulse)
                code = await process.wait()
            finally:
                self._pulse = None
                pulse.close()
            if self._ended.is_set():
                return
            if pulse.beats >= STEADY_BEATS:
                pause = FIRST_PAUSE_S
            log.warning("process ended, starting it again", process=self.name, code=code, pause=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)

    def look(self) -> None:
        """See whether it lives; one that hangs is ended, so that it starts again. Call it twice a second."""
        pulse = self._pulse
        if pulse is None or self._ended.is_set():
            return
        if pulse.look() > (self._silent_looks if pulse.beats else STARTING_LOOKS):
            log.error("process hangs, replacing it", process=self.name)
            pulse.silent_looks = 0
            self._kill()

    async def stop(self, patience_s: float) -> None:
        """End it in order, then by force together with whatever it started."""
        self._ended.set()
        process = self._process
        if process is None:
            return
        self._signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(patience_s):
                await process.wait()
        except TimeoutError:
            log.warning("process did not stop in time", process=self.name)
        self.kill()
        await process.wait()

    def kill(self) -> None:
        """End it and its group now; a stopped process obeys too."""
        self._ended.set()
        self._kill()

    def trim_log(self) -> None:
        """Keep the log within bounds: one older part, and the current one."""
        if self._log is not None and self._log.exists() and self._log.stat().st_size > LOG_BYTES:
            shutil.copyfile(self._log, self._log.with_suffix(".log.1"))
            os.truncate(self._log, 0)

    async def _spawn(self, pulse: Pulse) -> asyncio.subprocess.Process:
        supervisor = os.getpid()
        with contextlib.ExitStack() as stack:
            output = stack.enter_context(self._log.open("ab")) if self._log is not None else None
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "postal.cli",
                *self._arguments,
                "--heartbeat-fd",
                str(pulse.writing),
                stdin=PIPE,
                stdout=output or DEVNULL,
                stderr=output,
                env={name: value for name, value in os.environ.items() if not name.startswith("POSTAL_")},
                pass_fds=(*self._fds, pulse.writing),
                # Ctrl-C in a terminal is for the supervisor alone, which stops everything in order.
                start_new_session=True,
                preexec_fn=lambda: _end_with(supervisor),
            )
        self._process, self._pulse = process, pulse
        pulse.close_writing()
        if process.stdin is not None:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                process.stdin.write(self._settings())
                await process.stdin.drain()
            process.stdin.close()
        return process

    def _kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)


def _end_with(supervisor: int) -> None:
    """Have the kernel kill this new process when the supervisor dies, however that happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != supervisor:
        os._exit(1)
