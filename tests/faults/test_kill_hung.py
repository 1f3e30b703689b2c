"""A web or worker process that hangs is replaced, and one that is only slow, or whose supervisor slept, is not."""

import asyncio
import contextlib
import os
import signal
import time

import pytest

from postal.supervision.child import Child
from postal.supervision.system import WATCH_S
from tests.faults.house import _free_port

LOOKS = 5
WITHIN_S = 30.0


@contextlib.asynccontextmanager
async def supervised(role, settings, tmp_path):
    """Keep a process of ours alive as the supervisor does, with less patience."""
    import msgspec

    options = ("--port", str(_free_port())) if role == "serve" else ()
    child = Child(
        role,
        (role, "--settings-from-stdin", *options),
        lambda: msgspec.json.encode(settings),
        log=tmp_path / f"{role}.log",
        silent_looks=LOOKS,
    )

    async def watch():
        while True:
            await asyncio.sleep(WATCH_S)
            child.look()

    tasks = [asyncio.create_task(child.keep_alive()), asyncio.create_task(watch())]
    try:
        yield child
    finally:
        await child.stop(5)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def alive(child, other_than=None):
    """Wait for a sign of life of a process other than one; gives its pid."""
    end = time.monotonic() + WITHIN_S
    while child.pid in {None, other_than} or child._pulse is None or child._pulse.beats == 0:
        assert time.monotonic() < end, "no sign of life"
        await asyncio.sleep(0.05)
    return child.pid


@pytest.mark.slow
@pytest.mark.parametrize("role", ["serve", "worker"])
async def test_a_process_that_hangs_is_replaced(settings, tmp_path, role):
    async with supervised(role, settings, tmp_path) as child:
        hung = await alive(child)
        os.kill(hung, signal.SIGSTOP)
        frozen = time.monotonic()
        fresh = await alive(child, other_than=hung)
        assert time.monotonic() - frozen > LOOKS * WATCH_S - 1.5
        with pytest.raises(ProcessLookupError):
            os.kill(hung, 0)
        # A pause shorter than the limit is no reason, nor is one of the supervisor itself.
        os.kill(fresh, signal.SIGSTOP)
        await asyncio.sleep(LOOKS * WATCH_S / 3)
        os.kill(fresh, signal.SIGCONT)
        time.sleep(1.2 * LOOKS * WATCH_S)  # noqa: ASYNC251 - the supervisor is what sleeps here
        await asyncio.sleep(2 * WATCH_S)
        assert child.pid == fresh
