"""When something will probably be there, told from what took place before: an interval with its measured coverage.

Nothing here is a promise. Spans are working microseconds, so a weekend between neither hides nor makes a delay.
"""

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from msgspec import Struct

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
ANY_DAY = 7
ANY_PROCEDURE = ""


class Sure(Struct, frozen=True, kw_only=True):
    """Which share of arrivals an interval is to hold, in percent, and how much history it takes at least."""

    confidence_percent: int
    least: int


class Terms(Sure, frozen=True, kw_only=True):
    """How estimates are made, with how much history at most: so many spans, and so many days."""

    most: int
    days: int


class Key(Struct, frozen=True, order=True):
    """Whose history it is. Without a procedure it is that of all of them, and without a weekday (7) of all days."""

    clock: str
    route: str
    procedure: str = ANY_PROCEDURE
    weekday: int = ANY_DAY


class Span(Struct, frozen=True, order=True):
    """One finished clock."""

    stopped_at: datetime
    started_at: datetime
    dossier: str
    worked: int


class History(Struct, frozen=True, kw_only=True):
    """The latest spans of a key, shortest first, and how often an interval told at the start held the end."""

    key: Key
    spans: tuple[int, ...]
    judged: int
    inside: int

    @property
    def coverage_percent(self) -> int | None:
        """The measured coverage, rounded down; None where nothing could be judged."""
        return self.inside * 100 // self.judged if self.judged else None


class Estimate(Struct, frozen=True, kw_only=True):
    """An interval for the end of a clock, the history it comes from, and what share of such intervals held."""

    clock: str
    low: datetime
    high: datetime
    confidence_percent: int
    coverage_percent: int
    judged: int
    spans: int
    by_procedure: bool
    by_weekday: bool


def interval(spans: Sequence[int], elapsed: int, terms: Sure) -> tuple[int, int] | None:
    """Give the interval of the next span, knowing that it has lasted `elapsed` already; None where history is too thin.

    The ranks are those of split conformal prediction: if spans come in no particular order, the next one lies between
    the ranks k and n + 1 - k with a probability of at least 1 - 2k / (n + 1). Spans are ascending.
    """
    longer = spans[bisect_right(spans, elapsed) :]
    count = len(longer)
    if count < terms.least:
        return None
    rank = (count + 1) * (100 - terms.confidence_percent) // 200
    if rank < 1:
        return None
    return longer[rank - 1], longer[count - rank]


def walk_forward(spans: Iterable[Span], terms: Terms) -> tuple[int, int]:
    """Judge each span by what was known when it began: how many intervals could be told, and how many held.

    Nothing that ended later takes part in an interval, so this is what would have been told to people then.
    """
    ended = sorted(spans)
    judged = inside = 0
    known: list[int] = []
    latest: deque[int] = deque()
    at = 0
    for span in sorted(ended, key=lambda each: (each.started_at, each.dossier)):
        while at < len(ended) and ended[at].stopped_at < span.started_at:
            insort(known, ended[at].worked)
            latest.append(ended[at].worked)
            if len(latest) > terms.most:
                del known[bisect_left(known, latest.popleft())]
            at += 1
        if (told := interval(known, 0, terms)) is not None:
            judged += 1
            inside += told[0] <= span.worked <= told[1]
    return judged, inside


def histories(finished: Iterable[tuple[Key, Span]], terms: Terms) -> Iterator[History]:
    """Make the histories of every key at every fineness; keys whose history is too thin for any answer are left out.

    `finished` has full keys: with procedure and weekday.
    """
    grouped: dict[Key, list[Span]] = {}
    for key, span in finished:
        for coarser in _coarser(key):
            grouped.setdefault(coarser, []).append(span)
    for key, spans in sorted(grouped.items()):
        if len(spans) < terms.least:
            continue
        newest = sorted(spans)[-terms.most :]
        judged, inside = walk_forward(spans, terms)
        yield History(
            key=key, spans=tuple(sorted(span.worked for span in newest)), judged=judged, inside=inside
        )


def weekday_of(at: datetime) -> int:
    """The local weekday of an instant, Monday being 0."""
    return at.astimezone(LOCAL).weekday()


def wanted_keys(clock: str, route: str, procedure: str | None, started_at: datetime) -> tuple[Key, ...]:
    """List the keys that tell of a running clock, finest first; without a procedure none tells of its kind."""
    full = Key(clock, route, procedure or ANY_PROCEDURE, weekday_of(started_at))
    return tuple(_coarser(full)) if procedure else (full, Key(clock, route))


def chosen(
    keys: Sequence[Key], known: Mapping[Key, History], elapsed: int, terms: Sure
) -> tuple[History, tuple[int, int]] | None:
    """Choose the finest history that can tell of a span and whose intervals were judged often enough."""
    for key in keys:
        history = known.get(key)
        if history is None or history.judged < terms.least:
            continue
        if (told := interval(history.spans, elapsed, terms)) is not None:
            return history, told
    return None


def _coarser(key: Key) -> Iterator[Key]:
    yield key
    yield Key(key.clock, key.route, key.procedure)
    yield Key(key.clock, key.route, ANY_PROCEDURE, key.weekday)
    yield Key(key.clock, key.route)


def by_clock(found: Iterable[History]) -> dict[str, tuple[int, int]]:
    """Sum up over all routes how many intervals were judged and how many held, by clock: each span once."""
    whole = [each for each in found if each.key == Key(each.key.clock, each.key.route)]
    whole.sort(key=lambda each: each.key.clock)
    return {
        clock: (sum(each.judged for each in of_clock), sum(each.inside for each in of_clock))
        for clock, group in groupby(whole, key=lambda each: each.key.clock)
        for of_clock in [list(group)]
    }
