"""The table of steps gives what the search gives, instant for instant."""

from datetime import date

import numpy as np
import pytest

from postal.calendars.rules import Calendar, WorkingTime
from postal.calendars.rules.steps import Steps
from postal.calendars.rules.working_time import MANY
from tests.factories.calendars import administrative, dutch, week


def _steps(working: WorkingTime) -> Steps | None:
    return Steps.of(working._starts, working._ends, working._low, working._high)


def _instants(working: WorkingTime, count: int) -> np.ndarray:
    """Give every bound of the calendar with the microseconds around it, and random instants between them."""
    bounds = np.concatenate([working._starts, working._ends, [working._low, working._high]])
    around = np.concatenate([bounds - 1, bounds, bounds + 1])
    inside = around[(around >= working._low) & (around <= working._high)]
    anywhere = np.random.default_rng(7).integers(working._low, working._high, count, dtype=np.int64)
    return np.concatenate([inside, anywhere])


@pytest.mark.parametrize("working", [administrative(), dutch()], ids=["vn", "nl"])
def test_the_table_gives_what_the_search_gives(working: WorkingTime) -> None:
    instants = _instants(working, 50_000)
    searched = np.concatenate(
        [working.worked_many(part) for part in np.array_split(instants, len(instants) // 1000)]
    )
    steps = _steps(working)
    assert steps is not None
    assert (steps.worked(instants) == searched).all()


def test_large_arrays_are_looked_up_and_bounds_still_hold() -> None:
    working = administrative()
    instants = _instants(working, MANY)
    assert working.worked_many(instants)[-1] == working.worked_many(instants[-1:])[0]
    instants[5] = working._high + 1
    with pytest.raises(Exception, match="calendar"):
        working.worked_many(instants)


def test_a_calendar_of_odd_minutes_keeps_the_search() -> None:
    odd = WorkingTime(Calendar(code="ODD", zone="UTC", hours=week(((481, 1020),))))
    assert _steps(odd) is None
    assert len(odd.worked_many(_instants(odd, MANY))) >= MANY


def test_a_calendar_that_begins_before_1970_keeps_the_search() -> None:
    old = WorkingTime(Calendar(code="OLD", zone="UTC", hours=week(), first=date(1969, 1, 1)))
    assert _steps(old) is None


def test_a_calendar_without_hours_has_no_working_time() -> None:
    empty = WorkingTime(Calendar(code="NIL", zone="UTC", hours=()))
    assert not empty.worked_many(np.full(MANY, empty._low)).any()
