"""Charts say what their tables say: lengths go with the figures, and whatever names hold the SVG stays well formed."""

import re
from functools import cache, partial
from itertools import pairwise
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from postal.proportions import interval
from postal.web.charts import WIDTH, Part, Point, Series, legs, stacked, trend
from postal.web.rendering import decimal, environment

NAMES = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Cn"), blacklist_characters="\ufffe\uffff"),
    min_size=1,
    max_size=30,
) | st.sampled_from(["</text><script>alert(1)</script>", "\"><svg onload='x'>", "Bưu cục Ông Ích & Ân"])
VALUES = st.integers(0, 5_000) | st.floats(0, 5_000, allow_nan=False).map(lambda value: round(value, 1))
SOURCE = """{% from "web/_charts.html" import stacked_chart, trend_chart with context %}
{{ stacked_chart("a", title, title, bars) }}{{ trend_chart("b", title, title, line) }}"""
SVG = "{http://www.w3.org/2000/svg}"


@st.composite
def charts(draw):
    parts = draw(st.integers(1, 8))
    names = [(draw(NAMES), "English") for _ in range(parts)]
    series = [
        Series(draw(NAMES), tuple(Part(name, draw(VALUES)) for name in names))
        for _ in range(draw(st.integers(1, 5)))
    ]
    points = []
    for at in range(draw(st.integers(1, 14))):
        of = draw(st.integers(0, 30))
        hits = draw(st.integers(0, of))
        low, high = interval(hits, of) or (0.0, 1.0)
        points.append(Point(f"{at:02d}/2026", hits / of if of else None, low, high, hits, of))
    return series, points


@cache
def template():
    return environment().from_string(SOURCE)


def drawn(title, bars, line):
    given = {"t": lambda vi, _: vi, "_": lambda text, *_: text, "decimal": partial(decimal, "en")}
    return template().render(given, title=title, bars=bars, line=line)


@given(charts())
def test_lengths_are_in_proportion_and_parts_lie_end_to_end(given_):
    series, _ = given_
    chart = stacked(series)
    longest = max(one.whole for one in series)
    for row in chart.rows:
        place = 0
        for block in row.blocks:
            assert block.x == place
            place += block.width
            # Rounded on both sides, and a part that is there is seen.
            exact = block.part.value / longest * WIDTH if longest else 0
            assert abs(block.width - exact) <= 1 + len(row.blocks)
            assert block.width >= (1 if block.part.value else 0)
        assert place <= WIDTH + len(row.blocks)


@given(st.lists(st.integers(0, 9_999), min_size=1, max_size=6).filter(any))
def test_the_parts_of_one_whole_fill_the_width(values):
    chart = legs("Cả quá trình", [Part((str(at), str(at)), value) for at, value in enumerate(values)])
    [row] = chart.rows
    assert abs(sum(block.width for block in row.blocks) - WIDTH) <= len(values)
    assert legs("", [Part(("a", "a"), 0)]).rows == ()


@given(charts())
def test_a_line_goes_through_its_shares_within_its_band(given_):
    _, points = given_
    chart = trend(points)
    assert [dot.point for dot in chart.dots] == [point for point in points if point.share is not None]
    height = chart.base - chart.top
    for dot in chart.dots:
        assert dot.top <= dot.y <= dot.foot
        assert abs((chart.base - dot.y) / height - dot.point.share) <= 1 / height
        assert chart.left <= dot.x <= chart.width
    assert sorted(dot.x for dot in chart.dots) == [dot.x for dot in chart.dots]
    # Nothing is drawn across a month in which nothing was counted.
    steps = sum(len(line.split()) - 1 for line in chart.lines)
    assert steps == sum(a.share is not None and b.share is not None for a, b in pairwise(points))


@given(charts(), NAMES)
def test_whatever_names_hold_the_drawing_parses_and_its_table_says_the_same(given_, title):
    series, points = given_
    bars = stacked(series)
    text = drawn(title, bars, trend(points))
    assert "<script" not in text
    roots = [
        ET.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))
        for svg in re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    ]
    assert roots
    pictures = [root for root in roots if root.get("role") == "img"]
    for root in pictures:
        assert root.find(f"{SVG}title").text == title or not title.strip()
        assert root.find(f"{SVG}desc").text.strip()
    widths = [int(rect.get("width")) for rect in pictures[0].findall(f"{SVG}rect")]
    assert widths == [block.width for row in bars.rows for block in row.blocks if block.width]
    cells = re.findall(
        r'<td [^>]*class="number">([\d.]+)</td>', text[: text.index('id="b"')] if 'id="b"' in text else text
    )
    told = [float(cell) for cell in cells[: sum(len(one.parts) for one in series)]]
    assert told == [float(f"{part.value:.1f}") for one in series for part in one.parts]
    assert {rect.get("fill") for root in pictures for rect in root.findall(f"{SVG}rect")} <= {
        f"url(#a-p{at})" for at in range(6)
    }
