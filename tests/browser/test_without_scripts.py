"""With JavaScript switched off: signing in, tracking, lists and forms do what they do with it."""

from tests.browser.scenes import PASSWORD

OFF = {"java_script_enabled": False}


async def test_signing_in_tracking_and_writing_need_no_scripts(house, visit):
    visitor = await visit(**OFF)
    page = visitor.page
    await visitor.go("/")
    await page.fill("[name=code]", house.codes["carried_item"])
    await page.press("[name=code]", "Enter")
    assert house.codes["carried_item"] in await page.locator("main").inner_text()
    await visitor.go("/feedback/new")
    await page.fill("main textarea", "Bưu tá đến muộn hai ngày")
    await page.click("main button[type=submit]")
    assert "PA-" in await page.locator("main").inner_text()
    await visitor.go("/sign-in")
    await page.fill("[name=login]", house.people["clerk"])
    await page.fill("[name=password]", PASSWORD)
    await page.click("main button[type=submit]")
    assert page.url == f"{house.url}/home"
    assert not [request for request in visitor.watch.requests if request.split("?")[0].endswith(".js")]


async def test_lists_of_the_office_lead_on_without_scripts(house, visit):
    visitor = await visit("supervisor", **OFF)
    page = visitor.page
    await visitor.go("/manifests")
    await page.click(f"main a[href$='/manifests/{house.codes['carried_manifest']}']")
    assert house.codes["carried_manifest"] in await page.locator("h1").inner_text()
    assert house.codes["carried_item"] in await page.locator("main").inner_text()


async def test_the_desk_works_without_scripts(house, visit):
    visitor = await visit("desk", **OFF)
    page = visitor.page
    await visitor.go("/desk")
    await page.click(f"tr[data-code='{house.codes['late']}'] a.code")
    assert page.url == f"{house.url}/desk/dossiers/{house.codes['late']}"
    await visitor.go("/desk/search")
    await page.fill("[name=q]", "le hoang duc")
    await page.click("main form button[type=submit]")
    assert house.codes["late"] in await page.inner_text("#found")
    await visitor.go(f"/desk/intake/{house.codes['carried_manifest']}")
    await page.fill("#code", house.codes["carried_item"])
    await page.press("#code", "Enter")
    assert (await page.inner_text("#matched")).strip() == "1"
    await page.fill("#code", house.codes["lost"])
    await page.press("#code", "Enter")
    assert (await page.inner_text("#matched")).strip() == "1"
    assert (await page.inner_text("#extra")).strip() == "1"
