"""Measuring and judging one clock by the version of the calendar that holds for it."""

from datetime import datetime

from postal.calendars.rules import WorkingTime
from shipments.clocks.rules.due import DueRule
from shipments.clocks.rules.judging import due_from, judged
from shipments.clocks.rules.model import Clock, ClockName, Mark, Terms, Verdict
from shipments.clocks.rules.spans import lengths


def measured(
    name: ClockName,
    newest: WorkingTime,
    terms: Terms,
    started: Mark | None,
    stopped: Mark | None,
    at: datetime,
    due_rule: DueRule | None,
    **described: str | int | None,
) -> Clock:
    """Measure and judge a clock that never pauses.

    One that has ended keeps the version of the calendar under which it ended: what is decided later changes neither its
    length nor its verdict. An open one follows the newest, and both due instants are kept.
    """
    if started is None or (stopped is not None and stopped.at < started.at):
        stopped = None
    time = terms.known_at(newest, stopped.at if stopped else None)
    calendar_us, working_us = lengths(time, started.at, stopped.at if stopped else at) if started else (0, 0)
    verdict: Verdict | None = Verdict.NOT_STARTED
    doubt = due = due_before = verdict_before = None
    if started is not None:
        verdict = None
        if due_rule is not None:
            verdict, doubt = judged(time, started, stopped, at, due_rule, near=terms.near)
            due = due_from(time, started.at, due_rule)
            due_before, verdict_before = before_change(newest, time, terms, started, stopped, at, due_rule)
    return Clock(
        clock=name,
        started=started,
        stopped=stopped,
        calendar=time.calendar.code,
        time=time,
        calendar_us=calendar_us,
        working_us=working_us,
        due=due,
        verdict=verdict,
        begun=started.at if started else None,
        due_rule=due_rule,
        due_before=due_before,
        verdict_before=verdict_before,
        doubt=doubt,
        **described,  # type: ignore[arg-type]
    )


def before_change(
    newest: WorkingTime,
    time: WorkingTime,
    terms: Terms,
    started: Mark,
    stopped: Mark | None,
    at: datetime,
    rule: DueRule,
) -> tuple[datetime | None, Verdict | None]:
    """The due instant and verdict by the calendar known when a clock began, where a decision since then moved it."""
    then = rule.printed_by or terms.known_at(newest, started.at)
    if then.calendar.version == time.calendar.version:
        return None, None
    earlier = due_from(then, started.at, rule)
    if earlier is None or earlier == due_from(time, started.at, rule):
        return None, None
    return earlier, judged(then, started, stopped, at, rule, near=terms.near)[0]
