"""Schemathesis over the whole OpenAPI document, with every check, as each of those who may ask.

Small sizes repeat one seed; full sizes draw another each time. A failure prints it, and POSTAL_TEST_SEED repeats it.
"""

import os
import secrets

import pytest

from tests.fuzz import campaign

FULL = os.environ.get("POSTAL_TEST_PROFILE") == "full"
SEED = int(os.environ.get("POSTAL_TEST_SEED", secrets.randbits(32) if FULL else 20261122))
DRAWN = {"examples", "fuzzing", "stateful"}

SIZES = {
    "office": (20, DRAWN | {"coverage"}) if FULL else (1, DRAWN),
    "national": (5, DRAWN | {"coverage"}) if FULL else (1, {"fuzzing"}),
    "desk": (10, DRAWN) if FULL else (1, {"fuzzing"}),
    "device": (10, DRAWN) if FULL else (1, {"fuzzing"}),
    "anonymous": (10, DRAWN) if FULL else (1, {"fuzzing"}),
}
"""For each caller, how many examples of each operation, and in which phases; `coverage` sends thousands of cases."""

ALWAYS = {"office", "anonymous"}
CALLERS = [
    caller if caller in ALWAYS else pytest.param(caller, marks=pytest.mark.slow, id=caller)
    for caller in SIZES
]


@pytest.mark.timeout(900 if FULL else 300)
@pytest.mark.parametrize("caller", CALLERS)
def test_no_answer_fails_a_check(target, caller):
    examples, phases = SIZES[caller]
    found = campaign.run(target, caller, seed=SEED, examples=examples, phases=phases)
    told = "\n\n".join(f"{' · '.join(key)}\n{text}" for key, text in found.wrong.items())
    assert not found.wrong, f"seed {SEED}\n{told}\n{target.log.read_text()[-4000:]}"
    assert not {status for status in found.statuses if status == 0 or status >= 500}
    assert len(found.operations) >= 50
    assert caller == "anonymous" or found.statuses[200] >= 20
