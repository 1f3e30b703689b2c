"""A handover is taken in by scanning alone: what matches, is missing, too much or damaged is told at once."""

from datetime import timedelta

import pytest

from postal.db import fetch, fetch_value
from tests.factories.dossiers import DESK, OFFICE, STRANGER, Desks
from tests.factories.pages import check_page
from tests.integration.desks.test_today import SITE, sign_in

TOKEN = "0193a000-0000-7000-8000-000000000201"


@pytest.fixture
async def desks(client, clock):
    return await Desks(client, clock.instant).prepare()


async def handed_over(client, clock, desks, count):
    """Give a dispatched manifest to the desk, its items, and one more item that is on no list."""
    items = []
    for _ in range(count + 1):
        body = {"destination": DESK, "pieces": [await desks.dossier()]}
        items.append((await client.post("/api/v1/items", json=body, headers=desks.clerk)).json()["code"])
    made = await client.post(
        "/api/v1/manifests", json={"receiver": DESK, "lines": items[:count]}, headers=desks.clerk
    )
    code = made.json()["code"]
    for step in ("seal", "dispatch"):
        answer = await client.post(f"/api/v1/manifests/{code}/{step}", headers=desks.clerk)
        assert answer.status_code == 200, answer.text
    clock.advance(timedelta(minutes=30))
    return code, items[:count], items[count]


def number(text, name):
    return int(text.split(f'id="{name}">')[1].split("<")[0])


def scanned(text):
    return text.split('id="scanned"')[1].split(">")[1].split("<")[0].split()


async def test_all_but_these_are_taken_in_by_scanning(client, clock, desks):
    code, items, extra = await handed_over(client, clock, desks, 4)
    await sign_in(client, clock)
    assert code in check_page(await client.get("/desk/intake"))
    wrong = await client.post("/desk/intake", data={"manifest": "BK-261123-AAAAAA"}, headers=SITE)
    assert wrong.status_code == 404
    begun = await client.post("/desk/intake", data={"manifest": f"{code}\r"}, headers=SITE)
    assert (begun.status_code, begun.headers["location"]) == (303, f"/desk/intake/{code}")
    here = begun.headers["location"]
    page = check_page(await client.get(here))
    assert [number(page, name) for name in ("matched", "missing", "extra", "bad")] == [0, 4, 0, 0]
    form = {"token": TOKEN, "unpack": "1", "scanned": ""}
    for read in (items[0], f"]C1{items[1]}\t{items[0]}", extra, "12 Lê Lợi"):
        answer = await client.post(here, data=form | {"code": read, "act": "scan"}, headers=SITE)
        assert answer.status_code == 200
        page = check_page(answer)
        form["scanned"] = "\r\n".join(scanned(page))
    assert [number(page, name) for name in ("matched", "missing", "extra", "bad")] == [2, 2, 1, 3]
    unpacked = 'name="unpack" value="1" checked>'
    sealed = await client.post(here, data=form | {"unpack": "", "code": items[0]}, headers=SITE)
    assert (unpacked in page, unpacked in check_page(sealed)) == (True, False)
    refused = await client.post(here, data=form | {"act": "accept"}, headers=SITE)
    assert (refused.status_code, "chưa đọc được" in check_page(refused)) == (422, True)
    assert await fetch_value("SELECT count(*) FROM ledger WHERE kind = 'receive'") == 0
    form["scanned"] = "\n".join([items[0], items[1], extra])
    form |= {"damaged": items[1], "act": "accept"}
    done = await client.post(here, data=form, headers=SITE)
    again = await client.post(here, data=form, headers=SITE)
    assert (done.status_code, done.headers["location"]) == (303, f"/manifests/{code}")
    assert again.headers["location"] == done.headers["location"]
    assert await fetch_value("SELECT count(*) FROM ledger WHERE kind = 'receive'") == 3
    held = await fetch("SELECT code, claims, container FROM custody WHERE $1 = ANY(claims)", DESK)
    inside = await fetch_value("SELECT dossiers[1] FROM piece WHERE code = $1", items[0])
    known = {row["code"]: row["container"] for row in held}
    assert {items[0], items[1], extra, inside} <= known.keys()
    assert known[inside] is None
    assert known[await fetch_value("SELECT dossiers[1] FROM piece WHERE code = $1", items[1])] == items[1]
    view = await client.get(f"/api/v1/manifests/{code}/reconciliation", headers=desks.desk)
    counts = {name: count for name, count in view.json()["counts"].items() if count}
    assert counts == {"matched": 1, "damaged": 1, "extra": 1, "missing": 2}


async def test_the_manifests_own_code_accepts_and_others_may_not(client, clock, desks):
    code, items, _ = await handed_over(client, clock, desks, 2)
    await sign_in(client, clock, "la", STRANGER)
    assert (await client.get(f"/desk/intake/{code}")).status_code == 404
    assert (await client.post(f"/desk/intake/{code}", data={}, headers=SITE)).status_code == 404
    await sign_in(client, clock, "giao", OFFICE)
    assert "không phải để đơn vị bạn nhận" in check_page(await client.get(f"/desk/intake/{code}"))
    theirs = await client.post(
        f"/desk/intake/{code}", data={"act": "accept", "scanned": " ".join(items)}, headers=SITE
    )
    assert theirs.status_code == 403
    await sign_in(client, clock)
    empty = await client.post(f"/desk/intake/{code}", data={"act": "accept"}, headers=SITE)
    assert (empty.status_code, 'href="#code"' in check_page(empty)) == (422, True)
    form = {"token": TOKEN, "scanned": "\n".join(items), "code": code, "act": "scan"}
    done = await client.post(f"/desk/intake/{code}", data=form, headers=SITE)
    assert done.status_code == 303
    assert await fetch_value("SELECT count(*) FROM custody WHERE claims = ARRAY[$1]", DESK) >= 2
