"""A handover is taken in with a scanner on a page: it waits for no answer, and what it reads is never lost."""

import asyncio
import re

import httpx

from tests.factories.dossiers import DESK, a_dossier


async def test_codes_that_come_while_an_answer_is_under_way_are_all_heard(house, visit):
    async with httpx.AsyncClient(base_url=house.url, headers={"Authorization": house.keys["owner"]}) as api:

        async def made(path: str, body: dict[str, object] | None = None) -> str:
            answer = await api.post(f"/api/v1/{path}", json=body)
            assert answer.is_success, answer.text
            return str(answer.json()["code"])

        dossiers = [await made("dossiers", a_dossier()) for _ in range(3)]
        items = [await made("items", {"destination": DESK, "pieces": [code]}) for code in dossiers]
        manifest = await made("manifests", {"receiver": DESK, "lines": items})
        for step in ("seal", "dispatch"):
            await made(f"manifests/{manifest}/{step}")
    page = (await visit("desk")).page
    held = asyncio.Event()

    async def slowly(route):
        if route.request.method == "POST":
            await held.wait()
        await route.continue_()

    await page.route("**/desk/intake/*", slowly)
    await page.goto(f"{house.url}/desk/intake/{manifest}")
    await page.locator("#code").focus()
    await page.uncheck("#unpack")
    await page.locator("#code").focus()
    for code in items:
        await page.keyboard.type(f"{code}\n")
    await page.keyboard.type("BK-")
    held.set()
    await page.locator("#matched", has_text=re.compile("^3$")).wait_for()
    assert await page.input_value("#code") == "BK-"
    assert await page.evaluate("document.activeElement.id") == "code"
    assert not await page.is_checked("#unpack")
    # The list's own barcode, scanned last, takes all of it in.
    await page.keyboard.type(f"{manifest.removeprefix('BK-')}\n")
    await page.wait_for_url(f"{house.url}/manifests/{manifest}")
