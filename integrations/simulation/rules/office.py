"""A post office: dossiers in over the counter, pouches out to desks and to the hub, results out to the citizens."""

from datetime import datetime, timedelta

from integrations.simulation.rules import forms
from integrations.simulation.rules.delivery import Delivery
from integrations.simulation.rules.hours import at, tick
from integrations.simulation.rules.journey import Journey
from integrations.simulation.rules.network import CARRIER, HUB
from integrations.simulation.rules.stage import Stage
from integrations.simulation.rules.truth import CITIZEN, Sheet, Story, Thing

CUT_OFFS = ("10:45", "15:10")
MINUTE = timedelta(minutes=1)


class Office:
    """One post office."""

    def __init__(self, stage: Stage, code: str) -> None:
        self.stage = stage
        self.code = code
        self.waiting: dict[str, list[Thing]] = {}
        self.delivery = Delivery(stage, code, self.send_back)
        for day in stage.days:
            for clock in CUT_OFFS:
                stage.when(at(day, clock), self.cut_off)

    def take_in(self, now: datetime, journey: Journey) -> None:
        """Register a dossier, take it from the citizen, put it into an item."""
        stage = self.stage
        dossier = stage.add(Thing(journey.dossier, "dossier", CITIZEN, (CITIZEN,)))
        dossier.story = journey.story
        journey.accepted = stage.hands(self.code, "clerk", now).accept(now + MINUTE, dossier)
        if journey.story is Story.SCANNED_FIRST:
            stage.when(tick(now + 20 * MINUTE), self._register, journey, dossier)
        else:
            self._register(now, journey, dossier)

    def _register(self, now: datetime, journey: Journey, dossier: Thing) -> None:
        body = forms.registration(journey, self.stage.rng)
        self.stage.call(
            now,
            self.code,
            "/api/v1/dossiers",
            body,
            saves=((dossier.name[1:], "code"), (journey.result[1:], "result")),
        )
        self.stage.when(now + 5 * MINUTE, self._pack, journey, dossier)
        if journey.story is Story.MISSCAN_FIXED:
            self.stage.when(now + 15 * MINUTE, self._mistake, dossier)

    def _pack(self, now: datetime, journey: Journey, dossier: Thing) -> None:
        """Seal the dossier into an item, before the citizen's eyes."""
        item = self.stage.new_item(now, journey.item, self.code, dossier, journey.desk)
        self.stage.contents[item.name] = (dossier, journey)
        self.waiting.setdefault(journey.desk, []).append(item)

    def _mistake(self, now: datetime, thing: Thing) -> None:
        """Let another office scan a code that it mistyped, and take it back."""
        other = next(office for office in self.stage.network.offices if office != self.code)
        hands = self.stage.hands(other, "clerk", now)
        mistake = hands.misscan(now, thing)
        self.stage.when(now + 12 * MINUTE, self._undo, other, thing, mistake)

    def _undo(self, now: datetime, other: str, thing: Thing, mistake: str) -> None:
        self.stage.hands(other, "clerk", now).correct(now, thing, mistake)

    def send_back(self, thing: Thing, journey: Journey) -> None:
        """Put a result that nobody took into the next pouch to the agency."""
        self.waiting.setdefault(journey.desk, []).append(thing)

    def cut_off(self, now: datetime) -> None:
        """Close the pouches: one manifest to the desk nearby, one bag to the hub for all others."""
        near = self.stage.network.near(self.code)
        far = [thing for desk, things in self.waiting.items() if desk != near for thing in things]
        here = self.waiting.get(near, [])
        self.waiting = {}
        astray = [thing for thing in here if far and thing.story is Story.WRONG_BAG]
        sheet = self._to_desk(now, near, here, astray) if here else None
        if far:
            self._to_hub(now, far, [(thing, sheet) for thing in astray if sheet is not None])

    def _to_desk(self, now: datetime, desk: str, things: list[Thing], astray: list[Thing]) -> Sheet | None:
        """Hand out what lies ready; all are listed and counted, and what is astray is put elsewhere all the same."""
        listed = [thing for thing in things if thing.story is not Story.UNLISTED]
        lost = [thing for thing in things if thing.story is Story.LOST_INBOUND]
        pouch = [thing for thing in things if thing not in lost and thing not in astray]
        if not listed:
            self.waiting.setdefault(desk, []).extend(things)
            return None
        sheet = self.stage.new_sheet(now, self.code, desk, listed)
        courier = self.stage.hands(self.code, "courier", now)
        for thing in listed:
            courier.offer(now + MINUTE, thing, desk, sheet)
        for thing in listed:
            courier.depart(now + 5 * MINUTE, thing)
        for thing in lost:
            thing.where = "lost"
        self.stage.when(now + 20 * MINUTE, self.stage.arrivals[desk], sheet, pouch)
        return sheet

    def _to_hub(self, now: datetime, things: list[Thing], astray: list[tuple[Thing, Sheet]]) -> None:
        bag = self.stage.new_bag(now, self.code, HUB)
        clerk = self.stage.hands(self.code, "clerk", now)
        for thing in things:
            clerk.pack(now + MINUTE, thing, bag)
        for thing, _ in astray:
            thing.where = f"in {bag.name}"
        bag.stowed = astray
        sheet = self.stage.new_sheet(now + 5 * MINUTE, self.code, CARRIER, [bag])
        clerk.offer(now + 6 * MINUTE, bag, CARRIER, sheet)
        self.stage.when(now + 10 * MINUTE, self.stage.collections[CARRIER], self.code, sheet, bag)

    def collected(self, now: datetime, sheet: Sheet, things: list[Thing]) -> None:
        """Fetch results at the desk nearby; deliver them after the noon rest, or the next morning."""
        courier = self.stage.hands(self.code, "courier", now)
        for thing in things:
            done = courier.receive(now, thing, sheet.giver, sheet)
            self.stage.contents[thing.name][1].collected = done
        self.delivery.plan(now, things)

    def bag_arrived(self, now: datetime, bag: Thing, things: list[Thing]) -> None:
        """Take over a bag from the carrier, open it, deliver what is in it."""
        clerk = self.stage.hands(self.code, "clerk", now)
        clerk.receive(now, bag, CARRIER)
        for thing in things:
            clerk.unpack(now + 2 * MINUTE, thing, bag)
        self.delivery.plan(now, things)
