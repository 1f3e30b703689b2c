"""A seeded province against the whole system: what the system says at the end is what is true."""

import os

import pytest
from msgspec.structs import replace

from integrations.simulation.rules.network import SIZES
from integrations.simulation.rules.world import build_world
from integrations.simulation.service.client import Client
from integrations.simulation.service.comparing import compare
from integrations.simulation.service.playing import Player
from integrations.simulation.service.running import run_world
from integrations.simulation.service.settling import settle

SEEDS = range(1, 11) if os.environ.get("POSTAL_TEST_PROFILE") == "full" else range(1, 4)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", SEEDS)
async def test_the_system_says_what_is_true_in_a_small_world(simulated: Client, seed: int) -> None:
    world = build_world(seed, "small")
    await settle(simulated, world, {})
    played = await Player(simulated).play(world.steps)
    assert played.refusals == []
    assert played.wrong_verdicts == []
    wrong = {subject.name: subject.wrong for subject in await compare(simulated, world.truth, world.ends)}
    assert wrong == {"holders": [], "classes": [], "times": []}


@pytest.mark.timeout(300)
async def test_counting_what_lies_at_a_place_changes_nothing_that_is_true(simulated: Client) -> None:
    size = replace(SIZES["small"], crews=2, lanes=8, counts=("07:11", "12:11", "17:11"))
    outcome = await run_world(simulated, build_world(1, size))
    assert outcome.agrees, outcome
