"""A browser as a device: what its cookie opens, what it does not, and what it is told to expect."""

import json

import pytest

from postal.identity.rules import Role
from tests.factories.identity import headers, person
from tests.factories.manifests import GIVER, RECEIVER, item, party, registered
from tests.factories.pages import check_page

A, B = item(1), item(2)
SAME_SITE = {"Origin": "http://testserver"}
PASSWORD = "mật khẩu dài 123"


@pytest.fixture
async def station(client, clock):
    """An enrolled browser at the receiver, and a manifest on its way there."""
    await registered(A, B, now=clock.instant)
    giver = await party(client, GIVER, now=clock.instant)
    manifest = await giver.sealed(A, B)
    await giver.post(f"/manifests/{manifest}/dispatch")
    admin = await headers(RECEIVER, Role.ADMIN, now=clock.instant)
    body = {"code": "tram-1", "organisation": RECEIVER}
    assert (await client.post("/api/v1/devices", json=body, headers=admin)).status_code == 201
    code = (await client.post("/api/v1/devices/tram-1/enrolment", headers=admin)).json()["code"]
    await person("NV-1", RECEIVER, Role.DESK, now=clock.instant, login="an", password=PASSWORD)
    check_page(await client.get("/scan/enrol"))
    answer = await client.post("/scan/enrol", data={"code": code.lower()}, headers=SAME_SITE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/scan")
    return client, manifest, answer


async def test_a_code_makes_a_browser_a_device_whose_key_no_script_reads(station, clock):
    client, manifest, answer = station
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("postal_station=bccp_")
    assert {"httponly", "samesite=strict", "path=/"} <= {part.strip() for part in cookie.split(";")}
    told = (await client.get("/scan/work")).json()
    assert (told["device"], told["organisation"], told["shift"]) == ("tram-1", RECEIVER, None)
    assert {"work": "receive", "code": manifest, "count": 2, "counterparty": GIVER} in told["works"]
    assert "bccp_" not in json.dumps(told)

    # The cookie acts as the device for scanning alone.
    for closed in ("/api/v1/me", "/api/v1/pieces", "/api/v1/shifts", "/manifests"):
        assert (await client.get(closed)).status_code == 401, closed
    forged = {"Sec-Fetch-Site": "cross-site"}
    batch = {"device": "tram-1", "epoch": "e", "sent_at": clock.instant.isoformat(), "last_seq": 0}
    assert (await client.post("/api/v1/scans", json=batch, headers=forged)).status_code == 403
    assert (await client.post("/scan/shift", json={}, headers=forged)).status_code == 403
    assert (await client.post("/api/v1/scans", json=batch)).status_code == 200

    used = await client.post("/scan/enrol", data={"code": "XXXXX-XXXXX"}, headers=SAME_SITE)
    assert used.status_code == 401
    check_page(used)


async def test_a_shift_begins_with_a_password_and_work_lists_name_no_person(station):
    client, manifest, _ = station
    wrong = {"login": "an", "password": "sai mật khẩu"}
    assert (await client.post("/scan/shift", json=wrong)).status_code == 401
    begun = await client.post("/scan/shift", json={"login": "an", "password": PASSWORD})
    assert set(begun.json()) == {"shift", "opened_at", "organisation"}
    assert (await client.get("/scan/work")).json()["shift"] == begun.json()["shift"]

    listed = await client.get(f"/scan/lists/receive?code={manifest}")
    told = listed.json()
    assert [one["code"] for one in told["expected"]] == sorted([A, B])
    assert (told["kind"], told["counterparty"], told["manifest"]) == ("receive", GIVER, manifest)
    again = {"If-None-Match": listed.headers["etag"]}
    assert (await client.get(f"/scan/lists/receive?code={manifest}", headers=again)).status_code == 304
    offered = (await client.get("/scan/lists/receive")).json()
    assert [one["code"] for one in offered["expected"]] == sorted([A, B])
    for path, status in {
        "receive?code=BK-261123-AAAAAA": 404,
        "open?code=TUI-261123-AAAAAA": 404,
        "load?code=CT-261123-AAAAAA": 404,
        "open": 422,
        "count?code=X": 422,
        "dance": 400,
        "count": 200,
        "deliver": 200,
    }.items():
        assert (await client.get(f"/scan/lists/{path}")).status_code == status, path

    assert (await client.post("/scan/shift/end", json={})).status_code == 204
    assert (await client.get("/scan/work")).json()["shift"] is None


async def test_what_never_arrived_of_an_installation_is_told(station, clock):
    client, _, _ = station
    batch = {"device": "tram-1", "epoch": "old", "sent_at": clock.instant.isoformat(), "last_seq": 7}
    await client.post("/api/v1/scans", json=batch)
    epochs = (await client.get("/scan/work")).json()["epochs"]
    assert epochs == [{"epoch": "old", "last_seq": 7, "missing": [[1, 7]]}]


async def test_the_app_is_the_same_for_everybody_and_says_what_it_keeps(station):
    client, _, _ = station
    shell = await client.get("/scan?lang=vi")
    check_page(shell)
    check_page(await client.get("/scan?lang=en"), "en")
    worker = await client.get("/scan/sw.js")
    assert worker.headers["service-worker-allowed"] == "/scan"
    first, _, rest = worker.text.partition("\n")
    files = json.loads(first.removeprefix("const STATION = ").removesuffix(";"))["files"]
    assert "/static/station/station.js" in files
    for address in files:
        kept = await client.get(address)
        assert kept.status_code == 200, address
    assert "fetch" in rest
    manifest = (await client.get("/scan/manifest.webmanifest")).json()
    assert manifest["start_url"] == manifest["scope"] == "/scan"


async def test_what_is_loaded_twice_is_aboard_once_and_a_bad_code_keeps_no_other_off(client, clock):
    await registered(A, B, now=clock.instant)
    giver = await party(client, GIVER, now=clock.instant)
    manifest = await giver.sealed(A, B)
    office = await headers(GIVER, Role.ADMIN, Role.CLERK, now=clock.instant)
    trip = await client.post("/api/v1/trips", json={"origin": GIVER, "destination": RECEIVER}, headers=office)
    code = trip.json()["code"]
    await client.post("/api/v1/devices", json={"code": "tram-2", "organisation": GIVER}, headers=office)
    invited = await client.post("/api/v1/devices/tram-2/enrolment", headers=office)
    await client.post("/scan/enrol", data={"code": invited.json()["code"]}, headers=SAME_SITE)
    await person("NV-2", GIVER, Role.COURIER, now=clock.instant, login="binh", password=PASSWORD)
    await client.post("/scan/shift", json={"login": "binh", "password": PASSWORD})

    told = (await client.get(f"/scan/lists/load?code={code}")).json()
    assert [(one["code"], one["kind"]) for one in told["expected"]] == [(manifest, "manifest")]
    for _ in range(2):
        answer = await client.post("/scan/load", json={"trip": code, "codes": [manifest, "TUI-KHONGCO"]})
        assert answer.status_code == 200
        assert answer.json()["loaded"] == [manifest]
        assert [one["code"] for one in answer.json()["refused"]] == ["TUI-KHONGCO"]
    shown = (await client.get(f"/api/v1/trips/{code}", headers=office)).json()
    assert [one["code"] for one in shown["loads"]] == [manifest]
    assert (await client.get(f"/scan/lists/load?code={code}")).json()["expected"] == []
    unknown = await client.post("/scan/load", json={"trip": "CT-261123-AAAAAA", "codes": [manifest]})
    assert [one["code"] for one in unknown.json()["refused"]] == [manifest]
