"""Charts as SVG shapes in whole units; a template draws them beside a table that says the same in words."""

from collections.abc import Sequence

from msgspec import Struct

from shipments.figures.rules import Rate

WIDTH, HEIGHT = 720, 180
LEFT, BOTTOM = 44, 24
PLOT = HEIGHT - BOTTOM - 8


class Bar(Struct, frozen=True, kw_only=True):
    """A bar with the interval around its end; `low` and `high` are None where nothing was counted."""

    x: int
    y: int
    width: int
    height: int
    middle: int
    low: int | None
    high: int | None


class Slice(Struct, frozen=True, kw_only=True):
    """A part of a whole on one line."""

    name: str
    x: int
    width: int
    share: float


def bars(rates: Sequence[Rate]) -> list[Bar]:
    """Lay out one bar for each share, the full height being 100 %."""
    step = (WIDTH - LEFT) / max(1, len(rates))
    drawn = []
    for at, rate in enumerate(rates):
        height = round((rate.share or 0) * PLOT)
        low, high = rate.interval
        x, width = round(LEFT + at * step + step * 0.15), max(2, round(step * 0.7))
        drawn.append(
            Bar(
                x=x,
                y=HEIGHT - BOTTOM - height,
                width=width,
                height=height,
                middle=x + width // 2,
                low=HEIGHT - BOTTOM - round(low * PLOT) if rate.of else None,
                high=HEIGHT - BOTTOM - round(high * PLOT) if rate.of else None,
            )
        )
    return drawn


def slices(parts: Sequence[tuple[str, float]]) -> list[Slice]:
    """Lay parts that sum to 1 side by side; the last one ends where the whole does."""
    drawn, before = [], 0.0
    for name, share in parts:
        x, end = round(before * WIDTH), round((before + share) * WIDTH)
        drawn.append(Slice(name=name, x=x, width=end - x, share=share))
        before += share
    return drawn
