"""Every page of the application, in a real browser: nothing that axe finds, valid, quiet, and as narrow as a phone."""

import asyncio
from collections import Counter

import pytest

from tests.browser.chromium import Visitor
from tests.browser.judging import judge, parse_faults
from tests.browser.routes import FOREIGN, ORDER, PageRoute

PHONE, DESK = {"width": 320, "height": 640}, {"width": 1280, "height": 800}
AT_ONCE = 3


def test_every_page_has_an_address_in_the_house(house):
    assert len(house.pages) >= 60
    addresses = {route.address(house.codes) for route in house.pages}
    assert len(addresses) == len(house.pages)


class Crawl:
    """Visitors who go through pages and note what is wrong with each."""

    def __init__(self, house, visit, language="vi", *, worn=None, **context):
        self.house, self.visit, self.language, self.context = house, visit, language, context
        self.worn = worn
        self.faults, self.titles, self.seen = {}, Counter(), Counter()

    async def through(self, routes: list[tuple[PageRoute, list[str | None]]]) -> None:
        """Look at each page as the first of its visitors who may see it, several pages at a time."""
        queue = list(routes)

        async def walk() -> None:
            visitors: dict[str | None, Visitor] = {}
            while queue:
                route, roles = queue.pop(0)
                await self._look(route, roles, visitors)

        await asyncio.gather(*(walk() for _ in range(AT_ONCE)))

    def told(self) -> list[str]:
        """Give everything that was noted."""
        alike = [title for title, times in self.titles.items() if times > 1]
        told = [f"{page}\n    " + "\n    ".join(faults) for page, faults in self.faults.items()]
        told += [f"several pages are called {title!r}" for title in alike]
        about = (self.language, self.context.get("color_scheme"), self.context["viewport"]["width"])
        return [f"{about} {one}" for one in told]

    async def _look(self, route, roles, visitors) -> None:
        try:
            path = route.address(self.house.codes)
        except AssertionError as unsaid:
            self.faults[route.path] = [str(unsaid)]
            return
        for role in roles:
            if role not in visitors:
                visitors[role] = await self.visit(role, language=self.language, **self.context)
            visitor = visitors[role]
            answer = await visitor.page.goto(self.house.url + path)
            if answer.status == 200:
                break
        else:
            self.faults[f"{route.path} as {roles}"] = [f"answered {answer.status}"]
            return
        faults = parse_faults((await answer.body()).decode())
        if route.path not in FOREIGN:
            title, more = await judge(visitor.page, self.language, self.worn)
            # Who is signed in is led on from the page that signs in: that is one page, not two of one name.
            self.titles[title] += answer.request.redirected_from is None
            faults += more
        self.seen[route.path] += 1
        if faults:
            self.faults[f"{route.path} ({path}) as {role}"] = faults


async def test_every_page_is_sound_on_a_phone(house, visit):
    crawl = Crawl(house, visit, viewport=PHONE, worn=set())
    await crawl.through([(route, route.visitors()) for route in house.pages])
    assert not crawl.told(), "\n".join(crawl.told())
    assert len(crawl.seen) == len(house.pages)


@pytest.mark.slow
@pytest.mark.timeout(1200)
async def test_every_page_is_sound_for_everybody_in_both_languages_and_in_the_dark(house, visit):
    told = []
    for language, colours, size in (("vi", "dark", DESK), ("en", "light", DESK), ("en", "dark", PHONE)):
        crawl = Crawl(house, visit, language, viewport=size, color_scheme=colours)
        await crawl.through([(route, route.visitors()) for route in house.pages])
        told += crawl.told()
    assert not told, "\n".join(told)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("role", ORDER[1:-1])
async def test_every_page_that_a_role_may_see_is_sound(house, visit, role):
    crawl = Crawl(house, visit, viewport=PHONE)
    await crawl.through(
        [(route, [role]) for route in house.pages if route.roles is None or role in route.roles]
    )
    refused = {
        name for name, faults in crawl.faults.items() if faults in (["answered 403"], ["answered 404"])
    }
    # What a route opens to all who are signed in, it may still show to some only.
    for name in refused:
        del crawl.faults[name]
    assert not crawl.told(), "\n".join(crawl.told())
    assert len(crawl.seen) >= len(house.pages) / 3
