"""What is asked of every page: valid HTML, no violation that axe finds, one heading, no sideways scroll."""

from functools import cache
from importlib.resources import files
from typing import Any

from justhtml import JustHTML
from playwright.async_api import Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
"""WCAG 2.2 AA, and what axe holds for good practice."""

LOOK = """
async ([tags, contrast]) => {
  const found = await axe.run(document, {
    runOnly: {type: 'tag', values: tags}, resultTypes: ['violations'], elementRef: false,
    rules: {'color-contrast': {enabled: contrast}},
  });
  const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
  const wide = [...document.querySelectorAll('body *')].filter((element) =>
    element.getBoundingClientRect().right > innerWidth + 1 && !element.closest('.scroller')
  );
  return {
    violations: found.violations.map((one) =>
      `${one.id}: ${one.nodes.slice(0, 4).map((node) => node.html.slice(0, 160)).join(' | ')}`
    ),
    title: document.title,
    lang: document.documentElement.lang,
    headings: document.querySelectorAll('h1').length,
    twice: ids.filter((id, at) => ids.indexOf(id) !== at),
    inner: innerWidth,
    scroll: document.documentElement.scrollWidth,
    wide: wide.slice(0, 4).map((element) => element.outerHTML.slice(0, 120)),
  };
}
"""

DRESSES = """
() => {
  const dress = (element) => element ? [element.localName, ...[...element.classList].sort()].join('.') : '';
  return [...new Set([...document.querySelectorAll('body, body *')].map((element) =>
    `${dress(element.parentElement)} > ${dress(element)}`
  ))];
}
"""
"""What decides the colours of an element, since one stylesheet has them all: its kind and classes, in those around."""


@cache
def axe_script() -> str:
    """Give axe, for `add_init_script` or `evaluate`."""
    return (files("axe_playwright_python") / "axe.min.js").read_text()


async def judge(page: Page, language: str, worn: set[str] | None = None) -> tuple[str, list[str]]:
    """Look at the page that stands in a browser; gives its title and its faults.

    Contrast takes axe far longer than all the rest: with `worn`, only a page with something dressed as nothing before
    it is asked for it.
    """
    await page.evaluate(axe_script())
    new = worn is None or not worn.issuperset(dresses := await page.evaluate(DRESSES))
    seen: dict[str, Any] = await page.evaluate(LOOK, [TAGS, new])
    if worn is not None:
        worn.update(dresses)
    faults = list(seen["violations"])
    if seen["lang"] != language:
        faults.append(f"lang is {seen['lang']}")
    if seen["headings"] != 1:
        faults.append(f"{seen['headings']} h1")
    if seen["twice"]:
        faults.append(f"ids twice: {seen['twice']}")
    if seen["scroll"] > seen["inner"]:
        faults.append(f"{seen['scroll']} px wide in {seen['inner']}: {seen['wide']}")
    return seen["title"], faults


def parse_faults(html: str) -> list[str]:
    """Give what a strict parser says of a page."""
    return [f"HTML: {error}" for error in JustHTML(html, collect_errors=True, sanitize=False).errors]
