"""All clocks of a dossier from its rows, at one instant."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from postal.calendars.rules import Convention, Limit, Unit, WorkingTime, due_of
from postal.law.rules import Constant, TransitLimit
from shipments.clocks.rules.judging import Due, due_from, fixed, judge
from shipments.clocks.rules.marks import Marks, due_stated, marks_of, waits_of
from shipments.clocks.rules.model import Clock, ClockName, Clocks, Facts, Mark, Terms, Verdict, Wait
from shipments.clocks.rules.spans import clipped, holder_parts, lengths, stage_parts
from shipments.clocks.rules.statutory import statutory
from shipments.dossiers.rules import CaseKind


def compute(facts: Facts, terms: Terms, at: datetime) -> Clocks:
    """Compute C1 to C7 as they stand at an instant; what happened later is not known yet.

    Rows whose time lies outside the calendar's years come from a clock gone mad; they start and stop nothing.
    """
    calendars = [time for time in (terms.working, terms.counter, terms.transit) if time]
    at = min(at, *(time.last_instant for time in calendars))
    known = _known(facts, max(time.first_instant for time in calendars), at)
    marks = marks_of(known)
    whole = _end_to_end(known, marks, terms, at)
    clocks = (
        _inbound(marks, terms, at),
        _intake(known, marks, terms, at),
        statutory(known, marks, terms, at),
        *_steps(known, marks, terms, at),
        *((_pickup(known, marks, terms, at), _returning(marks, terms, at)) if facts.by_post else ()),
        whole,
    )
    if whole.started is None:
        return Clocks(dossier=facts.code, at=at, clocks=clocks)
    begin, end = whole.started.at, whole.stopped.at if whole.stopped else at
    return Clocks(
        dossier=facts.code,
        at=at,
        clocks=clocks,
        parts=stage_parts(terms.working, marks, waits_of(marks.case), begin, end),
        holders=holder_parts(terms.working, known, begin, end),
    )


def _known(facts: Facts, first: datetime, last: datetime) -> Facts:
    return replace(
        facts,
        events=tuple(event for event in facts.events if first <= event.at <= last),
        papers=tuple(step for step in facts.papers if first <= step.at <= last),
        result=tuple(step for step in facts.result if first <= step.at <= last),
    )


def _measured(
    name: ClockName,
    time: WorkingTime,
    terms: Terms,
    started: Mark | None,
    stopped: Mark | None,
    at: datetime,
    due: Due | None,
    **described: str | int | None,
) -> Clock:
    """Measure and judge a clock that never pauses."""
    if started is None or (stopped is not None and stopped.at < started.at):
        stopped = None
    calendar_us, working_us = lengths(time, started.at, stopped.at if stopped else at) if started else (0, 0)
    near = terms.constants.number("clock.near_due_percent")
    verdict: Verdict | None = Verdict.NOT_STARTED
    if started is not None:
        verdict = judge(time, started, stopped, at, due, near_percent=near) if due else None
    return Clock(
        clock=name,
        started=started,
        stopped=stopped,
        calendar=time.calendar.code,
        calendar_us=calendar_us,
        working_us=working_us,
        due=due_from(started, due) if due else None,
        verdict=verdict,
        **described,  # type: ignore[arg-type]
    )


def _transit_due(time: WorkingTime, standard: TransitLimit) -> Due:
    """J + n: in time until the n-th working day after acceptance is over."""

    def due(begin: datetime) -> datetime:
        day = time.add_working_days(time.local_day(begin), standard.days)
        return time.end_of(day)

    return due


def _leg(
    name: ClockName,
    marks: tuple[Mark | None, Mark | None],
    standard: TransitLimit | None,
    terms: Terms,
    at: datetime,
) -> Clock:
    time = terms.transit or terms.working
    started, stopped = marks
    return _measured(
        name,
        time,
        terms,
        started,
        stopped,
        at,
        _transit_due(time, standard) if standard else None,
        limit=f"J+{standard.days}" if standard else None,
        rule=f"transit.{standard.zone}" if standard else "transit",
        citation=standard.citation if standard else None,
        status=standard.status if standard else None,
    )


def _inbound(marks: Marks, terms: Terms, at: datetime) -> Clock:
    clock = _leg(ClockName.INBOUND, (marks.handed_in, marks.handover), terms.inbound, terms, at)
    return replace(clock, party=marks.origin)


def _returning(marks: Marks, terms: Terms, at: datetime) -> Clock:
    """C6 ends with the delivery, or when the citizen is told to come to the counter (TT 17/2017 Đ7)."""
    stopped = marks.told or marks.delivered or marks.returned
    clock = _leg(ClockName.RETURN, (marks.collected, stopped), terms.outbound, terms, at)
    return replace(clock, party=marks.returner)


def _intake(facts: Facts, marks: Marks, terms: Terms, at: datetime) -> Clock:
    asked = marks.intake_done is not None and marks.intake_done.kind == CaseKind.SUPPLEMENT_REQUESTED
    name = "intake.supplement_notice_days" if asked else "intake.cutoff_hour"
    constant = terms.constants.find(name)
    return _measured(
        ClockName.INTAKE,
        terms.counter or terms.working,
        terms,
        marks.intake,
        marks.intake_done,
        at,
        _intake_due(terms, constant, asked=asked) if constant else None,
        limit=f"{constant.value} {Unit.WORKING_DAYS}" if constant and asked else None,
        rule=name,
        citation=constant.citation if constant else None,
        status=constant.status if constant else None,
        party=facts.desk,
    )


def _intake_due(terms: Terms, constant: Constant, *, asked: bool) -> Due:
    if asked:
        return _days_after(terms.counter or terms.working, int(constant.value))
    grace = timedelta(minutes=terms.constants.number("intake.next_morning_minutes"))
    return _same_day(terms.counter or terms.working, int(constant.value), grace)


def _same_day(time: WorkingTime, cutoff_hour: int, grace: timedelta) -> Due:
    """Within the working day; what comes after the cut-off hour, at the beginning of the next one."""

    def due(begin: datetime) -> datetime:
        day = time.local_day(begin)
        if not time.is_working_day(day):
            return time.closes(time.add_working_days(day, 1))
        if begin.astimezone(time.zone).hour < cutoff_hour:
            return time.closes(day)
        return time.due(time.opens(time.add_working_days(day, 1)), grace)

    return due


def _days_after(time: WorkingTime, days: int) -> Due:
    limit = Limit(days, Unit.WORKING_DAYS)
    return lambda begin: due_of(time, begin, limit, Convention.END_OF_DAY)


def _pickup(facts: Facts, marks: Marks, terms: Terms, at: datetime) -> Clock:
    constant = terms.constants.find("pickup.wait_days")
    time = terms.counter or terms.working
    return _measured(
        ClockName.PICKUP,
        time,
        terms,
        marks.ready,
        marks.collected,
        at,
        _days_after(time, int(constant.value)) if constant else None,
        limit=f"{constant.value} {Unit.WORKING_DAYS}" if constant else None,
        rule="pickup.wait_days",
        citation=constant.citation if constant else None,
        status=constant.status if constant else None,
        party=facts.desk,
    )


def _end_to_end(facts: Facts, marks: Marks, terms: Terms, at: datetime) -> Clock:
    """C7: from the citizen's hand to the citizen's hand; a returned result leaves it open."""
    constant = terms.constants.find("lead_time.target_days")
    time = terms.working
    return _measured(
        ClockName.END_TO_END,
        time,
        terms,
        marks.handed_in or marks.intake or marks.received,
        marks.delivered if facts.by_post else marks.delivered or marks.closed,
        at,
        _days_after(time, int(constant.value)) if constant else None,
        limit=f"{constant.value} {Unit.WORKING_DAYS}" if constant else None,
        rule="lead_time.target_days",
        citation=constant.citation if constant else None,
        status=constant.status if constant else None,
    )


def _steps(facts: Facts, marks: Marks, terms: Terms, at: datetime) -> tuple[Clock, ...]:
    """C4: the case cut at every step done and every transfer; the pieces sum to C3 where both begin together."""
    started = marks.received
    if started is None:
        return ()
    end = marks.ended if marks.ended and marks.ended.at >= started.at else None
    clocks: list[Clock] = []
    unit, leg_due = facts.desk, None
    waits = waits_of(marks.case)
    for event in sorted(facts.events, key=lambda event: (event.at, event.id)):
        if event.kind not in (CaseKind.STEP_DONE, CaseKind.TRANSFERRED) or event.at < started.at:
            continue
        if end is not None and event.at > end.at:
            break
        mark = facts.of_event(event)
        party = unit if event.kind is CaseKind.TRANSFERRED else event.body.get("unit") or unit
        step = event.body.get("step") if event.kind is CaseKind.STEP_DONE else None
        clocks.append(_step(terms, len(clocks), started, mark, at, leg_due, party=party, step=step))
        started = mark
        if event.kind is CaseKind.TRANSFERRED:
            unit, leg_due = event.body.get("unit") or unit, due_stated(event)
    clocks.append(_step(terms, len(clocks), started, end, at, leg_due, party=unit, step=None))
    return tuple(_less_waits(clock, terms.working, waits, at) for clock in clocks)


def _step(
    terms: Terms,
    ordinal: int,
    started: Mark,
    stopped: Mark | None,
    at: datetime,
    leg_due: datetime | None,
    *,
    party: str | None,
    step: str | None,
) -> Clock:
    return _measured(
        ClockName.STEP,
        terms.working,
        terms,
        started,
        stopped,
        at,
        fixed(leg_due) if leg_due else None,
        ordinal=ordinal,
        party=party,
        step=step,
        rule="step",
    )


def _less_waits(clock: Clock, time: WorkingTime, waits: tuple[Wait, ...], at: datetime) -> Clock:
    if clock.started is None:
        return clock
    end = clock.stopped.at if clock.stopped else at
    kept = clipped(waits, clock.started.at, end)
    calendar_us, working_us = lengths(time, clock.started.at, end, kept)
    return replace(clock, waits=kept, calendar_us=calendar_us, working_us=working_us)
