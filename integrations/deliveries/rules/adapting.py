"""What each kind of partner brings: how its messages are built, and what its answers mean."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from integrations.deliveries.rules.model import Ended, Judgement, Queued, Skip
from integrations.deliveries.rules.retrying import STANDARD, Retries
from integrations.outgoing.rules import Answered, Call


class Adapter:
    """One kind of partner; a subclass says how its messages are built."""

    retries: ClassVar[Retries] = STANDARD

    async def prepare(
        self, destination: UUID, messages: Sequence[Queued], now: datetime
    ) -> Mapping[UUID, Call | Skip]:
        """Build the calls of some messages by their ids, from how things stand now; no unit of work is open.

        A message that is left out is tried later, as all are where this raises.
        """
        raise NotImplementedError

    def judge(self, message: Queued, answer: Answered) -> Judgement:  # noqa: ARG002 - for those who look closer
        """Say what an answer means, by its status; a partner that says 200 to what it refuses needs another one."""
        return judged_by_status(answer)

    async def settled(self, destination: UUID, ended: Sequence[Ended], now: datetime) -> None:
        """Take note of messages that came to their end, in the unit of work in which they do."""


def judged_by_status(answer: Answered) -> Judgement:
    """Judge by the status alone: 2xx has it, 410 wants no more, and whatever else it says, it is asked again.

    A redirect leads where nobody checked, so it is a failure like any other; so is what may be somebody's mistake of
    today (401, 404, 422): the table of waits is long enough for repairing it.
    """
    status = answer.status
    if 200 <= status < 300:
        return Judgement(outcome="delivered", code=str(status))
    if status == 410:
        return Judgement(outcome="gone", code=str(status))
    return Judgement(outcome="later", code=str(status), retry_after=answer.retry_after)
