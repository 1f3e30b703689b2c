"""Play a world's script against a running system, moving its clock from instant to instant."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import groupby

import msgspec

from integrations.simulation.rules.steps import Step
from integrations.simulation.service.client import OK, Client, SimulationError
from integrations.simulation.service.settling import ADMIN

LANES_AT_ONCE = 4
SCANS = "/api/v1/scans"


class Played(msgspec.Struct):
    """What the system said on the way: refusals, and verdicts that were not due."""

    requests: int = 0
    scans: int = 0
    seconds: float = 0.0
    scans_by_minute: Counter[int] = msgspec.field(default_factory=Counter)
    verdicts: Counter[str] = msgspec.field(default_factory=Counter)
    refusals: list[str] = msgspec.field(default_factory=list)
    wrong_verdicts: list[str] = msgspec.field(default_factory=list)

    @property
    def scans_a_second(self) -> float:
        """Give the rate at which scans were answered, over the whole run."""
        return self.scans / self.seconds if self.seconds else 0.0

    @property
    def busiest_minute(self) -> float:
        """Give the rate in the minute that had the most scans; a run that is shorter has no other minute."""
        return max(self.scans_by_minute.values(), default=0) / min(60.0, self.seconds or 60.0)


class Player:
    """Sends steps in the order of true time; what different parties do at one instant may go side by side.

    `since` is the instant at which an earlier run was interrupted: what came before is not sent again, and what
    happens at that instant may have been sent.
    """

    def __init__(
        self,
        client: Client,
        *,
        since: datetime | None = None,
        lanes: int = LANES_AT_ONCE,
        on_instant: Callable[[datetime, int], None] = lambda _, __: None,
    ) -> None:
        self.client = client
        self.played = Played()
        self._since = since
        self._on_instant = on_instant
        self._sent: set[str] = set()
        self._began = time.monotonic()
        self._gate = asyncio.Semaphore(lanes)

    async def play(self, steps: Sequence[Step]) -> Played:
        """Play steps that are in order of true time."""
        self._began = time.monotonic()
        for instant, group in groupby(steps, key=lambda step: step.at):
            lanes: dict[str, list[Step]] = {}
            for step in group:
                lanes.setdefault(step.lane, []).append(step)
            count = sum(map(len, lanes.values()))
            if self._since is not None and instant < self._since:
                self._skip(lanes.values())
            else:
                await self.client.move_clock(instant, ADMIN)
                async with asyncio.TaskGroup() as tasks:
                    for lane in lanes.values():
                        tasks.create_task(self._lane(lane))
            self._on_instant(instant, count)
            self.played.seconds = time.monotonic() - self._began
        return self.played

    def _skip(self, lanes: Iterable[list[Step]]) -> None:
        for lane in lanes:
            for step in lane:
                if step.path == SCANS:
                    self._sent |= {scan["id"] for scan in step.body["scans"]}

    async def _lane(self, steps: list[Step]) -> None:
        async with self._gate:
            for step in steps:
                await self._send(step)

    async def _send(self, step: Step) -> None:
        self.played.requests += 1
        try:
            answer = await self.client.send(step)
        except SimulationError as error:
            self._refused(step, str(error))
            return
        if answer.status_code >= OK:
            self._refused(step, f"{answer.status_code} {answer.text[:300]}")
        elif step.path == SCANS:
            self._weigh(step, answer.json())

    def _refused(self, step: Step, told: str) -> None:
        self.played.refusals.append(f"{step.at:%d/%m %H:%M} {step.method} {step.path}: {told}")

    def _weigh(self, step: Step, answer: dict[str, list[dict[str, str]]]) -> None:
        """Compare verdicts: new scans are accepted (or of a code not known yet), those sent before are repeated."""
        minute = int((time.monotonic() - self._began) // 60)
        self.played.scans_by_minute[minute] += len(answer["results"])
        for scan, result in zip(step.body["scans"], answer["results"], strict=True):
            verdict = result["verdict"]
            self.played.scans += 1
            self.played.verdicts[verdict] += 1
            due = {"repeated"} if scan["id"] in self._sent else {"accepted", "unknown"}
            if verdict not in due and not (verdict == "repeated" and step.at == self._since):
                told = f"{scan['kind']} {self.client.resolve(scan['code'])}: {verdict} {result['code']}"
                self.played.wrong_verdicts.append(f"{step.at:%d/%m %H:%M} {told}")
            self._sent.add(scan["id"])
