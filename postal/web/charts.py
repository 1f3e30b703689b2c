"""Charts as shapes in whole units; `web/_charts.html` draws them, and under each a table that says the same.

Nothing here knows what is drawn: a noun gives names and numbers. Parts differ by pattern, never by colour alone; the
patterns are drawn in colours of the stylesheet, so they follow light and dark.
"""

from collections.abc import Sequence
from fractions import Fraction

from msgspec import Struct

WIDTH = 720
BAR, GAP = 26, 36
"""The height of a bar, and of the line above it on which its name stands."""

TREND_HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 220, 52, 28, 12, 34
PATTERNS = 6
"""So many parts are told apart; more begin again."""

MOST_LABELS = 12

Words = tuple[str, str]


class Part(Struct, frozen=True):
    """One part of a bar: what it is, and how much of it there is."""

    name: Words
    value: float


class Series(Struct, frozen=True):
    """One bar: its name and its parts, in the same order for each bar."""

    name: str
    parts: tuple[Part, ...]

    @property
    def whole(self) -> float:
        """Add the parts up."""
        return sum(part.value for part in self.parts)


class Block(Struct, frozen=True, kw_only=True):
    """A part as it is drawn; `pattern` counts from 0."""

    part: Part
    pattern: int
    x: int
    width: int


class Row(Struct, frozen=True, kw_only=True):
    """A bar as it is drawn, with the line of its name above it."""

    series: Series
    y: int
    blocks: tuple[Block, ...]


class Stacked(Struct, frozen=True, kw_only=True):
    """Bars of parts, all to one scale: the longest is as long as the chart is wide."""

    rows: tuple[Row, ...]
    parts: tuple[Words, ...]
    height: int
    width: int = WIDTH
    bar: int = BAR


class Point(Struct, frozen=True):
    """A share at a time with the interval that it is known to; without a share nothing was counted."""

    name: str
    share: float | None
    low: float
    high: float
    hits: int
    of: int


class Dot(Struct, frozen=True, kw_only=True):
    """A point as it is drawn."""

    point: Point
    x: int
    y: int
    top: int
    foot: int


class Label(Struct, frozen=True):
    """A name below a point, drawn or not; where there is little room only major ones stand."""

    name: str
    x: int
    is_major: bool


class Trend(Struct, frozen=True, kw_only=True):
    """A line of shares from 0 to 100 % with the band of their intervals; both pause where nothing was counted."""

    dots: tuple[Dot, ...]
    points: tuple[Point, ...]
    labels: tuple[Label, ...]
    lines: tuple[str, ...]
    bands: tuple[str, ...]
    base: int
    top: int
    left: int = LEFT
    width: int = WIDTH
    height: int = TREND_HEIGHT


def stacked(series: Sequence[Series]) -> Stacked:
    """Lay bars out below one another. A part that is not nothing is at least one unit wide, so that it is seen."""
    longest = max((one.whole for one in series), default=0)
    rows = [
        Row(series=one, y=at * (BAR + GAP) + GAP, blocks=_blocks(one, longest))
        for at, one in enumerate(series)
    ]
    names = series[0].parts if series else ()
    return Stacked(
        rows=tuple(rows), parts=tuple(part.name for part in names), height=len(rows) * (BAR + GAP) + 4
    )


def legs(name: str, parts: Sequence[Part]) -> Stacked:
    """Lay one whole out as its parts: where time goes by leg."""
    return stacked([Series(name, tuple(parts))] if any(part.value for part in parts) else [])


def trend(points: Sequence[Point]) -> Trend:
    """Lay a line out from left to right."""
    step = Fraction(WIDTH - LEFT - RIGHT, max(1, len(points) - 1))
    named = -(-len(points) // MOST_LABELS)
    places = [round(LEFT + at * step) for at in range(len(points))]
    dots = [
        Dot(point=point, x=x, y=_down(point.share), top=_down(point.high), foot=_down(point.low))
        for x, point in zip(places, points, strict=True)
        if point.share is not None
    ]
    runs = _runs(points, {dot.point: dot for dot in dots})
    return Trend(
        dots=tuple(dots),
        points=tuple(points),
        labels=tuple(
            Label(points[at].name, places[at], at % (3 * named) == 0)
            for at in range(0, len(points), named or 1)
        ),
        lines=tuple(" ".join(f"{dot.x},{dot.y}" for dot in run) for run in runs if len(run) > 1),
        bands=tuple(_band(run) for run in runs if len(run) > 1),
        base=_down(0),
        top=_down(1),
    )


def _blocks(series: Series, longest: float) -> tuple[Block, ...]:
    drawn, begin, before = [], 0, 0.0
    for at, part in enumerate(series.parts):
        before += part.value
        end = round(before / longest * WIDTH) if longest else 0
        end = max(end, begin + 1 if part.value else begin)
        drawn.append(Block(part=part, pattern=at % PATTERNS, x=begin, width=end - begin))
        begin = end
    return tuple(drawn)


def _down(share: float | None) -> int:
    return round(TREND_HEIGHT - BOTTOM - (share or 0) * (TREND_HEIGHT - BOTTOM - TOP))


def _runs(points: Sequence[Point], drawn: dict[Point, Dot]) -> list[list[Dot]]:
    """Part the dots where a point between them has no share."""
    runs: list[list[Dot]] = [[]]
    for point in points:
        if point in drawn:
            runs[-1].append(drawn[point])
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _band(run: Sequence[Dot]) -> str:
    above = [f"{dot.x},{dot.top}" for dot in run]
    below = [f"{dot.x},{dot.foot}" for dot in reversed(run)]
    return " ".join((*above, *below))
