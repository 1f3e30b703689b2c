"""Supervisors' pages in a real browser: the board moves by itself, and by forms alone where scripts are off."""


async def test_a_case_taken_by_a_form_moves_on_the_board_of_a_colleague(house, visit):
    case = house.codes["discrepancy"]
    watching = await visit("supervisor")
    await watching.go("/board")
    card = watching.page.locator(f"#card-{case}")
    assert house.people["clerk"] not in await card.inner_text()
    await watching.page.fill("#office", "BC-53")
    await watching.page.focus(f"#open-{case}")
    working = await visit("clerk", java_script_enabled=False)
    await working.go("/board?class=missing")
    await working.page.click(f"#take-{case}")
    assert working.page.url == f"{house.url}/board?class=missing"
    # Nobody touches the colleague's page: what it is told makes it ask again, and the focus stays.
    await card.get_by_text(house.people["clerk"]).wait_for(timeout=20_000)
    assert await watching.page.evaluate("document.activeElement.id") == f"open-{case}"
    assert await watching.page.input_value("#office") == "BC-53"


async def test_administration_needs_no_scripts_and_shows_a_code_once(house, visit):
    admin = await visit("admin", java_script_enabled=False)
    page = admin.page
    await admin.go("/admin/new-device")
    await page.fill("#code", "một máy")
    await page.click("main button[type=submit]")
    assert await page.locator(".error-summary a").get_attribute("href") == "#code"
    assert await page.input_value("#code") == "một máy"
    await page.fill("#code", "hy-trinh-duyet")
    await page.fill("#organisation", "BC-530000")
    await page.click("main button[type=submit]")
    assert page.url.endswith("/admin/devices/hy-trinh-duyet")
    await page.click("form[action$='/invite'] button")
    code = await page.locator("#enrolment-code").inner_text()
    assert len(code.replace("-", "")) >= 10
    assert await page.locator("figure svg").count() == 1
    await admin.go("/admin/devices/hy-trinh-duyet")
    assert code not in await page.content()
