"""A transaction around a whole request, which the units of work inside it join.

Only the idempotency of requests needs it: the stored answer must be kept or lost together with the effect, and the
answer is known only when the services, which own their units of work, have long returned.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

Run = Callable[[str, Sequence[Any]], Awaitable[Any]]


class SharedUnit:
    """The open transaction of a request; each unit of work in it is a savepoint: a failed one leaves nothing."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._inside = False
        self._kept = 0
        self._dropped = False

    @property
    def has_effects(self) -> bool:
        """Whether a unit of work in it succeeded."""
        return self._kept > 0

    @property
    def is_dropped(self) -> bool:
        """Whether all of it is to be rolled back."""
        return self._dropped

    def drop(self) -> None:
        """Keep nothing of it."""
        self._dropped = True

    @asynccontextmanager
    async def join(self) -> AsyncIterator[None]:
        """Run one unit of work; they follow each other and never nest."""
        if self._inside:
            raise RuntimeError("a unit of work is already open: one use case, one transaction")
        self._inside = True
        try:
            await self._run("SAVEPOINT unit", ())
            try:
                yield
            except BaseException:
                await self._run("ROLLBACK TO SAVEPOINT unit", ())
                raise
            await self._run("RELEASE SAVEPOINT unit", ())
            self._kept += 1
        finally:
            self._inside = False


class Dropped(Exception):
    """Ends a shared transaction without keeping it."""


OPEN: ContextVar[SharedUnit | None] = ContextVar("shared_unit", default=None)
"""The shared transaction of this request, if it has one."""
