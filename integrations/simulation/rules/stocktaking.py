"""Stock-taking: at fixed times of day every place scans some of what lies there, longest uncounted first."""

from collections import defaultdict
from datetime import datetime

from integrations.simulation.rules.hours import at
from integrations.simulation.rules.stage import Stage
from integrations.simulation.rules.truth import Story, Thing

COUNTING = frozenset({"clerk", "sorter", "desk", "specialist"})
AT_MOST = 50
"""How many things a place counts at a time: at four seconds a scan it is done before the next act on the grid."""


class Stocktaking:
    """The rounds of all places; things with a special fate are left in peace."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.counters = {place: role for place, role in stage.scanners if role in COUNTING}
        self.counted: dict[str, int] = defaultdict(int)

    def take(self, now: datetime) -> None:
        """Let every place whose scanner is free count what lies there."""
        lying: dict[str, list[Thing]] = {place: [] for place in self.counters}
        for thing in self.stage.things.values():
            at_rest = thing.inside is None and thing.claims == (thing.where,) and not thing.rivals
            if at_rest and thing.story is Story.PLAIN and thing.where in lying:
                lying[thing.where].append(thing)
        for place, things in lying.items():
            scanner = self.stage.scanners[place, self.counters[place]]
            if not things or scanner.busy(now):
                continue
            hands = self.stage.hands(place, self.counters[place], now)
            for thing in sorted(things, key=lambda one: (self.counted[one.name], one.number))[:AT_MOST]:
                self.counted[thing.name] += 1
                hands.count(now, thing)


def plan_stocktaking(stage: Stage) -> None:
    """Put the rounds into the calendar; none on the last afternoon, whose fates are to stay unseen."""
    rounds = Stocktaking(stage)
    for day in stage.days:
        for clock in stage.size.counts:
            if at(day, clock) < at(stage.days[-1], "14:00"):
                stage.when(at(day, clock), rounds.take)
