"""Lengths of spans without their waits, and parts that sum to the whole."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from postal.calendars.rules import DayShare, WorkingTime
from shipments.clocks.rules.marks import Marks
from shipments.clocks.rules.model import Facts, Part, Wait
from shipments.custody.rules import Step

MICROSECOND = timedelta(microseconds=1)
CITIZEN_WAIT = "citizen_wait"
Piece = tuple[str, datetime, datetime]


def clipped(waits: Iterable[Wait], begin: datetime, end: datetime) -> tuple[Wait, ...]:
    """Keep what falls within a span; an open wait stays open in name and reaches to the end."""
    kept = []
    for wait in waits:
        start, stop = max(wait.start, begin), min(wait.end or end, end)
        if start < stop or (wait.end is None and begin <= wait.start <= end):
            kept.append(Wait(kind=wait.kind, start=start, end=None if wait.end is None else stop))
    return tuple(kept)


def lengths(time: WorkingTime, begin: datetime, end: datetime, waits: Iterable[Wait] = ()) -> tuple[int, int]:
    """Calendar and working microseconds from begin to end, waits left out."""
    calendar, working = (end - begin) // MICROSECOND, time.between(begin, end)
    for wait in waits:
        stop = wait.end or end
        calendar -= (stop - wait.start) // MICROSECOND
        working -= time.between(wait.start, stop)
    return calendar, working


def day_shares(
    time: WorkingTime, begin: datetime, end: datetime, waits: Sequence[Wait] = ()
) -> Iterator[DayShare]:
    """Derive a span day by day, waits left out; the shares sum to its working time."""
    waited: dict[object, int] = {}
    for wait in waits:
        for share in time.shares(wait.start, wait.end or end):
            waited[share.day] = waited.get(share.day, 0) + share.worked
    for share in time.shares(begin, end):
        yield DayShare(
            day=share.day,
            worked=share.worked - waited.get(share.day, 0),
            working_day=share.working_day,
            note=share.note or (CITIZEN_WAIT if waited.get(share.day) else ""),
        )


def stage_parts(
    time: WorkingTime, marks: Marks, waits: Sequence[Wait], begin: datetime, end: datetime
) -> tuple[Part, ...]:
    """Cut the whole where one stage ends and the next begins; a stage whose end is unknown reaches to the next.

    Waits for the citizen are cut out of the work on the case and shown apart.
    """
    borders = (
        ("inbound", marks.handover if marks.handed_in else None, begin if marks.handed_in is None else None),
        ("intake", marks.intake_done or marks.received, None),
        ("processing", marks.ended, None),
        ("other", marks.ready, None),
        ("pickup_wait", marks.collected, None),
        ("return", marks.told or marks.delivered, None),
        (CITIZEN_WAIT, None, end),
    )
    ends: list[datetime] = []
    following = end
    for _, mark, instant in reversed(borders):
        following = instant or (mark.at if mark else following)
        ends.append(following)
    pieces: list[Piece] = []
    at = begin
    for (name, _, _), border in zip(borders, reversed(ends), strict=True):
        until = min(max(border, at), end)
        pieces += _without_waits(name, at, until, waits) if name == "processing" else [(name, at, until)]
        at = until
    return _summed(time, pieces)


def holder_parts(time: WorkingTime, facts: Facts, begin: datetime, end: datetime) -> tuple[Part, ...]:
    """Cut the whole by who held the papers, then their result from its first step on."""
    changed = facts.result[0].at if facts.result else None
    steps = [step for step in facts.papers if changed is None or step.at < changed]
    history = sorted((*steps, *facts.result), key=lambda step: (step.at, step.row))
    holder, at, pieces = facts.desk, begin, []
    for step in history:
        if step.at > end:
            break
        until = max(step.at, at)
        pieces.append((holder, at, until))
        holder, at = holder_of(step), until
    pieces.append((holder, at, max(end, at)))
    return _summed(time, pieces)


def holder_of(step: Step) -> str:
    """Name the one party that answers for the papers, or say that two claim them or that nobody is known."""
    if len(step.claims) == 1:
        return step.claims[0]
    return "CONTESTED" if step.claims else "UNKNOWN"


def _without_waits(name: str, begin: datetime, end: datetime, waits: Iterable[Wait]) -> list[Piece]:
    pieces: list[Piece] = []
    at = begin
    for wait in clipped(waits, begin, end):
        pieces += [(name, at, wait.start), (CITIZEN_WAIT, wait.start, wait.end or end)]
        at = wait.end or end
    return [*pieces, (name, at, end)]


def _summed(time: WorkingTime, pieces: Iterable[Piece]) -> tuple[Part, ...]:
    sums: dict[str, tuple[int, int]] = {}
    for name, begin, end in pieces:
        if begin == end:
            continue
        calendar, working = sums.get(name, (0, 0))
        more, more_working = lengths(time, begin, end)
        sums[name] = (calendar + more, working + more_working)
    return tuple(
        Part(name=name, calendar_us=calendar, working_us=working)
        for name, (calendar, working) in sums.items()
    )
