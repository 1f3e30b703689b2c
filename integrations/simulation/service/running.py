"""Run a whole world against a system: settle, play, compare; and go on after an interruption."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from integrations.simulation.rules.hours import quiet_monday
from integrations.simulation.rules.world import World, build_world
from integrations.simulation.service.client import Client, SimulationError
from integrations.simulation.service.comparing import Subject, compare
from integrations.simulation.service.playing import Played, Player
from integrations.simulation.service.record import Record
from integrations.simulation.service.settling import ADMIN, settle

Progress = Callable[[datetime, int], None]
SETTLED = "settled"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How well the system did: what it refused on the way, and what it got right or wrong at the end."""

    played: Played
    subjects: list[Subject]

    @property
    def wrong_answers(self) -> int:
        """Count what the system refused, and what it said that is not true."""
        refused = len(self.played.refusals) + len(self.played.wrong_verdicts)
        return refused + sum(len(subject.wrong) for subject in self.subjects)

    @property
    def figures(self) -> dict[str, float]:
        """Give how much was played, how fast, and how many answers were wrong."""
        return {
            "requests": self.played.requests,
            "scans": self.played.scans,
            "seconds": round(self.played.seconds, 1),
            "scans_a_second": round(self.played.scans_a_second, 1),
            "scans_a_second_in_the_busiest_minute": round(self.played.busiest_minute, 1),
            "wrong_answers": self.wrong_answers,
        }

    @property
    def agrees(self) -> bool:
        """Tell whether the system was right in everything."""
        return not self.wrong_answers


async def world_for(client: Client, seed: int, size: str) -> World:
    """Build the world of a seed, in a week that the system's clock has not reached yet.

    Raises:
        SimulationError: The system runs on real time.
    """
    reading = await client.get("/api/v1/clock", ADMIN)
    if reading["mode"] != "simulated":
        msg = "the system runs on real time; start it with: postal up --clock simulated"
        raise SimulationError(msg)
    world = build_world(seed, size)
    now = datetime.fromisoformat(reading["now"])
    return world if now <= world.opens else build_world(seed, size, quiet_monday(now))


async def run_world(
    client: Client,
    world: World,
    *,
    passwords: dict[str, str] | None = None,
    record: Record | None = None,
    progress: Progress = lambda _, __: None,
) -> Outcome:
    """Load the province, live through its days and ask the system what became of everything.

    With a record that an interrupted run of the same world left, goes on where that one stopped.
    """
    known = record.read() if record else {}
    since = None
    client.names.update(known)
    if SETTLED in known:
        since = datetime.fromisoformat((await client.get("/api/v1/clock", ADMIN))["now"])
    else:
        await settle(client, world, passwords or {})
        client.names[SETTLED] = "yes"
    kept = set(known)

    def lived(instant: datetime, steps: int) -> None:
        if record is not None and (fresh := client.names.keys() - kept):
            record.add({name: client.names[name] for name in sorted(fresh)})
            kept.update(fresh)
        progress(instant, steps)

    lived(world.opens, 0)
    player = Player(client, since=since, lanes=world.size.lanes, on_instant=lived)
    played = await player.play(world.steps)
    return Outcome(played=played, subjects=await compare(client, world.truth, world.ends))
