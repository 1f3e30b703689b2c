"""What the world asks of the public API: a list of requests at true instants, with names in place of server-made codes.

A string that begins with `@` is a name; whoever drives the script puts the code that the server gave in its place.
So a script is plain data: the same seed gives the same script, whatever codes a server hands out.
"""

from datetime import datetime
from typing import Any

import msgspec


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One request: at the true instant `at`, in order within its lane, with the key named `key`, or without any.

    `saves` pairs a name with the response field (dotted) whose value it stands for from then on. A step that is
    `lossy` is one whose answer the sender never saw; it will be sent again. A step that
    is `secret` has an answer that the server does not keep, so it carries no idempotency key.
    """

    at: datetime
    lane: str
    key: str
    method: str
    path: str
    body: Any = None
    saves: tuple[tuple[str, str], ...] = ()
    lossy: bool = False
    secret: bool = False


class Script:
    """A growing list of steps."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def post(
        self,
        at: datetime,
        lane: str,
        key: str,
        path: str,
        body: Any = None,
        *,
        saves: tuple[tuple[str, str], ...] = (),
        lossy: bool = False,
    ) -> None:
        """Add one POST."""
        self.steps.append(
            Step(at=at, lane=lane, key=key, method="POST", path=path, body=body, saves=saves, lossy=lossy)
        )

    def put(self, at: datetime, lane: str, key: str, path: str, body: Any = None) -> None:
        """Add one PUT."""
        self.steps.append(Step(at=at, lane=lane, key=key, method="PUT", path=path, body=body))

    def patch(self, at: datetime, lane: str, key: str, path: str, body: Any = None) -> None:
        """Add one PATCH."""
        self.steps.append(Step(at=at, lane=lane, key=key, method="PATCH", path=path, body=body))

    def in_order(self) -> list[Step]:
        """Give the steps by instant; steps of one instant keep the order in which they were added."""
        return sorted(self.steps, key=lambda step: step.at)
