"""Answering what is asked at the same time together: one round of statements for all of it."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextvars import Context
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from postal.errors import Unavailable

Q = TypeVar("Q")
A = TypeVar("A")

DOWN = "database.unavailable"


class _Waiting(Generic[Q, A]):
    """A question on its way, with the future of whoever asks."""

    def __init__(self, question: Q, answer: "asyncio.Future[A]") -> None:
        self.question = question
        self.answer = answer

    def fail(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)

    def succeed(self, answer: A) -> None:
        if not self.answer.done():
            self.answer.set_result(answer)


class _Line(Generic[Q, A]):
    """What waits in one event loop, and the rounds under way there."""

    def __init__(self) -> None:
        self.waiting: list[_Waiting[Q, A]] = []
        self.rounds: set[asyncio.Task[None] | None] = set()


class Together(Generic[Q, A]):
    """Gathers questions while earlier ones are being answered, and answers those that wait in one round.

    There is no timer: whoever comes alone is answered at once, and the more come, the more share a round. `rounds` is
    how many may run side by side, so that one that waits for a lock does not hold up everybody. A round has at most
    `most` questions; two with the same `apart` never share one. If a round fails, each of its questions is asked
    again alone, so that nobody is harmed by another's; only where the database is down all are told so at once.
    """

    def __init__(
        self,
        answer: Callable[[Sequence[Q]], Awaitable[Sequence[A]]],
        *,
        rounds: int,
        most: int,
        apart: Callable[[Q], Hashable] | None = None,
    ) -> None:
        self._answer = answer
        self._rounds = rounds
        self._most = most
        self._apart = apart or id
        self._lines: WeakKeyDictionary[asyncio.AbstractEventLoop, _Line[Q, A]] = WeakKeyDictionary()

    async def ask(self, question: Q) -> A:
        """Give the answer to one question; raises what answering it raised."""
        loop = asyncio.get_running_loop()
        line = self._lines.setdefault(loop, _Line())
        asked: _Waiting[Q, A] = _Waiting(question, loop.create_future())
        line.waiting.append(asked)
        if len(line.rounds) < self._rounds:
            # In a context of its own: a round belongs to no single request and to none of its transactions.
            line.rounds.add(loop.create_task(self._run(line), context=Context()))
        return await asked.answer

    async def _run(self, line: _Line[Q, A]) -> None:
        try:
            while together := self._next(line):
                try:
                    answers = await self._answer([each.question for each in together])
                except Exception as error:  # noqa: BLE001 - whoever asked gets it
                    await self._part(together, error)
                else:
                    for each, answer in zip(together, answers, strict=True):
                        each.succeed(answer)
        finally:
            # Here and not when the task has ended: a question that comes in between would wait for nobody.
            line.rounds.discard(asyncio.current_task())

    def _next(self, line: _Line[Q, A]) -> list[_Waiting[Q, A]]:
        chosen: dict[Hashable, _Waiting[Q, A]] = {}
        later = []
        for each in line.waiting:
            if each.answer.done():
                continue
            key = self._apart(each.question)
            if len(chosen) < self._most and key not in chosen:
                chosen[key] = each
            else:
                later.append(each)
        line.waiting = later
        return list(chosen.values())

    async def _part(self, together: Sequence[_Waiting[Q, A]], error: Exception) -> None:
        if len(together) == 1 or (isinstance(error, Unavailable) and error.code == DOWN):
            for each in together:
                each.fail(error)
            return
        await asyncio.gather(*(self._alone(each) for each in together))

    async def _alone(self, asked: _Waiting[Q, A]) -> None:
        try:
            [answer] = await self._answer([asked.question])
        except Exception as error:  # noqa: BLE001 - whoever asked gets it
            asked.fail(error)
        else:
            asked.succeed(answer)
