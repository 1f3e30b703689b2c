"""Orders and despatches as programs read them: page by page, one's own alone, and people for who needs them."""

from datetime import timedelta

import pytest

from integrations.post.rules.despatches import PREDES
from integrations.post.rules.reading import local
from postal.db import fetch_value
from postal.identity.rules import Role
from tests.factories.custody import DESK, OFFICE, OTHER, Scanner, network, pieces
from tests.factories.identity import headers
from tests.factories.manifests import item
from tests.factories.partners import Sender
from tests.factories.posting import said_of

A, B = item(1), item(2)
ORDERS, DESPATCHES = "/api/v1/post/orders", "/api/v1/post/despatches"


@pytest.fixture
async def post(client, clock):
    await network(clock.instant)
    await pieces(A, B, now=clock.instant)
    return await Sender.of(client, clock, "vnp", "post", OFFICE)


async def read(client, address, by, **query):
    answer = await client.get(address, params=query, headers=by)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def all_pages(client, address, by, **query):
    """Read a list to its end, one row a page."""
    rows, cursor = [], {}
    while True:
        page = await read(client, address, by, limit=1, **cursor, **query)
        rows += page["items"]
        if page["next_cursor"] is None:
            return rows
        cursor = {"cursor": page["next_cursor"]}


async def test_orders_are_listed_without_people_and_shown_with_them_to_who_collects(client, clock, post):
    for number in ("D-1", "D-2", "D-3"):
        order = {
            "orderNumber": number,
            "govAgencyCode": DESK,
            "codAmount": 25_000,
            "sender": {"Name": "Nguyễn Thị Ân", "Address": "Thôn 3", "Tel": "0912345678", "Email": "a@b.vn"},
        }
        assert (await said_of(post, "post.orders", number, order))["state"] == "done"
        clock.advance(timedelta(minutes=1))
    clerk = await headers(OFFICE, Role.CLERK, now=clock.instant)
    listed = await all_pages(client, ORDERS, clerk)
    assert [one["number"] for one in listed] == ["D-1", "D-2", "D-3"]
    assert "Ân" not in str(listed)
    first = listed[0]
    assert (first["state"], first["office"], first["agency"], first["cod"]) == (1, OFFICE, DESK, 25_000)
    cancelled = await client.post(
        f"/orders/{first['code']}", data={"act": "cancel", "reason": "duplicate"}, headers=clerk
    )
    assert cancelled.status_code == 303, cancelled.text
    by_state = {
        state: [one["number"] for one in await all_pages(client, ORDERS, clerk, state=state)]
        for state in ("open", "collected", "off")
    }
    assert by_state == {"open": ["D-2", "D-3"], "collected": [], "off": ["D-1"]}

    one = f"{ORDERS}/{listed[1]['code']}"
    shown = await read(client, one, clerk)
    assert shown["sender"] == {
        "name": "Nguyễn Thị Ân",
        "tel": "0912345678",
        "address": "Thôn 3",
        "district": None,
        "province": None,
        "desc": None,
    }
    assert await fetch_value("SELECT count(*) FROM audit WHERE action = 'applicant.read'") == 1
    for role, organisation in ((Role.SYSTEM, OFFICE), (Role.CONTROL, OTHER), (Role.ADMIN, DESK)):
        asking = await headers(organisation, role, now=clock.instant)
        assert (await read(client, one, asking))["sender"] is None, role
    desk = await headers(DESK, Role.DESK, now=clock.instant)
    assert (await read(client, one, desk))["sender"]["name"] == "Nguyễn Thị Ân"
    stranger = await headers(OTHER, Role.CLERK, now=clock.instant)
    assert (await read(client, ORDERS, stranger))["items"] == []
    hidden, absent = [
        await client.get(f"{ORDERS}/{code}", headers=stranger) for code in (listed[1]["code"], "DG-1")
    ]
    assert (hidden.status_code, hidden.json()["code"]) == (404, absent.json()["code"])
    assert (
        await client.get(ORDERS, headers=await headers(OFFICE, Role.SORTER, now=clock.instant))
    ).status_code == 403


async def test_despatches_are_listed_and_shown_with_what_was_found_and_answered(client, clock, post):
    for number, codes in (("VN-1", (A, B)), ("VN-2", (A,))):
        clock.advance(timedelta(minutes=1))
        announced = {
            "format": PREDES,
            "despatch": number,
            "sender": OFFICE,
            "receiver": DESK,
            "preparedAt": local(clock.instant),
            "items": [{"itemId": code, "weightGrams": 120} for code in codes],
        }
        assert (await said_of(post, "post.predes", number, announced))["state"] == "done"
    scanner = await Scanner.at(client, clock, DESK)
    at = clock.advance(timedelta(minutes=10))
    await scanner.results([scanner.scan("receive", B, at, manifest="VN-1", counterparty=OFFICE)], at)
    desk = await headers(DESK, Role.DESK, now=clock.instant)
    listed = await all_pages(client, DESPATCHES, desk)
    assert [(one["number"], one["pieces"], one["direction"]) for one in listed] == [
        ("VN-2", 1, "in"),
        ("VN-1", 2, "in"),
    ]
    assert [one["id"] for one in await all_pages(client, DESPATCHES, desk, number="VN-1")] == [
        listed[1]["id"]
    ]
    shown = await read(client, f"{DESPATCHES}/{listed[1]['id']}", desk)
    found = {line["piece"]: line["outcome"] for line in shown["found"]}
    assert found[B] == "received"
    assert found[A] in {"missing", "awaiting_device"}
    assert [(one["piece"], one["grams"]) for one in shown["items"]] == [(A, 120), (B, 120)]
    assert (shown["answers"], shown["differences"], shown["final"]) == ([], [], False)
    stranger = await headers(OTHER, Role.CLERK, now=clock.instant)
    assert (await read(client, DESPATCHES, stranger))["items"] == []
    assert (await client.get(f"{DESPATCHES}/{listed[0]['id']}", headers=stranger)).status_code == 404
