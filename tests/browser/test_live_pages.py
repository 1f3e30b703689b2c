"""An open page follows what others do, keeps nothing in the browser, and stops with its session."""

import httpx

from tests.factories.dossiers import a_dossier

KEPT = "() => localStorage.length + sessionStorage.length"


async def test_an_open_desk_shows_what_others_do_and_leaves_when_its_person_signs_out(house, visit):
    async with httpx.AsyncClient(base_url=house.url) as api:

        async def stated(path: str, by: str, body: dict[str, object]) -> str:
            answer = await api.post(
                f"/api/v1/dossiers{path}", json=body, headers={"Authorization": house.keys[by]}
            )
            assert answer.status_code == 201, answer.text
            return str(answer.json()["code"])

        desk = await visit(token=house.ask("session", person=house.people["desk"]))
        async with desk.page.expect_request(lambda request: "/live?topic=work" in request.url):
            assert await desk.go("/desk") == 200
        await desk.page.evaluate("() => { window.kept = 'the same page' }")
        code = await stated("", "owner", a_dossier())
        row = desk.page.locator(f"#list [data-code='{code}']")
        await row.wait_for()
        await stated(f"/{code}/events", "agency", {"kind": "received"})
        await row.wait_for(state="detached")
        assert await desk.page.evaluate("() => window.kept") == "the same page"
        assert await desk.page.evaluate(KEPT) == 0
        assert "HX-Request" in (await desk.context.request.get(f"{house.url}/desk")).headers["vary"]
        # Signing out elsewhere ends the stream, and tells the page not to ask for it again.
        await desk.page.evaluate(
            "() => document.addEventListener('htmx:sseClose', event => { window.ended = event.detail.type })"
        )
        await desk.context.request.post(f"{house.url}/sign-out")
        await desk.page.wait_for_function("() => window.ended === 'message'")
