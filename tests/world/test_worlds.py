"""A seeded province against the whole system: what the system says at the end is what is true.

Its lines include losses, swaps between pouches, single envelopes in the wrong pouch or bag, damages, and what
a device without a network took in and told only after the list was closed.
"""

import os

import pytest
from msgspec.structs import replace

from integrations.simulation.rules.hours import at, working_days
from integrations.simulation.rules.network import SIZES
from integrations.simulation.rules.voices import FEEDBACK
from integrations.simulation.rules.world import build_world
from integrations.simulation.service.client import Client
from integrations.simulation.service.comparing import compare, confusion, false_missing
from integrations.simulation.service.playing import Player
from integrations.simulation.service.reporting import close_month
from integrations.simulation.service.running import run_world
from integrations.simulation.service.settling import CONTROL, settle

CLASSES = {
    *("matched", "missing", "awaiting_device", "extra"),
    *("damaged", "misrouted", "unverified", "contested"),
}
SEEDS = range(1, 11) if os.environ.get("POSTAL_TEST_PROFILE") == "full" else range(1, 2)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", SEEDS)
async def test_the_system_says_what_is_true_in_a_small_world(simulated: Client, seed: int) -> None:
    world = build_world(seed, "small")
    await settle(simulated, world, {})
    played = await Player(simulated).play(world.steps)
    assert played.refusals == []
    assert played.wrong_verdicts == []
    subjects = {subject.name: subject for subject in await compare(simulated, world.truth, world.ends)}
    table = subjects["classes"].table
    print(*confusion(table), sep="\n")  # noqa: T201 - the table is for people: pytest -rP shows it
    assert {name: subject.wrong for name, subject in subjects.items()} == {
        "holders": [],
        "classes": [],
        "times": [],
    }
    assert {true for true, _ in table} == CLASSES
    assert all(true == said for true, said in table)
    if seed == 1:
        # Feedback is limited by address and hour, so one world speaks for all.
        assert await close_month(simulated, world) == []
        scores = await simulated.get("/api/v1/ratings", CONTROL)
        assert scores["items"]
        assert len((await simulated.get("/api/v1/feedback", CONTROL))["items"]) == len(FEEDBACK)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", SEEDS[:1] if len(SEEDS) < 4 else SEEDS[:3])
@pytest.mark.slow
async def test_nothing_that_was_taken_in_is_called_missing_on_any_evening(
    simulated: Client, seed: int
) -> None:
    """Also not while the device that saw it has no network, nor before it has come back."""
    world = build_world(seed, "small")
    await settle(simulated, world, {})
    await Player(simulated).play(world.steps)
    evenings = [at(day, "18:40") for day in working_days(world.size.start, world.size.days)][:-1]
    asked = await false_missing(simulated, world.truth, [*evenings, world.ends])
    assert asked.wrong == []
    assert asked.right > len(world.truth.lines)


@pytest.mark.timeout(300)
@pytest.mark.slow
async def test_counting_what_lies_at_a_place_changes_nothing_that_is_true(simulated: Client) -> None:
    size = replace(SIZES["small"], crews=2, lanes=8, counts=("07:11", "12:11", "17:11"))
    outcome = await run_world(simulated, build_world(1, size))
    assert outcome.agrees, outcome
