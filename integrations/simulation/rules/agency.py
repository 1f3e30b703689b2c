"""A one-stop desk and the specialist unit behind it: papers in, a case worked on, a result out."""

from datetime import datetime, timedelta

from integrations.simulation.rules import forms
from integrations.simulation.rules.hours import (
    at,
    iso,
    local_day,
    next_working_day,
    previous_working_day,
    tick,
)
from integrations.simulation.rules.journey import Journey
from integrations.simulation.rules.stage import LATE, Stage
from integrations.simulation.rules.truth import ASTRAY, CITIZEN, Sheet, Story, Thing

MINUTE = timedelta(minutes=1)
PICKUPS = ("10:00", "15:00")


class Desk:
    """One desk; `by_barcode` is the instant from which it no longer looks at what it accepts."""

    def __init__(self, stage: Stage, code: str) -> None:
        self.stage = stage
        self.code = code
        self.unit = stage.network.units[code]
        self.waiting: dict[str, list[Thing]] = {}
        self.by_barcode: datetime | None = None
        for day in stage.days:
            for clock in PICKUPS:
                stage.when(at(day, clock), self.pickup)

    def arrived(self, now: datetime, sheet: Sheet, pouch: list[Thing]) -> None:
        """Count a pouch against its list, open the items, begin the cases."""
        hands = self.stage.hands(self.code, "desk", now)
        late = [
            thing for thing in pouch if thing.story is Story.LATE and (self.code, LATE) in self.stage.scanners
        ]
        for thing in late:
            self._take_late(now, sheet, thing)
        pouch = [thing for thing in pouch if thing not in late]
        if self.by_barcode is not None and now >= self.by_barcode:
            done = hands.receive_by_barcode(now, sheet)
            for thing in sheet.listed:
                self.stage.contents[thing.name][1].handed = done
            return
        for thing in pouch:
            condition = "damaged" if thing.story is Story.DAMAGED and thing.kind == "item" else "intact"
            paper, journey = self.stage.contents[thing.name]
            incoming = paper.kind == "dossier"
            done = hands.receive(now, thing, sheet.giver, sheet, condition if incoming else "intact")
            if thing not in sheet.listed and thing.story in ASTRAY:
                sheet.classes[thing.name] = "misrouted"
            if journey.desk != self.code:
                continue
            known = not hands.scanner.silent(done)
            hands.unpack(done, paper, thing)
            if known and incoming:
                journey.handed = done
                self._open_case(done, paper, thing, journey)

    def _take_late(self, now: datetime, sheet: Sheet, thing: Thing) -> None:
        """Take a thing in with the spare scanner, which has no network; who does leaves the rest for another day."""
        journey = self.stage.contents[thing.name][1]
        journey.handed = self.stage.hands(self.code, LATE, now).receive(now, thing, sheet.giver, sheet)

    def _open_case(self, now: datetime, dossier: Thing, item: Thing, journey: Journey) -> None:
        stage = self.stage
        day = local_day(now)
        start = tick(now + stage.rng.choice((20, 30, 40)) * MINUTE)
        if start > at(day, "16:40"):
            start = at(next_working_day(day), "08:00", stage.rng.choice((0, 5, 10)))
        stage.when(start, self._receive, dossier, journey)
        if journey.story is Story.MISSCAN_OPEN:
            stage.when(now + 75 * MINUTE, self._mistake, item, dossier, journey)

    def _mistake(self, now: datetime, item: Thing, dossier: Thing, journey: Journey) -> None:
        """Let a far office scan what lies here, and never notice."""
        other = next(office for office in self.stage.network.offices if office != journey.office)
        hands = self.stage.hands(other, "clerk", now)
        for thing in (item, dossier):
            hands.misscan(now, thing)

    def _event(self, now: datetime, journey: Journey, kind: str, **body: object) -> None:
        form = forms.case_event(kind, now, **body)
        self.stage.call(now, self.code, f"/api/v1/dossiers/{journey.dossier}/events", form)

    def _receive(self, now: datetime, dossier: Thing, journey: Journey) -> None:
        """Issue the slip with the promised day, and let the unit work."""
        stage = self.stage
        journey.received = now
        journey.due = at(next_working_day(local_day(now), journey.procedure.days), "17:00")
        self._event(now, journey, "received", due=iso(journey.due))
        if journey.story is Story.OVERDUE:
            self._foresee_lateness(now, journey)
        if journey.story is Story.SUPPLEMENT:
            again = at(next_working_day(local_day(now)), "09:00")
            stage.when(now + 30 * MINUTE, self._ask_for_more, journey)
            stage.when(again, self._work, journey, "supplemented")
            return
        if journey.number % 3 == 0:
            self._transfer(now, dossier, journey)
        self._work(now, journey)

    def _foresee_lateness(self, now: datetime, journey: Journey) -> None:
        """Apologise a day before the promise, or only when it was missed, or not at all; the log says why."""
        if journey.due is None:
            return
        day, stage = local_day(journey.due), self.stage
        if journey.number % 3 == 1:
            stage.when(
                max(at(previous_working_day(day), "15:00"), tick(now + 60 * MINUTE)), self._apologise, journey
            )
        if journey.number % 3 == 2:
            stage.when(at(next_working_day(day), "08:30"), self._apologise, journey)
        stage.when(at(next_working_day(day), "10:00"), self._log_lateness, journey)

    def _apologise(self, now: datetime, journey: Journey) -> None:
        """Draft the letter, which makes the one re-appointment, and let the head sign it."""
        if journey.due is None:
            return
        path = f"/api/v1/dossiers/{journey.dossier}/apology"
        later = at(next_working_day(local_day(journey.due)), "17:00")
        self.stage.amend(now, self.code, path, forms.apology(later))
        self.stage.call(now, self.code, f"{path}/sign", {})

    def _log_lateness(self, now: datetime, journey: Journey) -> None:
        body = {"dossier": journey.dossier, "cause": "STEP_OVER_TIME"}
        self.stage.call(now, self.code, "/api/v1/nonconformities", body)

    def _ask_for_more(self, now: datetime, journey: Journey) -> None:
        self._event(now, journey, "supplement_requested", reason="missing_paper", items=[1])

    def _transfer(self, now: datetime, dossier: Thing, journey: Journey) -> None:
        """Hand the papers to the specialist unit, with a scan on either side."""
        self.stage.hands(self.code, "desk", now).offer(now + 5 * MINUTE, dossier, self.unit)
        self.stage.when(now + 10 * MINUTE, self._in_unit, dossier, journey)

    def _in_unit(self, now: datetime, dossier: Thing, journey: Journey) -> None:
        self.stage.hands(self.unit, "specialist", now).receive(now, dossier, self.code)
        self._event(tick(now), journey, "transferred", unit=self.unit)

    def _work(self, now: datetime, journey: Journey, resumed_by: str | None = None) -> None:
        """Let the unit examine the case, and decide it as far as it ever does."""
        if resumed_by:
            self._event(now, journey, resumed_by)
        self.stage.when(tick(now + 60 * MINUTE), self._examined, journey)
        if journey.story in {Story.OVERDUE, Story.MISSCAN_OPEN}:
            return
        stage = self.stage
        day, fast = local_day(now), journey.procedure.days == 1
        done = tick(now + stage.rng.choice((90, 105, 120)) * MINUTE)
        if not fast and stage.rng.random() < 0.6:
            done = at(next_working_day(day), "08:30", stage.rng.choice(range(0, 330, 5)))
        if at(day, "11:30") < done < at(day, "13:30"):
            done = at(day, "13:35", stage.rng.choice((0, 5, 10)))
        if done > at(local_day(done), "16:45"):
            done = at(next_working_day(local_day(done)), "08:10", stage.rng.choice((0, 5, 10)))
        stage.when(done, self._complete, journey)

    def _examined(self, now: datetime, journey: Journey) -> None:
        self._event(now, journey, "step_done", step="appraisal")

    def _complete(self, now: datetime, journey: Journey) -> None:
        """Issue the result, bring it to the desk, put it into an item for the citizen."""
        stage = self.stage
        journey.completed = now
        self._event(now, journey, "completed")
        result = stage.add(Thing(journey.result, "result", self.code, (self.code,)))
        result.story = journey.story
        stage.when(now + 5 * MINUTE, self._at_desk, result, journey)

    def _at_desk(self, now: datetime, result: Thing, journey: Journey) -> None:
        journey.at_desk = now
        self._event(now, journey, "result_at_desk")
        reply = self.stage.new_item(now, journey.reply, self.code, result, CITIZEN)
        self.stage.contents[reply.name] = (result, journey)
        self.waiting.setdefault(journey.gate, []).append(reply)

    def pickup(self, now: datetime) -> None:
        """Hand the waiting results to whoever calls for them."""
        ready, self.waiting = self.waiting, {}
        for gate, things in ready.items():
            sheet = self.stage.new_sheet(now, self.code, gate, things)
            hands = self.stage.hands(self.code, "desk", now)
            for thing in things:
                hands.offer(now + MINUTE, thing, gate, sheet)
            taken = [thing for thing in things if thing.story is not Story.LOST_OUTBOUND]
            for thing in set(things) - set(taken):
                thing.where = "lost"
            self.stage.when(now + 10 * MINUTE, self.stage.pickups[gate], sheet, taken)
