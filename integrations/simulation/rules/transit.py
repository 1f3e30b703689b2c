"""Between offices: the carrier's van and the sorting hub."""

from datetime import datetime, timedelta

from integrations.simulation.rules.devices import Scanner
from integrations.simulation.rules.hours import at, local_day, next_working_day
from integrations.simulation.rules.network import CARRIER, HUB
from integrations.simulation.rules.stage import Stage
from integrations.simulation.rules.truth import Sheet, Story, Thing

MINUTE = timedelta(minutes=1)


def end_van(now: datetime) -> datetime:
    """Tell when the van that leaves now is at its end: noon, late afternoon, or early next morning."""
    day = local_day(now)
    for clock in ("12:30", "14:00", "17:40"):
        if now + 30 * MINUTE < at(day, clock):
            return at(day, clock)
    return at(next_working_day(day), "07:45")


class Transit:
    """The hub with its sorters, and the carrier that serves it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.for_desks: dict[str, list[Thing]] = {}
        self.opened_with: dict[str, Scanner] = {}
        self.for_offices: dict[str, list[Thing]] = {}
        for day in stage.days:
            for clock in ("08:20", "13:20"):
                stage.when(at(day, clock), self.cut_off)
            for clock in ("12:45", "16:30"):
                stage.when(at(day, clock), self.bags_out)

    def collect(self, now: datetime, giver: str, sheet: Sheet, bag: Thing) -> None:
        """Load a bag onto the van, bring it to the hub."""
        driver = self.stage.hands(CARRIER, self.stage.crew("courier", giver), now)
        driver.receive(now, bag, giver, sheet)
        driver.depart(now + 3 * MINUTE, bag)
        self.stage.when(end_van(now), self._unload, giver, bag)

    def _unload(self, now: datetime, giver: str, bag: Thing) -> None:
        self.stage.hands(CARRIER, self.stage.crew("courier", giver), now).offer(now, bag, HUB)
        self.stage.when(now + 5 * MINUTE, self._open, giver, bag)

    def _open(self, now: datetime, giver: str, bag: Thing) -> None:
        sorter = self.stage.hands(HUB, self.stage.crew("sorter", giver), now)
        sorter.receive(now, bag, CARRIER)
        for thing in sorted(bag.holds.values(), key=lambda one: one.number):
            sorter.unpack(now + MINUTE, thing, bag)
            journey = self.stage.contents[thing.name][1]
            self.for_desks.setdefault(journey.desk, []).append(thing)
            self.opened_with[thing.name] = sorter.scanner
        for thing, sheet in bag.stowed:
            sorter.find(now + 2 * MINUTE, thing, sheet)
            journey = self.stage.contents[thing.name][1]
            self.for_desks.setdefault(journey.desk, []).append(thing)
            self.opened_with[thing.name] = sorter.scanner

    def cut_off(self, now: datetime) -> None:
        """Send the sorted items to the desks; by mistake, two envelopes may change pouches.

        What a device without a network took in waits for the next time: nobody else knows yet that it is here.
        """
        listed: dict[str, list[Thing]] = {}
        later: dict[str, list[Thing]] = {}
        for desk, things in self.for_desks.items():
            for thing in things:
                dark = self.opened_with[thing.name].offline(now)
                (later if dark else listed).setdefault(desk, []).append(thing)
        self.for_desks = later
        pouches = {desk: list(things) for desk, things in listed.items()}
        self._swap(pouches)
        self._misplace(pouches)
        for desk, things in listed.items():
            sheet = self.stage.new_sheet(now, HUB, desk, things)
            courier = self.stage.hands(HUB, self.stage.crew("courier", desk), now)
            for thing in things:
                courier.offer(now + MINUTE, thing, desk, sheet)
            for thing in things:
                courier.depart(now + 10 * MINUTE, thing)
            pouch = pouches[desk]
            self.stage.when(now + 40 * MINUTE, self.stage.arrivals[desk], sheet, pouch)

    def _swap(self, pouches: dict[str, list[Thing]]) -> None:
        """Exchange envelopes in pairs between two desks, as far as there are pairs."""
        wrong = [
            (desk, thing)
            for desk, things in pouches.items()
            for thing in things
            if thing.story is Story.SWAPPED
        ]
        while len(wrong) > 1:
            desk, thing = wrong.pop()
            partner = next(((other, one) for other, one in wrong if other != desk), None)
            if partner is None:
                continue
            wrong.remove(partner)
            other, one = partner
            pouches[desk].remove(thing)
            pouches[other].remove(one)
            pouches[desk].append(one)
            pouches[other].append(thing)

    def _misplace(self, pouches: dict[str, list[Thing]]) -> None:
        """Put an envelope into the pouch of another desk, from which nothing comes in its place."""
        for desk, things in list(pouches.items()):
            other = next((one for one in pouches if one != desk), None)
            for thing in [one for one in things if one.story is Story.MISPLACED and other is not None]:
                things.remove(thing)
                pouches[str(other)].append(thing)

    def collected(self, now: datetime, sheet: Sheet, things: list[Thing]) -> None:
        """Fetch results at a desk and sort them by the office that delivers."""
        courier = self.stage.hands(HUB, self.stage.crew("courier", sheet.giver), now)
        for thing in things:
            journey = self.stage.contents[thing.name][1]
            journey.collected = courier.receive(now, thing, sheet.giver, sheet)
            self.for_offices.setdefault(journey.office, []).append(thing)

    def bags_out(self, now: datetime) -> None:
        """Bag the results for each office and hand the bags to the carrier."""
        ready, self.for_offices = self.for_offices, {}
        for office, things in ready.items():
            bag = self.stage.new_bag(now, HUB, office)
            sorter = self.stage.hands(HUB, self.stage.crew("sorter", office), now)
            for thing in things:
                sorter.pack(now + MINUTE, thing, bag)
            sheet = self.stage.new_sheet(now + 5 * MINUTE, HUB, CARRIER, [bag])
            sorter.offer(now + 6 * MINUTE, bag, CARRIER, sheet)
            self.stage.when(now + 12 * MINUTE, self._load, office, sheet, bag, things)

    def _load(self, now: datetime, office: str, sheet: Sheet, bag: Thing, things: list[Thing]) -> None:
        driver = self.stage.hands(CARRIER, self.stage.crew("courier", office), now)
        driver.receive(now, bag, HUB, sheet)
        driver.depart(now + 3 * MINUTE, bag)
        self.stage.when(end_van(now), self._hand_out, office, bag, things)

    def _hand_out(self, now: datetime, office: str, bag: Thing, things: list[Thing]) -> None:
        self.stage.hands(CARRIER, self.stage.crew("courier", office), now).offer(now, bag, office)
        self.stage.when(now + 5 * MINUTE, self.stage.bag_arrivals[office], bag, things)
