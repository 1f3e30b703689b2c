"""C3, the statutory clock: four readings of its start, two of a supplement, and promises that nothing whitens."""

from datetime import datetime

from msgspec.structs import replace

from postal.calendars.rules import Limit, WorkingTime, due_of
from postal.law.rules import Reading, reading_of
from shipments.clocks.rules.judging import Due, due_from, fixed, judge
from shipments.clocks.rules.marks import Marks, promises, waits_of
from shipments.clocks.rules.model import Alternative, Clock, ClockName, Facts, Mark, Terms, Verdict, Wait
from shipments.clocks.rules.spans import clipped, lengths
from shipments.dossiers.rules import CaseEvent

RESTART, SUBTRACT = "restart", "subtract"
RESTART_TEXT = "NĐ 61/2018/NĐ-CP Đ19 k4"
SUBTRACT_TEXT = "QĐ 766/QĐ-TTg, chỉ số 2.1"
PROMISE_TEXT = "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"
READING_TEXTS = {
    Reading.HANDOVER: "QĐ 45/2016/QĐ-TTg Đ7 k4",
    Reading.COMPLETE: "QĐ 45/2016/QĐ-TTg Đ7 k4",
    Reading.SLIP: "NĐ 118/2025/NĐ-CP Đ17 k3, sửa đổi bởi NĐ 309/2026/NĐ-CP",
    Reading.AUTHORITY: "NĐ 118/2025/NĐ-CP Đ17 k3, sửa đổi bởi NĐ 309/2026/NĐ-CP",
}


def starts_of(marks: Marks) -> dict[Reading, Mark | None]:
    """The instant of every reading, whichever one holds."""
    return {
        Reading.HANDOVER: marks.handover,
        Reading.COMPLETE: marks.complete,
        Reading.SLIP: marks.received,
        Reading.AUTHORITY: marks.at_authority,
    }


def statutory(facts: Facts, marks: Marks, terms: Terms, at: datetime) -> Clock:
    """Measure C3 under the reading in force, and judge it against the first promise and the extended one apart."""
    time = terms.working
    starts = starts_of(marks)
    wanted = reading_of(terms.procedure, terms.constants) if terms.procedure else terms.constants.reading()
    reading = wanted if starts[wanted] else Reading.SLIP
    started, stopped = starts[reading], marks.ended
    if started is not None and stopped is not None and stopped.at < started.at:
        stopped = None
    limit = terms.procedure.limit if terms.procedure else None
    clock = Clock(
        clock=ClockName.STATUTORY,
        calendar=time.calendar.code,
        rule=f"t0.{reading}",
        citation=READING_TEXTS[reading],
        verdict=Verdict.NOT_STARTED,
        reading=reading,
        readings={name.value: mark for name, mark in starts.items()},
        limit=f"{limit.value} {limit.unit}" if limit else None,
        party=facts.authority,
    )
    if started is None:
        return clock
    end = stopped.at if stopped else at
    waits = clipped(waits_of(marks.case), started.at, end)
    span = _Span(facts.events, terms, time, started, stopped, end, waits)
    calendar_us, working_us = lengths(time, started.at, end, waits)
    restart, subtract = span.restart(), span.subtract(marks.case.supplements)
    _, extended = promises(facts.events)
    return replace(
        clock,
        started=started,
        stopped=stopped,
        waits=waits,
        calendar_us=calendar_us,
        working_us=working_us,
        due=restart.due,
        citation=span.citation(),
        status=terms.procedure.status if terms.procedure else None,
        verdict=restart.verdict,
        due_extended=extended,
        verdict_extended=span.judged(started, fixed(extended)) if extended else None,
        alternatives=(restart, subtract),
    )


class _Span:
    """One statutory span and what its due instant depends on."""

    def __init__(
        self,
        events: tuple[CaseEvent, ...],
        terms: Terms,
        time: WorkingTime,
        started: Mark,
        stopped: Mark | None,
        end: datetime,
        waits: tuple[Wait, ...],
    ) -> None:
        self.terms, self.time = terms, time
        self.started, self.stopped, self.end, self.waits = started, stopped, end, waits
        self.promised, _ = promises(events)
        supplements = [wait for wait in waits if wait.kind == "supplement"]
        self.completed_at = max((wait.end for wait in supplements if wait.end), default=None)

    def citation(self) -> str | None:
        """The text that the due instant of the legal reading rests on."""
        if self._promise_stands():
            return PROMISE_TEXT
        return self.terms.procedure.citation if self.terms.procedure else None

    def restart(self) -> Alternative:
        """After a supplement the limit runs from zero (the legal reading)."""
        started = self.started
        if self.completed_at is not None:
            started = Mark(
                at=self.completed_at,
                row=started.row,
                kind="supplemented",
                uncertainty_ms=started.uncertainty_ms,
            )
        fees = [wait for wait in self.waits if wait.kind != "supplement" and wait.start >= started.at]
        if self._promise_stands() and self.promised:
            made, due = self.promised
            rule = self._later(fixed(due), [wait for wait in fees if wait.start >= made])
        else:
            rule = self._later(self._limit(), fees)
        return self._alternative(RESTART, RESTART_TEXT, started, rule)

    def subtract(self, supplements: int) -> Alternative:
        """The wait for a supplement does not count; more than one request makes the dossier late (index 766)."""
        if self.promised and self.promised[0] <= self.started.at:
            rule = self._later(fixed(self.promised[1]), self.waits)
        elif self.promised:
            made, due = self.promised
            rule = self._later(fixed(due), [wait for wait in self.waits if wait.start >= made])
        else:
            rule = self._later(self._limit(), self.waits)
        found = self._alternative(SUBTRACT, SUBTRACT_TEXT, self.started, rule)
        most = self.terms.constants.find("supplement.max")
        if most is not None and supplements > int(most.value):
            return replace(found, verdict=Verdict.LATE)
        return found

    def judged(self, started: Mark, due: Due | None) -> Verdict | None:
        """Judge against a due rule; while a wait is open the clock stands where the wait began."""
        if due is None:
            return None
        standing = next((wait.start for wait in self.waits if wait.end is None), self.end)
        near = self.terms.constants.number("clock.near_due_percent")
        return judge(self.time, started, self.stopped, standing, due, near_percent=near)

    def _promise_stands(self) -> bool:
        return self.promised is not None and (
            self.completed_at is None or self.promised[0] >= self.completed_at
        )

    def _limit(self) -> Due | None:
        procedure = self.terms.procedure
        if procedure is not None:
            limit: Limit = procedure.limit
            return lambda begin: due_of(self.time, begin, limit, procedure.convention)
        if self.promised is None:
            return None
        whole = self.time.between(self.started.at, self.promised[1])
        return lambda begin: self.time.at(self.time.worked(begin) + max(whole, 0))

    def _later(self, due: Due | None, waits: list[Wait] | tuple[Wait, ...]) -> Due | None:
        """Move a due instant on by the working time of waits."""
        if due is None:
            return None
        waited = sum(self.time.between(wait.start, wait.end or self.end) for wait in waits)
        if not waited:
            return due
        return lambda begin: self.time.at(self.time.worked(due(begin)) + waited)

    def _alternative(self, name: str, citation: str, started: Mark, due: Due | None) -> Alternative:
        waits = clipped(self.waits, started.at, self.end)
        calendar_us, working_us = lengths(self.time, started.at, self.end, waits)
        return Alternative(
            reading=name,
            citation=citation,
            started_at=started.at,
            due=due_from(started, due) if due else None,
            calendar_us=calendar_us,
            working_us=working_us,
            verdict=self.judged(started, due),
        )
