"""Playing a world: an interrupted run goes on where it stopped, and what the system says wrongly is told."""

from pathlib import Path

import pytest

from integrations.simulation.rules.truth import PieceTruth, Truth
from integrations.simulation.rules.world import build_world
from integrations.simulation.service.client import Client
from integrations.simulation.service.comparing import compare
from integrations.simulation.service.playing import Player
from integrations.simulation.service.record import Record
from integrations.simulation.service.running import run_world, world_for
from integrations.simulation.service.settling import settle


class PulledPlugError(Exception):
    """The run ends in the middle."""


class Unlucky(Client):
    """A client whose machine dies right after a request was answered."""

    left = 0

    async def send(self, step):
        answer = await super().send(step)
        self.left -= step.method == "POST"
        if self.left == 0:
            raise PulledPlugError
        return answer


@pytest.mark.slow
async def test_an_interrupted_world_goes_on_and_ends_in_agreement(simulated: Client, tmp_path: Path) -> None:
    world = build_world(4, "small")
    record = Record(tmp_path / "names")
    unlucky = Unlucky(simulated.http, dict(simulated.names))
    unlucky.left = len(world.steps) // 2
    with pytest.raises(ExceptionGroup) as stopped:
        await run_world(unlucky, world, record=record)
    assert stopped.group_contains(PulledPlugError)
    again = Client(simulated.http, dict(simulated.names))
    outcome = await run_world(again, world, record=record)
    assert outcome.agrees, outcome
    figures = outcome.figures
    assert figures["wrong_answers"] == 0
    assert figures["scans"] == sum(outcome.played.verdicts.values()) > 0
    assert figures["seconds"] > 0
    assert figures["scans_a_second_in_the_busiest_minute"] >= figures["scans_a_second"] * 0.99


async def test_a_difference_is_counted_and_named(simulated: Client) -> None:
    world = build_world(5, "small")
    await settle(simulated, world, {})
    first_day = [step for step in world.steps if step.at.date() == world.steps[0].at.date()]
    await Player(simulated).play(first_day)
    code = next(iter(world.names.values()))
    simulated.names["dossier:0"] = code
    wrong = PieceTruth(name="@dossier:0", kind="dossier", claims=("NOBODY",), where="nowhere", story="plain")
    truth = Truth(pieces=(wrong,), lines=(), times=(), highlights={})
    holders, classes, times = await compare(simulated, truth, first_day[-1].at)
    assert (holders.right, len(holders.wrong)) == (0, 1)
    assert code in holders.wrong[0]
    assert not classes.wrong
    assert not times.wrong


async def test_a_world_begins_after_the_clock_of_the_system(simulated: Client) -> None:
    soon = await world_for(simulated, 1, "small")
    assert soon.opens == build_world(1, "small").opens
    await simulated.move_clock(soon.ends, "@key:admin")
    later = await world_for(simulated, 1, "small")
    assert later.opens > soon.ends


def test_a_torn_record_gives_what_was_whole(tmp_path: Path) -> None:
    record = Record(tmp_path / "names")
    record.add({"item:1": "DH000000014VN"})
    record.add({"item:2": "DH123456785VN"})
    torn = record.path.read_bytes()[:-5]
    record.path.write_bytes(torn)
    assert record.read() == {"item:1": "DH000000014VN"}


async def test_settling_twice_is_settling_once(simulated: Client) -> None:
    world = build_world(6, "small")
    await settle(simulated, world, {})
    first = dict(simulated.names)
    await settle(simulated, world, {})
    assert simulated.names.keys() == first.keys()
    page = await simulated.get("/api/v1/organisations", "@key:admin", limit=200)
    codes = [organisation["code"] for organisation in page["items"]]
    assert {organisation.code for organisation in world.network.organisations} <= set(codes)
