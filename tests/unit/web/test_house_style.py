"""The one stylesheet: small, colours by variables alone, readable in light and in dark."""

import re

import pytest

from postal.web.assets import FOLDER
from postal.web.rendering import environment

CSS = (FOLDER / "postal.css").read_text(encoding="utf-8")
BLOCKS = re.findall(r":root \{([^}]*)\}", CSS)
TEXT = ("ink", "soft", "link", "brand", "good", "warn", "bad")


def colours(block):
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


def luminance(colour):
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


LIGHT = colours(BLOCKS[0])
DARK = {**LIGHT, **colours(BLOCKS[1])}


def test_the_stylesheet_is_at_most_fifteen_kilobytes():
    assert len(CSS.encode()) <= 15_000


def test_colours_stand_in_the_variables_alone():
    rest = re.sub(r":root \{[^}]*\}", "", CSS)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(", rest) == []
    assert set(re.findall(r"var\(--([a-z-]+)\)", CSS)) <= {*LIGHT, "cross"}


@pytest.mark.parametrize("shown", [LIGHT, DARK], ids=["light", "dark"])
def test_text_stands_out_from_what_is_behind_it(shown):
    pairs = [(text, ground) for text in TEXT for ground in ("ground", "tint")] + [("on-bar", "bar")]
    faint = {pair: round(contrast(shown[pair[0]], shown[pair[1]]), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in faint.items() if ratio < 4.5} == {}
    # What bounds a field or marks the focus needs less.
    assert contrast(shown["soft"], shown["ground"]) >= 3
    assert contrast(shown["ink"], shown["focus"]) >= 3 or contrast(shown["focus"], shown["ground"]) >= 3
    assert contrast(shown["line"], shown["ground"]) >= 2.9


def test_the_dark_colours_are_other_ones():
    assert {name for name in LIGHT if name not in {"focus", "paper", "on-bar"}} <= set(colours(BLOCKS[1])) | {
        "on-bar"
    }


def test_a_verdict_is_told_by_shape_and_pattern_besides_colour():
    shapes = {
        tone: re.search(rf"\.verdict\.{tone}::before \{{ clip-path: ([^;]+);", CSS)[1]
        for tone in ("ok", "repeated", "wrong", "bad")
    }
    assert len(set(shapes.values())) == 4


def test_templates_hold_no_style_and_no_script_of_their_own():
    made = environment()
    for name in made.list_templates():
        text, _, _ = made.loader.get_source(made, name)
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"|<script(?![^>]*src=)", text), name
