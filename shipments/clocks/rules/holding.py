"""Whose step an open clock waits for."""

from collections.abc import Iterable

from msgspec.structs import replace

from shipments.clocks.rules.marks import Marks, waits_of
from shipments.clocks.rules.model import Clock, ClockName, Facts
from shipments.clocks.rules.spans import holder_of
from shipments.custody.rules import CITIZEN

RUNNING_FIRST = (
    ClockName.RETURN,
    ClockName.PICKUP,
    ClockName.STATUTORY,
    ClockName.INTAKE,
    ClockName.INBOUND,
)


def with_holders(facts: Facts, marks: Marks, clocks: Iterable[Clock]) -> tuple[Clock, ...]:
    """Name for each open clock who must act next: the citizen while one waits for them, else who has the step."""
    listed = tuple(clocks)
    waiting = any(wait.end is None for wait in waits_of(marks.case))
    keeper = _keeper(facts)
    step = next((each for each in listed if each.clock is ClockName.STEP and _is_open(each)), None)
    holders: dict[ClockName, str | None] = {
        ClockName.INBOUND: keeper,
        ClockName.INTAKE: facts.desk,
        ClockName.STATUTORY: CITIZEN if waiting else (step.party if step else None) or facts.authority,
        ClockName.PICKUP: facts.office or facts.desk,
        ClockName.RETURN: keeper,
    }
    running = {each.clock for each in listed if _is_open(each)}
    first = next((name for name in RUNNING_FIRST if name in running), None)
    holders[ClockName.END_TO_END] = holders[first] if first else keeper
    return tuple(
        replace(each, holder=_of_step(each, waiting=waiting) or holders.get(each.clock))
        if _is_open(each)
        else each
        for each in listed
    )


def _of_step(clock: Clock, *, waiting: bool) -> str | None:
    if clock.clock is not ClockName.STEP:
        return None
    return CITIZEN if waiting else clock.party


def _keeper(facts: Facts) -> str | None:
    steps = facts.result or facts.papers
    return holder_of(steps[-1]) if steps else None


def _is_open(clock: Clock) -> bool:
    return clock.started is not None and clock.stopped is None
