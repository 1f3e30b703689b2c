"""Every button is one of the stylesheet's: a bare one is smaller than a finger, and than the 24 px of WCAG 2.2."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGES = ("postal", "shipments", "manifests", "integrations")
BARE = re.compile(r'<button\b(?![^>]*class="[^"]*\b(?:button|plain)\b)[^>]*>')
STACK = re.compile(r'<(?:form|fieldset|div|section)\b[^>]*class="[^"]*\bstack\b')


def test_a_button_stands_in_a_stack_or_has_a_class_of_its_own():
    bare = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("templates/**/*.html"))
        for text in [path.read_text(encoding="utf-8")]
        for found in BARE.finditer(text)
        if not STACK.search(text[max(text.rfind("<form", 0, found.start()), 0) : found.start()])
    ]
    assert not bare
