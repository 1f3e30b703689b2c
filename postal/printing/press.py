"""Printing beside the event loop: typst computes without holding the interpreter, one document at a time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from postal.errors import Unavailable

Made = TypeVar("Made")

WAITING = 32
"""Documents that may wait for the press; more would wait longer than anybody does."""

_press = ThreadPoolExecutor(1, thread_name_prefix="press")
_waiting = 0


async def printed(make: Callable[[], Made]) -> Made:
    """Let the press make a document while the loop goes on.

    Raises:
        Unavailable: Too many documents wait already.
    """
    global _waiting  # noqa: PLW0603 - one press a process
    if _waiting >= WAITING:
        raise Unavailable(
            "print.busy",
            vi="Máy in phiếu đang bận, hãy thử lại sau ít giây",
            en="Too many documents are being made; try again in a few seconds",
        )
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_press, make)
    finally:
        _waiting -= 1
