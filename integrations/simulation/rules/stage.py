"""The stage on which a world is played: a calendar of acts in true time, the scanners, the things, the script."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from integrations.simulation.rules import forms
from integrations.simulation.rules.devices import Scanner
from integrations.simulation.rules.hands import Hands
from integrations.simulation.rules.hours import TICK, at, local_day, tick, working_days
from integrations.simulation.rules.journey import Journey
from integrations.simulation.rules.network import Network, Size, crew_name
from integrations.simulation.rules.steps import Script
from integrations.simulation.rules.truth import Sheet, Thing

Act = Callable[..., object]
END_OF_DAY = "17:30"
LATE = "late"
"""The role of a desk's spare scanner: without a network from the first day to the last."""

PATIENCE = timedelta(hours=74)
"""After this the receiver closes a list whatever is still unseen: longer than the system waits for a device."""


class Stage:
    """Everything that moves while a world is played."""

    def __init__(self, seed: int, size: Size, network: Network) -> None:
        self.seed = seed
        self.size = size
        self.network = network
        self.days = working_days(size.start, size.days)
        self.end = at(self.days[-1], END_OF_DAY)
        self.script = Script()
        self.rng = Random(f"{seed}:play")
        self.trouble = Random(f"{seed}:trouble")
        self.scanners: dict[tuple[str, str], Scanner] = {}
        self.things: dict[str, Thing] = {}
        self.sheets: list[Sheet] = []
        self.journeys: list[Journey] = []
        self.contents: dict[str, tuple[Thing, Journey]] = {}
        self.arrivals: dict[str, Act] = {}
        self.pickups: dict[str, Act] = {}
        self.bag_arrivals: dict[str, Act] = {}
        self.collections: dict[str, Act] = {}
        self._calendar: list[tuple[datetime, int, Act, tuple[object, ...]]] = []
        self._order = count()
        self._due: set[str] = set()
        self._sheets = count(1)
        self._bags = count(1)

    def when(self, instant: datetime, act: Act, *given: object) -> None:
        """Put an act into the calendar, to be told the instant and what is given; after the end nothing happens."""
        if instant <= self.end:
            heapq.heappush(self._calendar, (instant, next(self._order), act, given))

    def play(self) -> None:
        """Perform every act in the order of true time."""
        while self._calendar:
            instant, _, act, given = heapq.heappop(self._calendar)
            act(instant, *given)

    def hands(self, organisation: str, role: str, now: datetime) -> Hands:
        """Pick up a scanner; what it notes is uploaded some minutes later."""
        scanner = self.scanners[organisation, role]
        if scanner.code not in self._due:
            self._due.add(scanner.code)
            later = tick(now + timedelta(minutes=self.trouble.choice((10, 15, 25))))
            self.when(later, self._sync, scanner)
        return Hands(scanner)

    def crew(self, role: str, place: str) -> str:
        """Tell which of the crews of the hub or the carrier serves an office or a desk."""
        return crew_name(role, int(place.rsplit("-", 1)[1]) % self.size.crews)

    def _sync(self, now: datetime, scanner: Scanner) -> None:
        self._due.discard(scanner.code)
        if scanner.offline_until is not None and scanner.offline(now):
            self._due.add(scanner.code)
            self.when(tick(scanner.offline_until), self._sync, scanner)
            return
        if scanner.sync(now, self.script, self.trouble):
            self._due.add(scanner.code)
            self.when(now + 2 * TICK, self._sync, scanner)

    def add(self, thing: Thing) -> Thing:
        """Bring a thing into the world."""
        thing.number = len(self.things)
        self.things[thing.name] = thing
        return thing

    def new_item(self, now: datetime, name: str, organisation: str, paper: Thing, to: str) -> Thing:
        """Seal a paper into a new item."""
        item = self.add(Thing(name, "item", organisation, (organisation,)))
        item.story = paper.story
        self.call(now, organisation, "/api/v1/items", forms.item(paper.name, to), saves=((name[1:], "code"),))
        paper.put_into(item)
        return item

    def new_bag(self, now: datetime, organisation: str, to: str) -> Thing:
        """Register a bag."""
        bag = self.add(Thing(f"@bag:{next(self._bags)}", "bag", organisation, (organisation,)))
        self.call(now, organisation, "/api/v1/bags", {"destination": to}, saves=((bag.name[1:], "code"),))
        return bag

    def new_sheet(self, now: datetime, giver: str, receiver: str, listed: list[Thing]) -> Sheet:
        """Draft, seal and dispatch a manifest over the public API."""
        sheet = Sheet(f"@sheet:{next(self._sheets)}", giver, receiver, tuple(listed), now)
        bagged = [(one, outer) for outer in listed for one in outer.holds.values() if one.kind == "item"]
        bagged.sort(key=lambda pair: pair[0].number)
        sheet.within = {one.name: outer.name for one, outer in bagged}
        self.sheets.append(sheet)
        lines = [thing.name for thing in listed]
        body = {"giver": giver, "receiver": receiver, "lines": lines}
        self.call(now, giver, "/api/v1/manifests", body, saves=((sheet.name[1:], "code"),))
        self.call(now, giver, f"/api/v1/manifests/{sheet.name}/seal")
        self.call(now, giver, f"/api/v1/manifests/{sheet.name}/dispatch")
        return sheet

    def close_sheets(self, now: datetime) -> None:
        """Let each receiver close the lists of the day, unless a device that may know more is off the network.

        What was left open is closed when the system waits for no device any more, whether that has come back or not.
        """
        dark = {organisation for (organisation, _), scanner in self.scanners.items() if scanner.offline(now)}
        for sheet in self.sheets:
            today = local_day(sheet.sent) == local_day(now) and not dark & {sheet.giver, sheet.receiver}
            if sheet.arrived and not sheet.closed and (today or now - sheet.sent >= PATIENCE):
                sheet.closed = True
                self.call(now, sheet.receiver, f"/api/v1/manifests/{sheet.name}/close")

    def call(
        self,
        now: datetime,
        organisation: str,
        path: str,
        body: Any = None,
        *,
        saves: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """Ask something of the API with the key of an organisation."""
        self.script.post(now, f"organisation:{organisation}", f"@key:{organisation}", path, body, saves=saves)

    def amend(self, now: datetime, organisation: str, path: str, body: Any) -> None:
        """Put something into its place with the key of an organisation, in the order of its other requests."""
        self.script.put(now, f"organisation:{organisation}", f"@key:{organisation}", path, body)
