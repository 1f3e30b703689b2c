"""A toy handler: a world of numbered steps, each of which needs the one before it."""

import asyncio
from typing import Any

import msgspec

from integrations.inbox.rules import TOO_EARLY, Inbound, Understood


class Steps:
    """What was understood: for each subject, the steps that it went; told of by a handler that is idempotent."""

    def __init__(self) -> None:
        self.gone: dict[str, int] = {}
        self.ran: list[str] = []
        self.broken = False
        self.hold: asyncio.Event | None = None
        self.began = asyncio.Event()

    async def __call__(self, inbound: Inbound, _now: Any) -> Understood:
        """Take a step if it is the next one; one that comes too early waits, one that was gone changes nothing."""
        self.ran.append(inbound.message_id)
        self.began.set()
        if self.hold is not None:
            await self.hold.wait()
        if self.broken:
            raise RuntimeError("Nguyễn Thị Hằng")
        told = msgspec.json.decode(inbound.raw)
        subject, step = told["subject"], told["step"]
        if step > self.gone.get(subject, 0) + 1:
            return Understood(state="failed", code=TOO_EARLY, subjects=(subject,))
        self.gone[subject] = max(step, self.gone.get(subject, 0))
        return Understood(state="done", subjects=(subject,), results=[{"row": 1, "step": step}])
