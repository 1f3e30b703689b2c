"""C3, the statutory clock: four readings of its start, two of a supplement, and promises that nothing whitens."""

from datetime import datetime

from msgspec.structs import replace

from postal.calendars.rules import WorkingTime
from postal.law.rules import Reading, reading_of
from shipments.clocks.rules.due import DueKind, DueRule, stated
from shipments.clocks.rules.judging import due_from, judged
from shipments.clocks.rules.marks import Marks, promises, waits_of
from shipments.clocks.rules.measuring import before_change
from shipments.clocks.rules.model import (
    Alternative,
    Clock,
    ClockName,
    Doubt,
    Facts,
    Mark,
    Terms,
    Verdict,
    Wait,
)
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


def text_of(terms: Terms, name: str, text: str) -> str:
    """The text that a reading rests on, as the dated rule cites it; the one we know where no rule held yet."""
    constant = terms.constants.find(name)
    return constant.citation if constant else text


def start_of(marks: Marks, wanted: Reading) -> tuple[Reading, Mark | None]:
    """The reading that can be used, and its instant.

    Where the instant of the one in force is not known, the giấy tiếp nhận counts. A case that ended without one counts
    from the handover, or from the registration at the desk: nobody escapes judgement by leaving the receipt out.
    """
    starts = starts_of(marks)
    for reading in (wanted, Reading.SLIP):
        if starts[reading] is not None:
            return reading, starts[reading]
    if marks.ended is not None:
        return Reading.HANDOVER, marks.handover or marks.intake
    return Reading.SLIP, None


def statutory(facts: Facts, marks: Marks, terms: Terms, at: datetime) -> Clock:
    """Measure C3 under the reading in force, and judge it against the first promise and the extended one apart."""
    wanted = reading_of(terms.procedure, terms.constants) if terms.procedure else terms.constants.reading()
    reading, started = start_of(marks, wanted)
    stopped = marks.ended
    if started is not None and stopped is not None and stopped.at < started.at:
        stopped = None
    time = terms.known_at(terms.working, stopped.at if stopped else None)
    limit = terms.procedure.limit if terms.procedure else None
    clock = Clock(
        clock=ClockName.STATUTORY,
        calendar=time.calendar.code,
        time=time,
        rule=f"t0.{reading}",
        citation=text_of(terms, f"clock.reading.{reading}", READING_TEXTS[reading]),
        verdict=Verdict.NOT_STARTED,
        reading=reading,
        readings={name.value: mark for name, mark in starts_of(marks).items()},
        limit=f"{limit.value} {limit.unit}" if limit else None,
        party=facts.authority,
    )
    if started is None:
        return clock
    end = stopped.at if stopped else at
    waits = clipped(waits_of(marks.case), started.at, end)
    span = _Span(facts.events, terms, time, started, stopped, end, waits)
    return _judged(replace(clock, started=started, stopped=stopped, waits=waits), span, marks, terms, at)


def _judged(clock: Clock, span: "_Span", marks: Marks, terms: Terms, at: datetime) -> Clock:
    restart, doubt = span.restart()
    subtract = span.subtract(marks.case.supplements)
    calendar_us, working_us = lengths(span.time, span.started.at, span.end, span.waits)
    due_before = verdict_before = None
    if restart.rule is not None:
        begun = replace(span.started, at=restart.started_at)
        due_before, verdict_before = before_change(
            terms.working, span.time, terms, begun, span.stopped, at, restart.rule
        )
    extended = span.extended
    return replace(
        clock,
        calendar_us=calendar_us,
        working_us=working_us,
        due=restart.due,
        citation=span.citation(),
        status=terms.procedure.status if terms.procedure else None,
        verdict=restart.verdict,
        due_extended=extended,
        verdict_extended=span.judged(span.started, stated(extended))[0] if extended else None,
        alternatives=(restart, subtract),
        begun=restart.started_at,
        due_rule=restart.rule,
        due_before=due_before,
        verdict_before=verdict_before,
        doubt=doubt,
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
        self.promised, self.extended = promises(events)
        supplements = [wait for wait in waits if wait.kind == "supplement"]
        self.completed_at = max((wait.end for wait in supplements if wait.end), default=None)

    def citation(self) -> str | None:
        """The text that the due instant of the legal reading rests on."""
        if self._promise_stands():
            return PROMISE_TEXT
        return self.terms.procedure.citation if self.terms.procedure else None

    def restart(self) -> tuple[Alternative, Doubt | None]:
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
            made = self.promised[0]
            rule = self._later(self._promise(), [wait for wait in fees if wait.start >= made])
        else:
            rule = self._later(self._limit(), fees)
        return self._alternative(RESTART, RESTART_TEXT, started, rule)

    def subtract(self, supplements: int) -> Alternative:
        """The wait for a supplement does not count; more than one request makes the dossier late (index 766)."""
        if self.promised and self.promised[0] <= self.started.at:
            rule = self._later(self._promise(), self.waits)
        elif self.promised:
            made = self.promised[0]
            rule = self._later(self._promise(), [wait for wait in self.waits if wait.start >= made])
        else:
            rule = self._later(self._limit(), self.waits)
        found, _ = self._alternative(SUBTRACT, SUBTRACT_TEXT, self.started, rule)
        most = self.terms.constants.find("supplement.max")
        if most is not None and supplements > int(most.value):
            return replace(found, verdict=Verdict.LATE)
        return found

    def judged(self, started: Mark, rule: DueRule | None) -> tuple[Verdict | None, Doubt | None]:
        """Judge against a due rule; while a wait is open the clock stands where the wait began."""
        if rule is None:
            return None, None
        standing = next((wait.start for wait in self.waits if wait.end is None), self.end)
        return judged(self.time, started, self.stopped, standing, rule, near=self.terms.near)

    def _promise_stands(self) -> bool:
        return self.promised is not None and (
            self.completed_at is None or self.promised[0] >= self.completed_at
        )

    def _promise(self) -> DueRule | None:
        if self.promised is None:
            return None
        made, due = self.promised
        procedure = self.terms.procedure
        printed_by = self.terms.known_at(self.terms.working, made)
        if procedure is None:
            return DueRule(kind=DueKind.PROMISE, printed=due, printed_by=printed_by)
        return DueRule(
            kind=DueKind.PROMISE,
            limit=procedure.limit,
            convention=procedure.convention,
            printed=due,
            printed_by=printed_by,
        )

    def _limit(self) -> DueRule | None:
        procedure = self.terms.procedure
        if procedure is not None:
            return DueRule(kind=DueKind.LIMIT, limit=procedure.limit, convention=procedure.convention)
        if self.promised is None:
            return None
        return DueRule(kind=DueKind.AS_LONG, printed=self.promised[1], from_promise=self.started.at)

    def _later(self, rule: DueRule | None, waits: list[Wait] | tuple[Wait, ...]) -> DueRule | None:
        """Move a due instant on by the working time of waits."""
        if rule is None or not waits:
            return rule
        return replace(rule, waits=tuple((wait.start, wait.end or self.end) for wait in waits))

    def _alternative(
        self, name: str, citation: str, started: Mark, rule: DueRule | None
    ) -> tuple[Alternative, Doubt | None]:
        waits = clipped(self.waits, started.at, self.end)
        calendar_us, working_us = lengths(self.time, started.at, self.end, waits)
        verdict, doubt = self.judged(started, rule)
        found = Alternative(
            reading=name,
            citation=text_of(self.terms, f"clock.supplement.{name}", citation),
            started_at=started.at,
            due=due_from(self.time, started.at, rule) if rule else None,
            calendar_us=calendar_us,
            working_us=working_us,
            verdict=verdict,
            rule=rule,
        )
        return found, doubt
