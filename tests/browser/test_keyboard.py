"""Everything can be done by keys: Tab reaches every control in order, focus is seen, forms are filled and sent."""

import os

import pytest

from tests.browser.keys import fill, tab_through
from tests.browser.scenes import PASSWORD

FULL = os.environ.get("POSTAL_TEST_PROFILE") == "full"
SHORT = {"/", "/sign-in", "/t", "/feedback/new", "/agency", "/calendars"}
"""The pages that `make test` goes through; the rest in full."""


@pytest.mark.timeout(900)
async def test_tab_reaches_every_control_of_every_page_in_order(house, visit):
    faults, visitors = [], {}
    chosen = [route for route in house.pages if FULL or route.path in SHORT]
    assert len(chosen) >= len(SHORT)
    for route in chosen:
        for role in route.visitors():
            if role not in visitors:
                visitors[role] = await visit(role)
            if await visitors[role].go(route.address(house.codes)) == 200:
                break
        faults += [f"{route.path} as {role}: {fault}" for fault in await tab_through(visitors[role].page)]
    assert not faults, "\n".join(faults)


async def test_signing_in_and_tracking_take_no_mouse(house, visit):
    visitor = await visit()
    await visitor.go("/sign-in")
    page = visitor.page
    await fill(page, {"[name=login]": house.people["clerk"], "[name=password]": PASSWORD}, "main button")
    assert page.url == f"{house.url}/home"
    await visitor.go("/")
    await fill(page, {"[name=code]": house.codes["carried_item"]}, "main button")
    assert house.codes["carried_item"] in await page.locator("main").inner_text()
