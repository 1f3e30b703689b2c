"""One dossier from the counter to the citizen's hand and back, by pages alone, tracked at every step."""

import re

import httpx

from tests.browser.scenes import DESK, OFFICE, PASSWORD
from tests.browser.stations import Station, enrolment

PAPER = "Giấy chứng nhận quyền sử dụng đất"
NAME = "Bùi Thị Ngọc Yến"


class Journey:
    """The people of one dossier's way: a clerk with a scanning station, an officer of the desk, and the citizen."""

    def __init__(self, house, visit):
        self.house, self.visit = house, visit
        self.told: list[str] = []

    async def people(self):
        """Sign everybody in at their places; a station is a browser enrolled by its one-time code."""
        self.clerk, self.desk = await self.visit("clerk"), await self.visit("desk")
        self.citizen = await self.visit(java_script_enabled=False)
        self.station = await self._station("owner", OFFICE, "clerk")

    async def _station(self, key, organisation, role):
        visitor = await self.visit()
        _, code = await enrolment(self.house, key, organisation)
        await visitor.go("/scan/enrol")
        await visitor.page.fill("#code", code)
        await visitor.page.click("main button[type=submit]")
        await visitor.page.wait_for_selector('html[data-station="ready"]')
        station = Station(visitor.page, self.house.url, self.house, "")
        await station.begin(self.house.people[role])
        return station

    async def send(self, visitor, button):
        """Press a button that leads to a page; gives its address."""
        async with visitor.page.expect_navigation() as going:
            await visitor.page.click(button)
        answer = await going.value
        refused = visitor.page.locator(".error-summary")
        said = await refused.inner_text() if await refused.count() else ""
        assert answer.status == 200, f"{button} on {visitor.page.url}: {answer.status} {said}"
        assert not said, said
        return visitor.page.url

    async def registered(self):
        """Register at the counter."""
        await self.clerk.go("/desk/register?procedure=9.000001")
        page = self.clerk.page
        for field, text in {
            "name": NAME,
            "phone": "0987 654 321",
            "address": "7 Bạch Đằng, Huế",
            "desk": DESK,
        }.items():
            await page.fill(f"#{field}", text)
        await page.check("#line-1")
        if not await page.input_value("#line-1-name"):
            await page.fill("#line-1-name", PAPER)
        await page.check("#line-1-to_return")
        self.code = (await self.send(self.clerk, "#do-register")).rsplit("/", 1)[1].split("?")[0]
        return self.code

    async def later(self):
        """Let some minutes pass: what happens in one second on several devices, nobody can put in order."""
        self.house.ask("settle")
        self.house.ask("advance", seconds=300)

    async def packed(self, visitor):
        """Put what one holds of the dossier into an item; gives its code."""
        await visitor.go(f"/desk/dossiers/{self.code}")
        where = await self.send(visitor, "#do-pack")
        return re.search(r"packed=(D[HK]\d{9}VN)", where).group(1)

    async def handed_over(self, visitor, item):
        """Plan manifests from what waits, seal the one with this item, with it alone, and hand it over."""
        page = visitor.page
        await visitor.go("/manifests/waiting")
        waiting = await page.locator("main").inner_text()
        assert item in waiting, waiting
        await self.send(visitor, "form[action='/manifests/waiting/plan'] button[type=submit]")
        manifest = await self._draft_with(visitor, item, waiting)
        for other in await page.locator(f"input[name=except]:not([value='{item}'])").all():
            await other.check()
        await self.send(visitor, f"form[action$='/{manifest}/draft'] button[type=submit]")
        return manifest

    async def _draft_with(self, visitor, item, waiting):
        """Open the draft that lists an item; several are made where several organisations receive."""
        page = visitor.page
        drafts = [page.url.split("/")[-2]] if page.url.endswith("/draft") else []
        if not drafts:
            links = page.locator("main a[href*='/manifests/BK-']")
            drafts = [
                re.search(r"BK-[A-Z0-9-]+", await link.get_attribute("href")).group(0)
                for link in await links.all()
            ]
        for manifest in dict.fromkeys(drafts):
            await visitor.go(f"/manifests/{manifest}/draft")
            if await page.locator(f"input[name=except][value='{item}']").count():
                return manifest
        raise AssertionError(f"no draft of {drafts} lists {item}; what waited: {waiting}")

    async def carried(self, manifest):
        """Take the manifest aboard a trip and drive off."""
        await self.clerk.go("/trips")
        await self.clerk.page.fill("#destination", DESK)
        await self.send(self.clerk, "form[action='/trips'] button[type=submit]")
        trip = self.clerk.page.url.rsplit("/", 1)[1]
        if not trip.startswith("CT-"):
            trip = re.search(r"CT-[A-Z0-9-]+", await self.clerk.page.content()).group(0)
            await self.clerk.go(f"/trips/{trip}")
        await self.clerk.page.fill("#codes", manifest)
        await self.send(self.clerk, "button[value=load]")
        await self.send(self.clerk, "button[value=depart]")

    async def handed_over_by_two(self, manifest, item):
        """Let both sides count, then confirm, each signed in on a screen of its own; gives the receipt's number."""
        sides = (self.clerk, self.desk)
        for side in sides:
            await side.go(f"/scan/handover/{manifest}")
            await side.page.fill("#codes", item)
            await self.send(side, f"form[action$='/{manifest}/count'] button[type=submit]")
        await self.later()
        for side in sides:
            await side.go(f"/scan/handover/{manifest}")
            await self.send(side, "#confirm")
        said = await self.desk.page.inner_text(".answer")
        assert "Biên nhận" in said, await self.desk.page.inner_text("main")
        return re.search(r"GN-[A-Z0-9-]+", said).group(0)

    async def received(self, station, manifest, *items):
        """Receive at a scanning station: the manifest's barcode, then each piece."""
        await station.page.reload()
        await station.page.wait_for_selector('html[data-station="ready"]')
        await station.page.wait_for_selector("#work-list button")
        await station.scan(manifest)
        assert await station.page.inner_text("#expected") == str(len(items))
        assert (await station.scan(*items))["told"] == ["ok"] * len(items)
        await station.sent()

    async def delivered(self, item):
        """Hand an item out at the station; printed commands choose the work, so nobody touches the screen."""
        async with self.station.page.expect_response("**/scan/lists/deliver"):
            await self.station.scan("LNH-KTT")
        await self.station.scan("LNH-PHT")
        await self.station.page.wait_for_selector("#work-title:text('Phát')")
        assert (await self.station.scan(item))["told"] == ["ok"]
        await self.station.sent()

    async def worked(self, *acts):
        """Do at the desk what each button says."""
        for act in acts:
            await self.desk.go(f"/desk/dossiers/{self.code}")
            button = self.desk.page.locator(f"#do-{act}")
            if not await button.is_visible():
                await self.desk.page.locator("details", has=button).locator("summary").click()
            await self.send(self.desk, f"#do-{act}")

    async def tracked(self, code=None):
        """Look as the citizen does, without scripts; gives the one sentence, and notes it."""
        await self.later()
        await self.citizen.go("/")
        await self.citizen.page.fill("[name=code]", code or self.code)
        await self.citizen.page.press("[name=code]", "Enter")
        said = (await self.citizen.page.inner_text("#headline")).strip()
        assert NAME not in await self.citizen.page.content()
        self.told.append(said)
        return said


async def test_a_dossier_goes_its_whole_way_through_pages_alone(house, visit):
    journey = Journey(house, visit)
    await journey.people()
    code = await journey.registered()
    assert "bưu" in (await journey.tracked()).lower()

    item = await journey.packed(journey.clerk)
    await journey.later()
    manifest = await journey.handed_over(journey.clerk, item)
    await journey.carried(manifest)
    assert "trên đường đến cơ quan" in await journey.tracked()
    assert "trên đường đến cơ quan" in await journey.tracked(item)

    receipt = await journey.handed_over_by_two(manifest, item)
    await journey.clerk.go(f"/receipts/{receipt}")
    assert manifest in await journey.clerk.page.locator("main").inner_text()
    assert "Cơ quan đã nhận hồ sơ" in await journey.tracked()

    await journey.worked("received", "step_done")
    assert "đang được cơ quan giải quyết" in await journey.tracked()
    await journey.worked("completed", "result_at_desk")
    assert "Đã có kết quả" in await journey.tracked()

    home = await journey.packed(journey.desk)
    await journey.later()
    pickup = await journey.handed_over(journey.desk, home)
    await journey.later()
    await journey.received(journey.station, pickup, home)
    assert "trên đường chuyển trả" in await journey.tracked()

    await journey.delivered(home)
    assert "Kết quả đã được trả" in await journey.tracked()
    # Every step told the citizen something else, but the look at the item beside the dossier.
    assert len(set(journey.told)) >= 7

    async with httpx.AsyncClient(base_url=house.url, headers={"Authorization": house.keys["owner"]}) as api:
        said = (await api.get(f"/api/v1/dossiers/{code}")).json()
    assert said["status"] == 9
    assert PASSWORD not in "".join(journey.citizen.watch.requests)
