"""Orders to collect at home: from the partner's message to the scan that accepts, and the page of the office."""

from datetime import timedelta

import pytest

from integrations.post.service.following import tell
from postal.identity.rules import Role
from tests.factories.custody import DESK, OFFICE, OTHER, Scanner, network
from tests.factories.fees import staff
from tests.factories.pages import check_page
from tests.factories.partners import Sender
from tests.factories.posting import said_of

ORDER = {
    "customerCode": "KH1",
    "orderNumber": "D-1",
    "codAmount": 25_000,
    "sender": {
        "Name": "Nguyễn Thị Ân",
        "Address": "Thôn 3",
        "District": "Xã Tiên Lữ",
        "Province": "Hưng Yên",
    },
    "receiver": {"Name": "Bộ phận Một cửa"},
    "description": "Hồ sơ đất đai",
    "govAgencyCode": DESK,
    "govAgencyName": "UBND xã",
}


@pytest.fixture
async def post(client, clock):
    await network(clock.instant)
    sender = await Sender.of(client, clock, "vnp", "post", OFFICE)
    clock.advance(timedelta(minutes=1))
    await tell(clock.instant)
    return sender


async def send(post, name, *orders):
    return await said_of(post, "post.orders", name, {"orders": list(orders)})


async def test_an_order_is_taken_once_changed_collected_and_then_left_alone(client, clock, post):
    bad = ORDER | {"orderNumber": "D-2", "itemCode": "DH123456784VN"}
    said = await send(
        post, "m-1", ORDER, bad, "nonsense", ORDER | {"orderNumber": "D-3", "govAgencyCode": "X-99"}
    )
    assert said["state"] == "partly", said
    assert [row["outcome"] for row in said["results"]] == ["registered", "refused", "refused", "refused"]
    assert [row.get("code") for row in said["results"][1:]] == [
        "post.check_digit",
        "post.no_object",
        "post.agency_unknown",
    ]
    code = said["results"][0]["orderCode"]
    assert "Ân" not in str(said), "no answer holds a person"
    changed = ORDER | {"codAmount": 30_000}
    outcomes = [
        (await send(post, name, order))["results"][0]
        for name, order in [
            ("m-2", ORDER),
            ("m-3", changed),
            ("m-4", ORDER),
            ("m-5", changed | {"codAmount": 9, "version": 1}),
        ]
    ]
    assert [(each["outcome"], each["version"]) for each in outcomes] == [
        ("repeated", 1),
        ("changed", 2),
        ("repeated", 2),
        ("stale", 2),
    ]

    clerk = await staff("an", OFFICE, Role.CLERK, now=clock.instant)
    shown = check_page(await client.get("/orders", headers=clerk))
    assert all(word in shown for word in ("D-1", "Nguyễn Thị Ân", "Thôn 3", "30.000", "Đăng ký"))
    stranger = await staff("la", OTHER, Role.CLERK, now=clock.instant)
    assert "D-1" not in check_page(await client.get("/orders", headers=stranger))
    act = {"act": "assign", "courier": "NV-BC-1"}
    assert (await client.post(f"/orders/{code}", data=act, headers=stranger)).status_code == 404
    done = await client.post(f"/orders/{code}", data=act, headers=clerk)
    assert done.status_code == 303, done.text
    assert "Đang đi gom" in check_page(await client.get("/orders", headers=clerk))
    none = await client.post(f"/orders/{code}", data={"act": "cancel", "reason": ""}, headers=clerk)
    assert (none.status_code, "Hãy chọn lý do" in check_page(none)) == (422, True)

    item = (await client.get("/api/v1/pieces", params={"kind": "item"}, headers=post.key)).json()["items"][0][
        "code"
    ]
    scanner = await Scanner.at(client, clock, OFFICE)
    at = clock.advance(timedelta(minutes=5))
    [verdict] = await scanner.results([scanner.scan("accept", item, at)], at)
    assert verdict["verdict"] == "accepted"
    await tell(clock.advance(timedelta(seconds=5)))
    assert "D-1" in check_page(await client.get("/orders?which=collected", headers=clerk))
    late = (await send(post, "m-6", changed | {"codAmount": 1}))["results"][0]
    assert late["code"] == "post.order_collected"
    cancelled = (await send(post, "m-7", ORDER | {"vnpostalStatus": 4, "reason": "citizen_asked"}))[
        "results"
    ][0]
    assert cancelled["code"] == "post.order_collected"
    refused = await client.post(f"/orders/{code}", data={"act": "cancel", "reason": "other"}, headers=clerk)
    assert (refused.status_code, "đã được gom" in check_page(refused)) == (409, True)


async def test_the_partner_cancels_withdraws_and_asks_to_collect_under_its_own_item_code(client, clock, post):
    del client
    await send(post, "n-1", ORDER, ORDER | {"orderNumber": "D-2"}, ORDER | {"orderNumber": "D-3"})
    rows = (
        await send(
            post,
            "n-2",
            ORDER | {"vnpostalStatus": 4, "reason": "nobody_home"},
            ORDER | {"orderNumber": "D-2", "viaPostal": 0},
            ORDER | {"orderNumber": "D-3", "vnpostalStatus": 3},
            ORDER | {"orderNumber": "D-4", "vnpostalStatus": 4},
            ORDER | {"orderNumber": "D-5", "vnpostalStatus": 2, "itemCode": "DH123456785VN"},
            ORDER | {"orderNumber": "D-6", "itemCode": "DH123456785VN"},
            ORDER | {"orderNumber": "D-7", "dossierCode": "H49.17-20261123-0001"},
            ORDER | {"orderNumber": "D-8", "posIdCollect": OTHER},
        )
    )["results"]
    assert [(row["outcome"], row.get("vnpostalStatus"), row.get("code")) for row in rows] == [
        ("cancelled", 4, None),
        ("withdrawn", 0, None),
        ("refused", None, "post.status_by_scan"),
        ("refused", None, "post.order_unknown"),
        ("registered", 2, None),
        ("refused", None, "post.item_taken"),
        ("refused", None, "post.dossier_unknown"),
        ("refused", None, "post.office_unknown"),
    ]
    again = (await send(post, "n-3", ORDER | {"vnpostalStatus": 4}))["results"][0]
    assert again["outcome"] == "repeated"
    for raw in (b'{"orders": [', b"\xff\xfe", b'{"orders": []}', b"7"):
        answer = await post.send("post.orders", f"t-{raw.hex()[:8]}", raw)
        assert answer.status_code in {200, 202, 400, 422}, answer.text
        if answer.status_code == 200:
            assert answer.json()["state"] == "failed"


async def test_an_older_version_that_comes_late_still_asks_to_collect(post):
    late = ORDER | {"orderNumber": "D-9"}
    newer = (await send(post, "late-2", late | {"version": 2, "codAmount": 7}))["results"][0]
    older = (await send(post, "late-1", late | {"version": 1, "vnpostalStatus": 2}))["results"][0]
    assert [(row["outcome"], row["version"], row["vnpostalStatus"]) for row in (newer, older)] == [
        ("registered", 2, 1),
        ("stale", 2, 2),
    ]
