"""What one dossier adds to the figures, and what changes when it changes. Pure: no order, no present time."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from postal.network.rules import local_day
from shipments.dossiers.rules import Channel
from shipments.figures.rules.model import (
    BY_WORKING_TIME,
    NO_OFFICE,
    STATUTORY,
    Amount,
    Cell,
    ClockRow,
    Contribution,
    Deltas,
    DossierFacts,
    Part,
    Place,
)
from shipments.figures.rules.spread import bucket_of

POSTED_IN = frozenset({"submit", "both"})
POSTED_HOME = frozenset({"return", "both"})
US_IN_MS = 1_000


def contribution_of(facts: DossierFacts) -> Contribution:
    """Give everything that a dossier adds, once."""
    return Contribution(place_of(facts), tuple(sorted(_parts(facts))))


def place_of(facts: DossierFacts) -> Place:
    """Give the values by which a dossier is counted. What came by post came by post, whatever was stated besides."""
    stated = Channel.POST if facts.service_mode in POSTED_IN else facts.channel
    return Place(
        authority=facts.authority,
        desk=facts.desk,
        office=facts.office or NO_OFFICE,
        procedure=facts.procedure,
        channel=stated or Channel.DIRECT,
    )


def deltas(before: Iterable[Contribution], after: Iterable[Contribution]) -> Deltas:
    """Give what taking away the old and adding the new changes; what cancels out is left out."""
    sums: dict[Cell, Amount] = {}
    for added, contributions in ((False, before), (True, after)):
        for contribution in contributions:
            for part in contribution.parts:
                cell = Cell(
                    place=contribution.place,
                    measure=part.measure,
                    day=part.day,
                    holder=part.holder,
                    bucket=part.bucket,
                )
                amount = Amount(part.n, part.calendar_ms, part.working_ms)
                sums[cell] = sums.get(cell, Amount()) + (amount if added else -amount)
    return {cell: sums[cell] for cell in sorted(sums) if sums[cell]}


def _parts(facts: DossierFacts) -> Iterator[Part]:
    registered = local_day(facts.registered_at)
    yield _one("registered", registered)
    if facts.consent is not None:
        yield _one("chosen", registered)
    if facts.service_mode in POSTED_HOME:
        yield _one("result_by_post", registered)
    for clock in facts.clocks:
        yield from _stopped(clock)
    statutory = next(
        (clock for clock in facts.clocks if clock.clock == STATUTORY and clock.ordinal == 0), None
    )
    if statutory is not None:
        yield from _of_receipt(facts, statutory)
        yield from _of_deadline(statutory)
        if statutory.stopped_at is not None:
            yield from _of_end(facts, statutory, local_day(statutory.stopped_at))
    if _formal_home(facts):
        yield _one("formal_out", local_day(facts.closed_at or facts.registered_at))


def _stopped(clock: ClockRow) -> Iterator[Part]:
    if clock.stopped_at is None:
        return
    calendar, working = clock.calendar_us or 0, clock.working_us or 0
    counted = working if clock.clock in BY_WORKING_TIME else calendar
    yield Part(
        measure=f"{clock.clock}.{clock.verdict or 'unjudged'}",
        ordinal=clock.ordinal,
        day=local_day(clock.stopped_at),
        holder=(clock.party or "") if clock.clock == "C4" else "",
        bucket=bucket_of(counted // 1_000_000),
        calendar_ms=calendar // US_IN_MS,
        working_ms=working // US_IN_MS,
    )


def _of_receipt(facts: DossierFacts, clock: ClockRow) -> Iterator[Part]:
    day = local_day(clock.started_at)
    yield _one("received", day)
    if facts.supplements:
        yield _one("supplemented", day)
    if facts.supplements > 1:
        yield _one("supplemented_again", day)
    if facts.service_mode in POSTED_IN and not any(each.clock == "C1" for each in facts.clocks):
        yield _one("formal_in", day)
    if _papers_shown(facts):
        yield _one("digitised_papers", day)


def _of_deadline(clock: ClockRow) -> Iterator[Part]:
    """Count a deadline on its day, unless the clock stands still before it: a paused dossier is not overdue."""
    if clock.due is None:
        return
    paused = clock.stopped_at is None and clock.paused_since is not None and clock.paused_since <= clock.due
    if paused:
        return
    yield _one("past_due", local_day(clock.due))
    if clock.stopped_at is not None:
        yield _one("past_due_done", local_day(max(clock.due, clock.stopped_at)))


def _of_end(facts: DossierFacts, clock: ClockRow, day: date) -> Iterator[Part]:
    completed = facts.completed_at is not None
    yield _one("completed" if completed else "returned", day)
    if completed and facts.result_files and _papers_shown(facts):
        yield _one("digitised", day)
    if facts.extensions:
        yield _one("extended", day)
    if clock.verdict_extended is not None and facts.extensions:
        yield _one(f"C3.extended_{clock.verdict_extended}", day)
    if clock.verdict_index is not None:
        yield _one(f"C3.index_{clock.verdict_index}", day)
    if clock.due is not None and clock.stopped_at is not None and clock.due >= clock.started_at:
        yield _length("promised", day, clock.started_at, clock.due)
        yield _length("taken", day, clock.started_at, clock.stopped_at)


def _papers_shown(facts: DossierFacts) -> bool:
    """Tell that there is a file for each paper; a dossier without papers has nothing to be digitised."""
    return 0 < facts.papers <= facts.paper_files


def _formal_home(facts: DossierFacts) -> bool:
    """Tell a result that was to go home by post and did not: the case is closed and the post never had it (R03)."""
    return (
        facts.service_mode in POSTED_HOME
        and facts.completed_at is not None
        and facts.closed_at is not None
        and not any(each.clock == "C6" for each in facts.clocks)
    )


def _one(measure: str, day: date) -> Part:
    return Part(measure=measure, ordinal=0, day=day)


def _length(measure: str, day: date, begin: datetime, end: datetime) -> Part:
    span = max(0, round((end - begin).total_seconds() * 1_000))
    return Part(measure=measure, ordinal=0, day=day, calendar_ms=span)
