"""Any sequence of acts leaves the real system where a plain notebook says it must be."""

import os

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.machine import PostalMachine
from tests.machine.stage import Backdrop

FULL = os.environ.get("POSTAL_TEST_PROFILE") == "full"
STEPS = 40 if FULL else 25
RUNS = 25 if FULL else 6
SEEDS = range(12) if FULL else range(1)
BEGIN = int(os.environ.get("POSTAL_TEST_SEED", "0"))


def play_runs(backdrop: Backdrop, number: int, runs: int, steps: int, *, shrink: bool = True) -> None:
    """Make runs of the machine from a seed; a failure names the seed and tells the shortest run that was found."""
    machine = seed(number)(type("Machine", (PostalMachine,), {"backdrop": backdrop}))
    chosen = settings(
        max_examples=runs,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        print_blob=True,
        phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(machine, settings=chosen)
    except BaseException as error:
        error.add_note(f"Run it again with POSTAL_TEST_SEED={number}")
        raise


@pytest.mark.timeout(1500)
@pytest.mark.parametrize("number", SEEDS)
def test_whatever_is_done_the_system_says_what_the_notebook_says(backdrop: Backdrop, number: int) -> None:
    play_runs(backdrop, BEGIN + number, RUNS, STEPS)
