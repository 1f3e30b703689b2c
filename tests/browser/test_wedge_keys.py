"""Scans through Chromium's own keyboard input: what the page's own keyboard player leaves to belief is seen here."""

import asyncio
from contextlib import asynccontextmanager

from tests.browser.modules import module_page
from tests.factories.typing import ENDS, US, keys_of

CODE = "DH123456785VN"
DRESS = """() => {
  document.body.innerHTML = `<main><form id="f"><label for="x">x</label><input id="x" value="cũ">
    <select id="s" aria-label="s"><option>A<option>D<option>H</select><textarea id="a" aria-label="a"></textarea>
    <button id="b" type="button">b</button><input id="c" type="checkbox" aria-label="c"></form></main>`;
  window.heard = []; window.acts = [];
  document.getElementById("f").addEventListener("submit", (e) => { e.preventDefault(); acts.push("submit"); });
  document.getElementById("b").addEventListener("click", () => acts.push("click"));
  return import("/static/station/wedge.js").then(({ Wedge }) => {
    window.wedge = new Wedge(document, {
      onScan: (raw, how, more) => { document.body.dataset.heard = heard.push({ raw, how, ...more }); },
      onTrouble: (kind, raw) => { document.body.dataset.heard = heard.push({ trouble: kind, raw }); },
      sure: (raw) => raw.length === 13,
      // The events state when they were; how long a busy machine takes to deliver them must not matter.
      timer: { set: (run, ms) => setTimeout(run, 8 * ms), clear: clearTimeout.bind(window) },
    });
    wedge.attach();
  });
}"""


class Keyboard:
    """Chromium's input pipeline, with the times that a device would state."""

    def __init__(self, session):
        self.session = session
        self.at = 1_700_000_000.0

    async def press(self, key, code, *, gap, ctrl=False, shift=False, text=None):
        self.at += gap / 1000
        virtual = {"Enter": 13, "Tab": 9, " ": 32}.get(key, ord(key.upper()) if len(key) == 1 else 229)
        common = {
            "key": key,
            "code": code,
            "windowsVirtualKeyCode": virtual,
            "modifiers": 2 * ctrl + 8 * shift,
            "timestamp": self.at,
        }
        if text is None:
            text = {"Enter": "\r"}.get(key, key if len(key) == 1 and not ctrl else "")
        down = {"type": "keyDown" if text else "rawKeyDown", **common, **({"text": text} if text else {})}
        await asyncio.gather(
            self.session.send("Input.dispatchKeyEvent", down),
            self.session.send("Input.dispatchKeyEvent", {"type": "keyUp", **common}),
        )

    async def type(self, text, gap, end="CR"):
        keys = [*keys_of(text), *ENDS[end]]
        await asyncio.gather(
            *(
                self.press(
                    key["key"],
                    key["code"],
                    gap=gap,
                    ctrl=key.get("ctrl", False),
                    shift=key.get("shift", False),
                )
                for key in keys
            )
        )


@asynccontextmanager
async def scene(chromium):
    async with module_page(chromium) as page:
        await page.evaluate(DRESS)
        yield page, Keyboard(await page.context.new_cdp_session(page))


async def test_a_scan_presses_nothing_and_leaves_nothing_wherever_the_focus_is(chromium):
    async with scene(chromium) as (page, keyboard):
        for at, (focus, end) in enumerate(
            [
                ("x", "CR"),
                ("s", "TAB"),
                ("a", "CRLF"),
                ("b", "CR"),
                ("c", "LF"),
                (None, "none"),
                ("x", "none"),
            ]
        ):
            await page.evaluate(
                "(id) => id ? document.getElementById(id).focus() : document.activeElement.blur()", focus
            )
            await keyboard.type(("]C1" if at % 2 else "") + CODE, 8, end)
            await page.wait_for_selector(f"body[data-heard='{at + 1}']")
            keyboard.at += 2
            told = await page.evaluate(
                """() => ({last: heard.at(-1), acts, x: x.value, s: s.value, a: a.value, c: c.checked,
                           focus: document.activeElement.id})"""
            )
            assert told["last"]["raw"].removeprefix("]C1") == CODE
            assert told["last"]["end"] == {"none": "", "CRLF": "CR"}.get(end, end)
            assert (told["x"], told["s"], told["a"], told["c"], told["acts"]) == ("cũ", "A", "", False, [])
            assert told["focus"] == (focus or "")


async def test_a_person_types_into_a_form_as_ever(chromium):
    async with scene(chromium) as (page, keyboard):
        await page.evaluate("x.focus(); x.select()")
        await keyboard.type("tran van b 0912", 95, "none")
        await keyboard.press("Enter", "Enter", gap=90)
        await keyboard.press("Tab", "Tab", gap=200)
        await page.keyboard.press("d")
        assert await page.evaluate(
            "({x: x.value, s: s.value, acts, heard, at: document.activeElement.id})"
        ) == {
            "x": "tran van b 0912",
            "s": "D",
            "acts": ["submit"],
            "heard": [],
            "at": "s",
        }
        await page.evaluate("x.focus(); x.value = ''; x.dispatchEvent(new ClipboardEvent('paste'))")
        await page.keyboard.insert_text(CODE)
        assert await page.evaluate("({x: x.value, heard})") == {"x": CODE, "heard": []}


async def test_a_composing_input_method_is_told_from_the_keys_and_leaves_no_text(chromium):
    async with scene(chromium) as (page, keyboard):
        await page.evaluate("x.focus(); x.value = ''")
        shown = ""
        for sign in "DD" + "12345":
            shown = "Đ" if shown == "D" else shown + sign
            code, _ = US[sign]
            keyboard.at += 0.006
            event = {"key": "Process", "code": code, "windowsVirtualKeyCode": 229, "timestamp": keyboard.at}
            await asyncio.gather(
                keyboard.session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **event}),
                keyboard.session.send(
                    "Input.imeSetComposition",
                    {"text": shown, "selectionStart": len(shown), "selectionEnd": len(shown)},
                ),
                keyboard.session.send("Input.dispatchKeyEvent", {"type": "keyUp", **event}),
            )
        assert await page.evaluate("x.value") == "Đ12345"
        await keyboard.press("Enter", "Enter", gap=6)
        await page.wait_for_selector("body[data-heard='1']")
        told = await page.evaluate("({last: heard[0], x: x.value, acts})")
        assert (told["last"]["raw"], told["last"]["keys"], told["last"]["rewritten"]) == (
            "Đ12345",
            "DD12345",
            True,
        )
        assert (told["x"], told["acts"]) == ("", [])
