"""An open page follows what others do, keeps nothing in the browser, and stops with its session."""

import httpx
import pytest

from tests.factories.dossiers import a_dossier

KEPT = "() => localStorage.length + sessionStorage.length"
FOCUSED = "() => document.activeElement.id"
TICKED = "() => [...document.querySelectorAll('#list input:checked')].map((box) => box.value)"
FOCUS_EACH = """
async () => {
  const asker = document.querySelector("[hx-trigger='sse:changed']");
  const part = () => document.querySelector(asker.getAttribute('hx-target'));
  // Another live part of the page may settle first: this one has when what was there is gone.
  const again = (before) => new Promise((done) => {
    const over = new AbortController();
    const end = () => { over.abort(); done(); };
    const settled = () => { if (!before.isConnected) end(); };
    document.addEventListener('htmx:afterSettle', settled, {signal: over.signal});
    setTimeout(end, 20000);
    htmx.trigger(asker, 'sse:changed');
  });
  for (const closed of part().querySelectorAll('details')) closed.open = true;
  const boxes = [...part().querySelectorAll('input[type=checkbox]')];
  const ticked = boxes.slice(0, 1).map((box) => { box.checked = true; return box.id; });
  const controls = [...part().querySelectorAll('a[href],button,input,select,textarea,summary,[tabindex="0"]')]
    .filter((control) => control.type !== 'hidden');
  const nameless = controls.filter((control) => !control.id).map((control) => control.outerHTML.slice(0, 90));
  const faults = nameless.map((told) => `no id: ${told}`);
  for (const id of controls.map((control) => control.id).filter(Boolean)) {
    const before = part();
    document.getElementById(id).focus();
    await again(before);
    if (before.isConnected) faults.push(`nothing was brought up to date at ${id}`);
    if (document.activeElement.id !== id) faults.push(`${id} lost the focus to ${document.activeElement.tagName}`);
    const now = [...part().querySelectorAll('input:checked')].map((box) => box.id);
    if (now.join() !== ticked.join()) faults.push(`ticked at ${id}: ${now}`);
  }
  return {faults, looked: controls.length};
}
"""


@pytest.mark.parametrize(
    ("path", "role"), [("/desk", "desk"), ("/board", "supervisor"), ("/desk/intake", "desk")]
)
async def test_what_is_brought_up_to_date_keeps_the_focus_on_every_control(house, visit, path, role):
    visitor = await visit(role)
    assert await visitor.go(path) == 200
    found = await visitor.page.evaluate(FOCUS_EACH)
    assert not found["faults"], "\n".join(found["faults"])
    assert found["looked"] > 0


async def test_an_open_desk_shows_what_others_do_and_leaves_when_its_person_signs_out(house, visit):
    async with httpx.AsyncClient(base_url=house.url) as api:

        async def stated(path: str, by: str, body: dict[str, object]) -> str:
            answer = await api.post(
                f"/api/v1/dossiers{path}", json=body, headers={"Authorization": house.keys[by]}
            )
            assert answer.status_code == 201, answer.text
            return str(answer.json()["code"])

        first, second = [await stated("", "owner", a_dossier()) for _ in range(2)]
        desk = await visit(token=house.ask("session", person=house.people["desk"]))
        page = desk.page
        async with page.expect_request(lambda request: "/live?topic=work" in request.url):
            assert await desk.go("/desk") == 200
        await page.evaluate("() => { window.kept = 'the same page' }")
        await page.locator(f"[id='pick-{first}']").check()
        await page.locator(f"[id='next-{first}']").focus()
        code = await stated("", "owner", a_dossier())
        await page.locator(f"#list [data-code='{code}']").wait_for()
        assert (await page.evaluate(FOCUSED), await page.evaluate(TICKED)) == (f"next-{first}", [first])
        # A row that somebody else finished leaves the focus beside it, on nothing that a key would set off.
        await page.locator(f"[id='pick-{second}']").focus()
        await stated(f"/{second}/events", "agency", {"kind": "received"})
        await page.locator(f"#list [data-code='{second}']").wait_for(state="detached")
        beside = await page.evaluate(FOCUSED)
        assert beside.startswith("row-")
        await page.keyboard.press("Space")
        assert await page.evaluate(TICKED) == [first]
        await page.keyboard.press("Tab")
        assert await page.evaluate(FOCUSED) == beside.replace("row-", "pick-")
        assert await page.evaluate("() => window.kept") == "the same page"
        assert await page.evaluate(KEPT) == 0
        assert "HX-Request" in (await desk.context.request.get(f"{house.url}/desk")).headers["vary"]
        # Signing out elsewhere ends the stream, and tells the page not to ask for it again.
        await page.evaluate(
            "() => document.addEventListener('htmx:sseClose', event => { window.ended = event.detail.type })"
        )
        await desk.context.request.post(f"{house.url}/sign-out")
        await page.wait_for_function("() => window.ended === 'message'")
        for left in (first, code):
            await stated(f"/{left}/events", "agency", {"kind": "received"})
