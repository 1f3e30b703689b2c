"""All clocks of a dossier from its rows, at one instant."""

from datetime import datetime

from msgspec.structs import replace

from postal.calendars.rules import Limit, Unit
from postal.law.rules import Constant, TransitLimit
from shipments.clocks.rules.due import DueKind, DueRule, working_days
from shipments.clocks.rules.holding import with_holders
from shipments.clocks.rules.marks import Marks, marks_of, waits_of
from shipments.clocks.rules.measuring import measured
from shipments.clocks.rules.model import Clock, ClockName, Clocks, Facts, Mark, Terms
from shipments.clocks.rules.oddities import oddities_of
from shipments.clocks.rules.spans import holder_parts, stage_parts
from shipments.clocks.rules.statutory import statutory
from shipments.clocks.rules.steps import steps_of
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
        *steps_of(known, marks, terms, at),
        *((_pickup(known, marks, terms, at), _returning(marks, terms, at)) if facts.by_post else ()),
        whole,
    )
    found = Clocks(
        dossier=facts.code,
        at=at,
        clocks=with_holders(known, marks, clocks),
        oddities=oddities_of(known, marks, terms),
    )
    if whole.started is None:
        return found
    begin, end = whole.started.at, whole.stopped.at if whole.stopped else at
    return replace(
        found,
        parts=stage_parts(whole.time, marks, waits_of(marks.case), begin, end),
        holders=holder_parts(whole.time, known, begin, end),
    )


def _known(facts: Facts, first: datetime, last: datetime) -> Facts:
    return replace(
        facts,
        events=tuple(event for event in facts.events if first <= event.at <= last),
        papers=tuple(step for step in facts.papers if first <= step.at <= last),
        result=tuple(step for step in facts.result if first <= step.at <= last),
    )


def _leg(
    name: ClockName,
    marks: tuple[Mark | None, Mark | None],
    standard: TransitLimit | None,
    terms: Terms,
    at: datetime,
) -> Clock:
    time = terms.transit or terms.working
    started, stopped = marks
    return measured(
        name,
        time,
        terms,
        started,
        stopped,
        at,
        DueRule(kind=DueKind.TRANSIT, limit=Limit(standard.days, Unit.WORKING_DAYS)) if standard else None,
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
    return measured(
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


def _intake_due(terms: Terms, constant: Constant, *, asked: bool) -> DueRule:
    if asked:
        return working_days(int(constant.value))
    return DueRule(
        kind=DueKind.SAME_DAY,
        cutoff_hour=int(constant.value),
        grace_minutes=terms.constants.number("intake.next_morning_minutes"),
    )


def _pickup(facts: Facts, marks: Marks, terms: Terms, at: datetime) -> Clock:
    constant = terms.constants.find("pickup.wait_days")
    time = terms.counter or terms.working
    return measured(
        ClockName.PICKUP,
        time,
        terms,
        marks.ready,
        marks.collected,
        at,
        working_days(int(constant.value)) if constant else None,
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
    return measured(
        ClockName.END_TO_END,
        time,
        terms,
        marks.handed_in or marks.intake or marks.received,
        marks.delivered if facts.by_post else marks.delivered or marks.closed,
        at,
        working_days(int(constant.value)) if constant else None,
        limit=f"{constant.value} {Unit.WORKING_DAYS}" if constant else None,
        rule="lead_time.target_days",
        citation=constant.citation if constant else None,
        status=constant.status if constant else None,
    )
