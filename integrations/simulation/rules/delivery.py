"""The last leg: a courier at the door, twice at most, and the way back to the agency."""

from collections.abc import Callable
from datetime import datetime, timedelta

from integrations.simulation.rules.hours import at, local_day, next_working_day
from integrations.simulation.rules.journey import Journey
from integrations.simulation.rules.stage import Stage
from integrations.simulation.rules.truth import Story, Thing

MINUTE = timedelta(minutes=1)
FAILURES = {Story.ABSENT_ONCE: 1, Story.ABSENT_TWICE: 2}
INVITATIONS = 2


class Delivery:
    """The rounds of one post office's courier."""

    def __init__(self, stage: Stage, office: str, send_back: Callable[[Thing, Journey], None]) -> None:
        self.stage = stage
        self.office = office
        self.send_back = send_back

    def plan(self, now: datetime, things: list[Thing]) -> None:
        """Put results on the next round: this afternoon if it is still morning, else tomorrow."""
        day = local_day(now)
        start = at(day, "13:15") if now < at(day, "12:00") else at(day, "14:40")
        if now > at(day, "14:30"):
            start = at(next_working_day(day), "08:15")
        if things:
            self.stage.when(start, self.go, things)

    def go(self, now: datetime, things: list[Thing]) -> None:
        """Leave on a round and try each door."""
        courier = self.stage.hands(self.office, "courier", now)
        for thing in things:
            courier.take_out(now, thing)
        for stop, thing in enumerate(things):
            self.stage.when(now + (12 + 4 * stop) * MINUTE, self._door, thing)

    def _door(self, now: datetime, thing: Thing) -> None:
        journey = self.stage.contents[thing.name][1]
        courier = self.stage.hands(self.office, "courier", now)
        if journey.attempts >= FAILURES.get(journey.story, 0):
            journey.delivered = courier.deliver(now, thing)
            return
        journey.attempts += 1
        done = courier.fail(now, thing, "nobody_home")
        self.stage.when(now + 90 * MINUTE, self._keep, thing)
        day = local_day(done)
        if journey.attempts < INVITATIONS:
            again = (
                at(next_working_day(day, 2), "10:00")
                if now < at(day, "10:00")
                else at(next_working_day(day, 3), "08:15")
            )
            self.stage.when(again, self.go, [thing])
        else:
            self.stage.when(at(next_working_day(day), "09:00"), self._give_up, thing, journey)

    def _keep(self, now: datetime, thing: Thing) -> None:
        journey = self.stage.contents[thing.name][1]
        done = self.stage.hands(self.office, "courier", now).hold(now, thing)
        journey.told = journey.told or done

    def _give_up(self, now: datetime, thing: Thing, journey: Journey) -> None:
        self.stage.hands(self.office, "courier", now).send_back(now, thing)
        self.send_back(thing, journey)
