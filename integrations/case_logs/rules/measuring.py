"""What a log says of times: how long each case took, against its deadline, and who had it meanwhile.

The events of a log are completions, so the time up to each belongs to the unit that completed it; what is left after
the last one, and what nobody signed for, belongs to the authority. The parts of a case therefore sum to its whole, in
calendar time and in working time, to the microsecond.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

import numpy as np
from msgspec import Struct

from integrations.case_logs.rules.mapping import CaseRecord, Mapped
from postal.calendars.rules import WorkingTime
from postal.calendars.rules.working_time import micros


class Part(Struct, frozen=True):
    """What one holder had of a case."""

    holder: str
    calendar_us: int
    working_us: int


class Measured(Struct, frozen=True, kw_only=True):
    """A finished case. `late_working_us` is negative by what was left of the limit; None without a deadline."""

    code: str
    procedure: str
    calendar_us: int
    working_us: int
    late: bool | None
    late_calendar_us: int | None
    late_working_us: int | None
    parts: tuple[Part, ...]


class Spread(Struct, frozen=True, kw_only=True):
    """A group of cases: percentiles by nearest rank, so that each is the time of a case."""

    name: str
    cases: int
    on_time: int
    late: int
    calendar_p50_us: int
    calendar_p90_us: int
    working_p50_us: int
    working_p90_us: int
    late_working_p50_us: int | None


class Share(Struct, frozen=True, kw_only=True):
    """What a holder had of all cases together."""

    holder: str
    cases: int
    calendar_us: int
    working_us: int


class Table(Struct, frozen=True, kw_only=True):
    """A log measured as a whole. Cases that have not ended, or ended before they began, are only counted."""

    cases: int
    measured: int
    unfinished: int
    ended_before_start: int
    all: Spread
    by_procedure: tuple[Spread, ...]
    by_holder: tuple[Share, ...]


def measure(taken: Iterable[Mapped], authority: str, time: WorkingTime) -> list[Measured]:
    """Measure every case that ended, in the order of their codes; all instants go through the calendar at once."""
    cases: dict[str, list[Mapped]] = {}
    for each in taken:
        cases.setdefault(each.case.code, []).append(each)
    cut = [
        (rows[0].case, *_cut(rows, authority))
        for _, rows in sorted(cases.items())
        if rows[0].case.ended is not None and not rows[0].case.ends_early
    ]
    instants = [micros(at) for case, borders, _ in cut for at in (*borders, case.due or borders[-1])]
    worked = time.worked_many(np.array(instants, dtype=np.int64)).tolist()
    found = []
    first = 0
    for case, borders, holders in cut:
        last = first + len(borders)
        found.append(_measured(case, holders, instants[first : last + 1], worked[first : last + 1]))
        first = last + 1
    return found


def tabulate(cases: Sequence[CaseRecord], measured: Sequence[Measured]) -> Table:
    """Sum up what was measured."""
    procedures = sorted({each.procedure for each in measured})
    shares: dict[str, list[Part]] = {}
    for each in measured:
        for part in each.parts:
            shares.setdefault(part.holder, []).append(part)
    return Table(
        cases=len(cases),
        measured=len(measured),
        unfinished=sum(case.ended is None for case in cases),
        ended_before_start=sum(case.ends_early for case in cases),
        all=_spread("", measured),
        by_procedure=tuple(
            _spread(name, [each for each in measured if each.procedure == name]) for name in procedures
        ),
        by_holder=tuple(
            sorted(
                (
                    Share(
                        holder=holder,
                        cases=len(parts),
                        calendar_us=sum(part.calendar_us for part in parts),
                        working_us=sum(part.working_us for part in parts),
                    )
                    for holder, parts in shares.items()
                ),
                key=lambda share: (-share.working_us, share.holder),
            )
        ),
    )


def _cut(rows: Sequence[Mapped], authority: str) -> tuple[list[datetime], list[str]]:
    """Cut a case at its events: the borders, start and end among them, and who had it between each two."""
    case = rows[0].case
    end = case.ended or case.started
    done = sorted(
        (each.event for each in rows), key=lambda event: (event.at, event.activity, event.unit or "")
    )
    borders, holders = [case.started], []
    for event in done:
        at = min(max(event.at, case.started), end)
        if at > borders[-1]:
            borders.append(at)
            holders.append(event.unit or authority)
    borders.append(end)
    holders.append(authority)
    return borders, holders


def _measured(case: CaseRecord, holders: Sequence[str], at: Sequence[int], worked: Sequence[int]) -> Measured:
    calendar: dict[str, int] = {}
    working: dict[str, int] = {}
    for holder, (begin, end), (low, high) in zip(
        holders, pairwise(at[:-1]), pairwise(worked[:-1]), strict=True
    ):
        calendar[holder] = calendar.get(holder, 0) + end - begin
        working[holder] = working.get(holder, 0) + high - low
    has_due = case.due is not None
    return Measured(
        code=case.code,
        procedure=case.procedure,
        calendar_us=at[-2] - at[0],
        working_us=worked[-2] - worked[0],
        late=at[-2] > at[-1] if has_due else None,
        late_calendar_us=at[-2] - at[-1] if has_due else None,
        late_working_us=worked[-2] - worked[-1] if has_due else None,
        parts=tuple(
            Part(holder, calendar[holder], working[holder]) for holder in sorted(calendar) if calendar[holder]
        ),
    )


def _spread(name: str, measured: Sequence[Measured]) -> Spread:
    late = [each.late_working_us for each in measured if each.late and each.late_working_us is not None]
    calendar = [each.calendar_us for each in measured]
    working = [each.working_us for each in measured]
    return Spread(
        name=name,
        cases=len(measured),
        on_time=sum(each.late is False for each in measured),
        late=len(late),
        calendar_p50_us=_rank(calendar, 50) or 0,
        calendar_p90_us=_rank(calendar, 90) or 0,
        working_p50_us=_rank(working, 50) or 0,
        working_p90_us=_rank(working, 90) or 0,
        late_working_p50_us=_rank(late, 50),
    )


def _rank(values: Sequence[int], percent: int) -> int | None:
    """The nearest rank: the least value that at least so many percent do not exceed."""
    return sorted(values)[-(-len(values) * percent // 100) - 1] if values else None
