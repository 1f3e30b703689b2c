"""The network page: what waits where, within one's charge, in any order, page by page."""

import re
from datetime import timedelta

import pytest

from manifests.oversight.rules import Sort
from manifests.oversight.service import network_of
from postal.db import execute
from postal.identity.rules import Role
from postal.network.rules import Kind, Level
from tests.factories.identity import actor, device, headers
from tests.factories.manifests import item, party, registered
from tests.factories.network import organisation, organisations
from tests.factories.pages import check_page

PAGE = {"Accept": "text/html"}


@pytest.fixture
async def network(client, clock):
    """A province of three offices, of which one is busy, beside an office of another province and one of none."""
    now = clock.instant
    await organisation("BD-01", level=Level.PROVINCE, unit_code="01")
    await organisations("BC-01", "BC-02", "BC-03", parent="BD-01", unit_code="01")
    await organisations("BC-79", unit_code="79")
    await organisations("BC-00")
    await registered(*(item(number) for number in range(1, 4)), now=now, by="BC-01", to="BC-02")
    await registered(item(9), now=now, by="BC-79", to="BC-02")
    giver = await party(client, "BC-01", Role.CLERK, now=now)
    code = await giver.sealed(item(1), item(2), receiver="BC-02")
    await giver.post(f"/manifests/{code}/dispatch")
    late = await giver.draft(item(3), receiver="BC-03")
    await execute("UPDATE manifest SET cut_off = $2 WHERE code = $1", late, now)
    await device("hy-2", "BC-02", now=now)
    await execute(
        """
        INSERT INTO device_epoch (device, epoch, received, stated_last, last_contact)
        VALUES ('hy-2', 'e', '{[1,31),[34,41)}', 42, $1)
        """,
        now - timedelta(hours=5),
    )
    clock.advance(timedelta(hours=30))
    return client


async def test_a_province_sees_its_offices_with_what_waits_there(network, clock):
    by = {**await headers("BD-01", Role.ADMIN, now=clock.instant), **PAGE}
    shown = check_page(await network.get("/network", headers=by))
    rows = {
        code: re.sub(r"<[^>]+>|\s+", " ", row)
        for row in re.findall(r"<tr>\n<th scope=\"row\">.*?</tr>", shown, re.DOTALL)
        for code in re.findall(r"BC-\d\d|BD-\d\d", row)[:1]
    }
    assert set(rows) == {"BD-01", "BC-01", "BC-02", "BC-03"}
    assert "thiếu số 31–33, 41–42" in rows["BC-02"].replace("  ", " ")
    assert "hy-2" in rows["BC-02"]
    told = await network_of(
        await actor("BD-01", Role.ADMIN, now=clock.instant),
        province=None, sort=Sort.CODE, after=None, now=clock.instant,
    )  # fmt: skip
    found = {one.code: one for one in told.queues}
    assert (found["BC-01"].held, found["BC-01"].late, found["BC-01"].manifests) == (3, 1, 0)
    assert (found["BC-02"].offers, found["BC-02"].manifests, found["BC-02"].silent) == (2, 1, 1)
    assert found["BC-02"].worst.missing == ((31, 33), (41, 42))
    assert found["BC-01"].oldest is not None or found["BC-01"].held
    assert (found["BC-03"].held, found["BC-03"].discrepancies) == (0, 0)
    office = {**await headers("BC-02", Role.SUPERVISOR, now=clock.instant), **PAGE}
    own = check_page(await network.get("/network", headers=office))
    assert "BC-02" in own
    assert "BC-01" not in own
    clerk = {**await headers("BC-02", Role.CLERK, now=clock.instant), **PAGE}
    assert (await network.get("/network", headers=clerk)).status_code == 403


async def test_the_nation_enters_by_provinces_and_every_order_pages_through_all(network, clock, monkeypatch):
    await organisation("VN", kind=Kind.MINISTRY, level=Level.CENTRAL)
    by = {**await headers("VN", Role.CONTROL, now=clock.instant), **PAGE}
    shown = check_page(await network.get("/network", headers=by))
    assert 'href="/network?province=01"' in shown
    assert 'href="/network?province="' in shown
    inspector = await actor("VN", Role.CONTROL, now=clock.instant)
    whole = await network_of(inspector, province=None, sort=Sort.CODE, after=None, now=clock.instant)
    assert whole.queues is None
    by_province = {one.code: one for one in whole.provinces}
    assert by_province["01"].organisations == 4
    hanoi = await network_of(inspector, province="01", sort=Sort.CODE, after=None, now=clock.instant)
    for name in ("offers", "silent", "shifts", "late", "manifests", "discrepancies", "overdue"):
        assert getattr(by_province["01"], name) == sum(getattr(one, name) for one in hanoi.queues), name
    monkeypatch.setattr("manifests.oversight.service.network.ON_A_PAGE", 1)
    for sort in Sort:
        seen, after = [], None
        while True:
            told = await network_of(inspector, province="01", sort=sort, after=after, now=clock.instant)
            seen += told.queues
            if (after := told.following) is None:
                break
        assert {one.code for one in seen} == {"BD-01", "BC-01", "BC-02", "BC-03"}, sort
        assert len(seen) == 4
        assert [one.key for one in seen] == sorted((one.key for one in seen), reverse=True)
    monkeypatch.undo()
    nowhere = check_page(await network.get("/network?province=", headers=by))
    assert "BC-00" in nowhere
    assert "BC-79" not in nowhere
    check_page(await network.get("/network?province=99", headers=by))
    odd = await network.get("/network?province=01&sort=no+such", headers=by)
    assert "BC-02" in check_page(odd)
    english = await network.get("/network?province=01&sort=offers&lang=en", headers=by)
    assert "Oldest" in check_page(english, "en")
    assert english.text.index("BC-02") < english.text.index("BC-01")
