"""Carry the dossiers of an imported log by post: in before each start, out after each end, with lists for each day.

The parties stand in the dossiers themselves. Each dossier comes to the desk on the last weekday before its case began,
and its result leaves on the first weekday after its case ended.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import msgspec

from integrations.simulation.rules import forms
from integrations.simulation.rules.devices import Scanner
from integrations.simulation.rules.hands import Hands
from integrations.simulation.rules.steps import Script, Step
from integrations.simulation.rules.truth import CITIZEN, LineTruth, PieceTruth, Sheet, Thing, Truth

MINUTE = timedelta(minutes=1)
FRIDAY = 4
LANES = 4
LEISURELY = 0.4
"""The share of dossiers that wait at the post office until the next weekday's pouch."""
COUNTER_MINUTES = 230
"""How long the counter takes dossiers in for today's pouch, from 10:00 on."""
SYNC, PACK, SEAL, RECEIVE, CLOSE = "14:30", "14:35", "15:00", "16:30", "16:40"


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """An imported dossier: where it belongs, and when its case began and ended."""

    code: str
    office: str
    desk: str
    authority: str
    started: datetime
    ended: datetime | None


class Carriage(msgspec.Struct, frozen=True, kw_only=True):
    """The plan of a whole log: whom to enrol, what to send, what is true at the end."""

    begins: datetime
    ends: datetime
    organisations: dict[str, str]
    devices: tuple[tuple[str, str], ...]
    names: dict[str, str]
    steps: tuple[Step, ...]
    truth: Truth


def plan_carriage(cases: Iterable[Case], seed: int, zone: ZoneInfo) -> Carriage:
    """Plan the way of every dossier."""
    return _Plan(sorted(cases, key=lambda case: (case.started, case.code)), seed, zone).carriage()


def weekday_before(day: date) -> date:
    """Give the last weekday before a day."""
    day -= timedelta(days=1)
    while day.weekday() > FRIDAY:
        day -= timedelta(days=1)
    return day


def weekday_after(day: date) -> date:
    """Give the first weekday after a day."""
    day += timedelta(days=1)
    while day.weekday() > FRIDAY:
        day += timedelta(days=1)
    return day


class _Plan:
    """The plan while it is being made."""

    def __init__(self, cases: list[Case], seed: int, zone: ZoneInfo) -> None:
        self.cases = cases
        self.zone = zone
        self.script = Script()
        self.rng = Random(f"{seed}:carriage")
        self.trouble = Random(f"{seed}:trouble")
        self.inbound: dict[date, list[Case]] = defaultdict(list)
        self.outbound: dict[date, list[Case]] = defaultdict(list)
        self.delivery: dict[date, list[Thing]] = defaultdict(list)
        self.things: list[Thing] = []
        self.papers: dict[str, Thing] = {}
        self.accepted: dict[str, Thing] = {}
        self.homes: dict[str, str] = {}
        self.sheets: list[Sheet] = []
        self.scanners: dict[str, Scanner] = {}
        self.acceptance: dict[date, list[tuple[int, Case]]] = defaultdict(list)
        for case in cases:
            handed = weekday_before(self._day(case.started))
            self.inbound[handed].append(case)
            accepted = weekday_before(handed) if self.rng.random() < LEISURELY else handed
            self.acceptance[accepted].append((self.rng.randrange(COUNTER_MINUTES), case))
            if case.ended is not None:
                self.outbound[weekday_after(self._day(max(case.started, case.ended)))].append(case)
        last = max({*self.inbound, *self.outbound})
        self.begins = self._at(min(self.acceptance), "06:00")
        self.last_day = weekday_after(last)

    def carriage(self) -> Carriage:
        """Live through every weekday."""
        roles = {case.office: "clerk" for case in self.cases} | {case.desk: "desk" for case in self.cases}
        roles |= {case.authority: "specialist" for case in self.cases}
        for number, organisation in enumerate(sorted(roles), 1):
            scanner = Scanner(f"carry-{number:02}", organisation, f"CARRY-{number:02}", self.rng, self.begins)
            scanner.shift = ""
            scanner.lane = "scans"
            self.scanners[organisation] = scanner
        day = min(self.acceptance)
        while day <= self.last_day:
            self._live(day)
            day = weekday_after(day)
        return Carriage(
            begins=self.begins,
            ends=self._at(self.last_day, "18:00"),
            organisations=roles,
            devices=tuple((one.code, one.organisation) for one in self.scanners.values()),
            names={f"dossier:{case.code}": case.code for case in self.cases}
            | {f"result:{case.code}": f"{case.code}-KQ" for case in self.cases},
            steps=tuple(self.script.in_order()),
            truth=self._truth(),
        )

    def _live(self, day: date) -> None:
        arriving, leaving = self.inbound.get(day, []), self.outbound.get(day, [])
        incoming, outgoing = self._morning(day, arriving, leaving)
        self._sync(day, SYNC)
        sheets = self._sheets(day, incoming) + self._sheets(day, outgoing)
        for sheet in sheets:
            self._hand_over(day, sheet)
        self._sync(day, RECEIVE)
        for sheet in sheets:
            self._call(self._at(day, CLOSE), sheet.receiver, f"/api/v1/manifests/{sheet.name}/close")
        self.sheets += sheets

    def _morning(
        self, day: date, arriving: list[Case], leaving: list[Case]
    ) -> tuple[list[tuple[str, str, Thing]], list[tuple[str, str, Thing]]]:
        """Deliver yesterday's results, take in dossiers, bring results to the desk; give the items of the afternoon."""
        incoming, outgoing = [], []
        round_of_today = self.delivery.pop(day, [])
        for thing in round_of_today:
            Hands(self.scanners[self.homes[thing.name]]).take_out(self._at(day, "09:00"), thing)
        for stop, thing in enumerate(round_of_today, 1):
            courier = Hands(self.scanners[self.homes[thing.name]])
            courier.deliver(self._at(day, "09:15") + stop * MINUTE, thing)
        for minutes, case in sorted(self.acceptance.pop(day, []), key=lambda one: (one[0], one[1].code)):
            paper = self._thing(f"@dossier:{case.code}", "dossier", CITIZEN)
            Hands(self.scanners[case.office]).accept(self._at(day, "10:00") + minutes * MINUTE, paper)
            self.accepted[case.code] = paper
        for case in arriving:
            paper = self.accepted.pop(case.code)
            item = self._item(day, f"@item:{case.code}", case.office, paper, case.desk)
            incoming.append((case.office, case.desk, item))
        for case in leaving:
            paper = self._thing(f"@result:{case.code}", "result", case.authority)
            done = Hands(self.scanners[case.authority]).offer(self._at(day, "11:00"), paper, case.desk)
            Hands(self.scanners[case.desk]).receive(done + 5 * MINUTE, paper, case.authority)
            item = self._item(day, f"@reply:{case.code}", case.desk, paper, CITIZEN)
            outgoing.append((case.desk, case.office, item))
        return incoming, outgoing

    def _item(self, day: date, name: str, organisation: str, paper: Thing, to: str) -> Thing:
        item = self._thing(name, "item", organisation)
        paper.put_into(item)
        self.papers[name] = paper
        lane = f"items:{len(self.things) % LANES}"
        form = forms.item(paper.name, to)
        saves = ((name[1:], "code"),)
        self.script.post(
            self._at(day, PACK), lane, f"@key:{organisation}", "/api/v1/items", form, saves=saves
        )
        return item

    def _sheets(self, day: date, items: list[tuple[str, str, Thing]]) -> list[Sheet]:
        grouped: dict[tuple[str, str], list[Thing]] = defaultdict(list)
        for giver, receiver, item in items:
            grouped[giver, receiver].append(item)
        sheets = []
        for (giver, receiver), listed in grouped.items():
            now = self._at(day, SEAL)
            sheet = Sheet(f"@sheet:{giver}:{receiver}:{day}", giver, receiver, tuple(listed), now)
            body = {"giver": giver, "receiver": receiver, "lines": [item.name for item in listed]}
            self._call(now, giver, "/api/v1/manifests", body, saves=((sheet.name[1:], "code"),))
            self._call(now, giver, f"/api/v1/manifests/{sheet.name}/seal")
            self._call(now, giver, f"/api/v1/manifests/{sheet.name}/dispatch")
            sheets.append(sheet)
        return sheets

    def _hand_over(self, day: date, sheet: Sheet) -> None:
        """Count every piece out and in; open what came in, keep what goes out for tomorrow's round."""
        giver, receiver = Hands(self.scanners[sheet.giver]), Hands(self.scanners[sheet.receiver])
        done = self._at(day, SEAL) + 2 * MINUTE
        for item in sheet.listed:
            done = giver.offer(done, item, sheet.receiver, sheet)
        done += 10 * MINUTE
        for item in sheet.listed:
            done = receiver.receive(done, item, sheet.giver, sheet)
        for item in sheet.listed:
            paper = self.papers[item.name]
            if paper.kind == "dossier":
                done = receiver.unpack(done, paper, item)
            else:
                self.homes[item.name] = sheet.receiver
                self.delivery[weekday_after(day)].append(item)

    def _sync(self, day: date, clock: str) -> None:
        for scanner in self.scanners.values():
            scanner.sync(self._at(day, clock), self.script, self.trouble)

    def _thing(self, name: str, kind: str, where: str) -> Thing:
        thing = Thing(name, kind, where, (where,))
        self.things.append(thing)
        return thing

    def _truth(self) -> Truth:
        pieces = tuple(
            PieceTruth(
                name=thing.name,
                kind=thing.kind,
                claims=thing.answered_by(),
                where=thing.really_at(),
                story="carried",
            )
            for thing in self.things
        )
        lines = tuple(
            LineTruth(manifest=sheet.name, piece=name, line_class=seen)
            for sheet in self.sheets
            for name, seen in sheet.classes.items()
        )
        return Truth(pieces=pieces, lines=lines, times=(), highlights={})

    def _call(
        self,
        now: datetime,
        organisation: str,
        path: str,
        body: object = None,
        *,
        saves: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.script.post(now, f"organisation:{organisation}", f"@key:{organisation}", path, body, saves=saves)

    def _day(self, instant: datetime) -> date:
        return instant.astimezone(self.zone).date()

    def _at(self, day: date, clock: str) -> datetime:
        return datetime.combine(day, time.fromisoformat(clock), tzinfo=self.zone).astimezone(UTC)
