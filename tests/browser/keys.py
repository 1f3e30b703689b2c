"""A person without a mouse: where Tab leads on a page, and filling a form by keys alone."""

from typing import Any

from playwright.async_api import Page

WATCH = """
() => {
  const usable = (element) => element.tabIndex >= 0 && !element.disabled && element.type !== 'hidden'
    && element.checkVisibility({visibilityProperty: true}) && !element.closest('[inert]');
  const kinds = 'a[href],button,input,select,textarea,summary,[tabindex]';
  const told = (element) => element.outerHTML.slice(0, 90);
  // A live part is made anew while somebody goes through it: a place is known by what it says, not by its node.
  const said = (element) => {
    // Tab leads into a group of radio buttons once, the arrows go on from there.
    if (element.type === 'radio') return `${element.form?.action} ${element.name}`;
    if (element.id) return `#${element.id}`;
    const tag = element.cloneNode(false);
    tag.removeAttribute('class');
    return tag.outerHTML + (element.matches('a,button,summary') ? element.textContent : '');
  };
  const look = () => {
    const times = new Map(), named = new Map();
    for (const element of [...document.querySelectorAll(kinds)].filter(usable)) {
      const name = said(element), time = times.get(name) ?? 0;
      times.set(name, time + 1);
      named.set(element, time && element.type !== 'radio' ? `${name} ${time}` : name);
    }
    return named;
  };
  const first = new Map();
  for (const [element, name] of look()) if (!first.has(name)) first.set(name, told(element));
  const places = [...first.keys()];
  window.tabbed = {places: [...first.values()], reached: [], unseen: [], backward: []};
  const shows = ({outlineStyle, outlineWidth, boxShadow}) =>
    (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1) || boxShadow !== 'none';
  // A page may begin in a field: then the way leads from there to the end, and from the beginning back to the field.
  const begin = places.indexOf(look().get(document.activeElement)) + 1;
  let last = -1;
  document.addEventListener('focusin', (event) => {
    const at = places.indexOf(look().get(event.target));
    if (at < 0 || window.tabbed.reached.includes(at)) return;
    const step = (at - begin + places.length) % places.length;
    if (step < last) window.tabbed.backward.push(told(event.target));
    last = step;
    window.tabbed.reached.push(at);
    if (!shows(getComputedStyle(event.target))) window.tabbed.unseen.push(told(event.target));
  });
}
"""
FIELDS_INSIDE = 6
"""A field for a date or a time is several stops of Tab in Chromium."""


async def tab_through(page: Page) -> list[str]:
    """Press Tab from the beginning of a page to its end; gives what is wrong with the way."""
    await page.evaluate(WATCH)
    places = await page.evaluate("tabbed.places.length")
    dated = await page.locator("input[type^=date],input[type=time],input[type=month]").count()
    for _ in range(places + FIELDS_INSIDE * dated + 1):
        await page.keyboard.press("Tab")
    seen: dict[str, Any] = await page.evaluate("tabbed")
    missed = [place for at, place in enumerate(seen["places"]) if at not in seen["reached"]]
    return [
        *(f"Tab does not reach {place}" for place in missed),
        *(f"focus is not seen on {place}" for place in seen["unseen"]),
        *(f"Tab leads back to {place}" for place in seen["backward"]),
    ]


async def tab_to(page: Page, selector: str, most: int = 120) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(most):
        if await page.evaluate("(selector) => document.activeElement?.matches(selector)", selector):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {selector} on {page.url}")


async def fill(page: Page, fields: dict[str, str], submit: str = "button[type=submit]") -> None:
    """Fill fields by typing and send the form with Enter on its button, as somebody without a mouse does."""
    for selector, text in fields.items():
        await tab_to(page, selector)
        await page.keyboard.type(text)
    await tab_to(page, submit)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
