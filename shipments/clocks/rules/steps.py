"""C4: the case cut at every step done and every transfer, each piece with a limit of its own where one is stated."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from postal.calendars.rules import Limit, Unit
from shipments.clocks.rules.due import DueKind, DueRule, stated
from shipments.clocks.rules.marks import Marks, due_stated, waits_of
from shipments.clocks.rules.measuring import measured
from shipments.clocks.rules.model import Clock, ClockName, Facts, Mark, Terms, Wait
from shipments.clocks.rules.spans import clipped, lengths
from shipments.dossiers.rules import CaseKind

LEG_TEXT = "Phiếu chuyển xử lý (NĐ 61/2018/NĐ-CP Đ19 k6)"


class _Leg(Struct, frozen=True):
    """Who has the case, and by when its part is due."""

    unit: str | None
    due: datetime | None = None


def steps_of(facts: Facts, marks: Marks, terms: Terms, at: datetime) -> tuple[Clock, ...]:
    """Cut the case; the pieces sum to C3 where both begin together and end under one version of the calendar.

    A leg between agencies (liên thông) has the limit that its transfer states and no clock beside these: C3 runs once
    over all of them, so that a dossier counts once however many agencies it goes through.
    """
    started = marks.received
    if started is None:
        return ()
    end = marks.ended if marks.ended and marks.ended.at >= started.at else None
    clocks: list[Clock] = []
    leg = _Leg(facts.desk)
    for event in sorted(facts.events, key=lambda event: (event.at, event.id)):
        if event.kind not in (CaseKind.STEP_DONE, CaseKind.TRANSFERRED) or event.at < started.at:
            continue
        if end is not None and event.at > end.at:
            break
        mark = facts.of_event(event)
        transferred = event.kind is CaseKind.TRANSFERRED
        party = leg.unit if transferred else event.body.get("unit") or leg.unit
        step = None if transferred else event.body.get("step")
        clocks.append(_step(terms, len(clocks), started, mark, at, leg, party=party, step=step))
        started = mark
        if transferred:
            leg = _Leg(event.body.get("unit") or leg.unit, due_stated(event))
    clocks.append(_step(terms, len(clocks), started, end, at, leg, party=leg.unit, step=None))
    waits = waits_of(marks.case)
    return tuple(_less_waits(clock, waits, at) for clock in clocks)


def _step(
    terms: Terms,
    ordinal: int,
    started: Mark,
    stopped: Mark | None,
    at: datetime,
    leg: _Leg,
    *,
    party: str | None,
    step: str | None,
) -> Clock:
    limit = terms.steps.get(step) if step else None
    if leg.due is not None:
        rule: DueRule | None = stated(leg.due)
    else:
        rule = DueRule(kind=DueKind.LIMIT, limit=Limit(limit.hours, Unit.WORKING_HOURS)) if limit else None
    clock = measured(
        ClockName.STEP,
        terms.working,
        terms,
        started,
        stopped,
        at,
        rule,
        ordinal=ordinal,
        party=party,
        step=step,
        rule="step.leg" if leg.due is not None else "step",
    )
    if leg.due is not None:
        return replace(clock, citation=LEG_TEXT, status="found")
    if limit is None:
        return clock
    return replace(
        clock,
        limit=f"{limit.hours} {Unit.WORKING_HOURS}",
        citation=limit.citation,
        status=limit.status,
    )


def _less_waits(clock: Clock, waits: tuple[Wait, ...], at: datetime) -> Clock:
    if clock.started is None:
        return clock
    end = clock.stopped.at if clock.stopped else at
    kept = clipped(waits, clock.started.at, end)
    calendar_us, working_us = lengths(clock.time, clock.started.at, end, kept)
    return replace(clock, waits=kept, calendar_us=calendar_us, working_us=working_us)
