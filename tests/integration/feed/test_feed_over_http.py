"""The feed over HTTP: what each organisation is given, and what is refused."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from integrations.feed.rules import Cursor
from integrations.feed.service.waiting import WAITING
from postal import db
from postal.http.paging import encode_cursor
from postal.identity.rules import Role
from shipments.pieces.rules import s10
from tests.factories import custody, manifests
from tests.factories.custody import DESK, HUB, OFFICE, OTHER, Scanner, organisation_key, pieces
from tests.factories.feed import pages
from tests.factories.identity import headers
from tests.factories.pieces import a_scan

NOBODYS = UUID(int=0)
ITEM, SECOND, THIRD = s10("DH", 12_345_678), s10("DH", 12_345_689), s10("DH", 12_345_690)


@pytest.fixture
async def network(client, clock):
    """Organisations, each with a key."""
    await custody.network(clock.instant)
    return {
        code: await organisation_key(code, Role.CLERK, now=clock.instant)
        for code in (OFFICE, HUB, DESK, OTHER)
    }


async def inspector(clock):
    return await headers("VN", Role.REGULATOR, now=clock.instant)


def told(events):
    return [(event["kind"], event["code"]) for event in events]


async def test_an_organisation_is_given_the_rows_of_what_it_sees_and_of_nothing_else(network, client, clock):
    now = clock.instant
    await pieces(ITEM, now=now, origin=OFFICE, destination=HUB)
    await pieces(SECOND, now=now, origin=OTHER, destination=OTHER)
    scanner, other = await Scanner.at(client, clock, OFFICE), await Scanner.at(client, clock, OTHER)
    await scanner.results([scanner.scan("accept", ITEM, now, place=None)], now)
    await other.results([other.scan("accept", SECOND, now)], now)
    office, _ = await pages(client, network[OFFICE])
    assert told(office) == [("piece.registered", ITEM), ("accept", ITEM)]
    assert told((await pages(client, network[OTHER]))[0]) == [
        ("piece.registered", SECOND),
        ("accept", SECOND),
    ]
    assert (await pages(client, network[DESK]))[0] == []
    everything, _ = await pages(client, await inspector(clock))
    assert {event["code"] for event in everything} >= {ITEM, SECOND}


async def test_an_event_says_what_the_piece_says_and_names_nobody(network, client, clock):
    now = clock.instant
    await pieces(ITEM, now=now)
    scanner = await Scanner.at(client, clock, OFFICE)
    scanner.skew = timedelta(minutes=2)
    first = scanner.scan(
        "offer", ITEM, now, counterparty=HUB, reason="wrong_address", note="Nguyễn Văn A, 0912"
    )
    await scanner.results([first], now)
    piece = (await client.get(f"/api/v1/pieces/{ITEM}", headers=network[OFFICE])).json()
    wrong = scanner.scan("correct", ITEM, now, corrects=first["id"])
    await scanner.results([wrong], now)
    (registered, offer, correct), _ = await pages(client, network[OFFICE])
    assert (registered["stream"], registered["organisation"]) == ("record", OFFICE)
    assert (offer["stream"], offer["organisation"], offer["counterparty"], offer["reason"]) == (
        "scan", OFFICE, HUB, "wrong_address",
    )  # fmt: skip
    assert correct["corrects"] == offer["id"] == first["id"]
    [step] = piece["timeline"]
    assert (step["row"], step["at"]) == (offer["id"], offer["at"])
    assert datetime.fromisoformat(offer["occurred_at"]) - datetime.fromisoformat(offer["at"]) == scanner.skew
    assert "Nguyễn" not in str(offer)
    assert f"NV-{OFFICE}" not in str(offer)
    assert len(offer["content_hash"]) == 64


async def test_whoever_gains_sight_of_a_piece_is_given_what_happens_from_then_on(network, client, clock):
    now = clock.instant
    await pieces(ITEM, now=now, destination=OFFICE)
    scanner = await Scanner.at(client, clock, OFFICE)
    await scanner.results([scanner.scan("accept", ITEM, now)], now)
    nothing, after = await pages(client, network[HUB])
    assert nothing == []
    assert (await client.get(f"/api/v1/pieces/{ITEM}", headers=network[HUB])).status_code == 404
    offer = scanner.scan("offer", ITEM, now, counterparty=HUB)
    await scanner.results([offer], now)
    given, after = await pages(client, network[HUB], after=after)
    assert [event["id"] for event in given] == [offer["id"]]
    # What the cursor had passed is in the history of the piece, and a reader who starts now has it all.
    piece = (await client.get(f"/api/v1/pieces/{ITEM}", headers=network[HUB])).json()
    assert len(piece["timeline"]) == 2
    assert told((await pages(client, network[HUB]))[0]) == [
        ("piece.registered", ITEM), ("accept", ITEM), ("offer", ITEM),
    ]  # fmt: skip
    assert (await pages(client, network[HUB], after=after))[0] == []


async def test_both_sides_of_a_manifest_are_given_its_records_and_nobody_else(client, clock):
    now = clock.instant
    await manifests.registered(ITEM, now=now)
    giver = await manifests.party(client, manifests.GIVER, now=now)
    receiver = await manifests.party(client, manifests.RECEIVER, now=now)
    stranger = await manifests.party(client, manifests.STRANGER, now=now)
    code = await giver.sealed(ITEM)
    assert (await giver.post(f"/manifests/{code}/dispatch")).status_code == 200
    wanted = [("manifest.sealed", code), ("manifest.dispatched", code)]
    for party in (giver, receiver):
        given, _ = await pages(client, party.headers)
        assert [each for each in told(given) if each[1] == code] == wanted
    assert (await pages(client, stranger.headers))[0] == []


async def test_a_disputed_id_is_told_with_both_its_contents(network, client, clock):
    now = clock.instant
    await pieces(ITEM, now=now)
    scanner = await Scanner.at(client, clock, OFFICE)
    scan = scanner.scan("accept", ITEM, now)
    await scanner.results([scan], now)
    await scanner.results([{**scan, "kind": "hold"}], now)
    await scanner.results([{**scan, "kind": "hold"}], now)
    given, _ = await pages(client, network[OFFICE])
    ours = [event for event in given if event["id"] == scan["id"]]
    assert [event["verdict"] for event in ours] == ["accepted", "disputed", "disputed"]
    assert {event["kind"] for event in ours[1:]} == {"accept", "hold"}
    assert ours[0]["content_hash"] in {event["content_hash"] for event in ours[1:]}
    assert len({event["content_hash"] for event in ours}) == 2


async def test_a_month_is_caught_up_with_in_pages_of_any_size(network, client, clock):
    start = clock.instant
    scanner = await Scanner.at(client, clock, OFFICE)
    for day in range(30):
        at = start + timedelta(days=day)
        code = s10("DH", 20_000_000 + day)
        await pieces(
            code, now=at, origin=OFFICE if day % 3 else OTHER, destination=OFFICE if day % 3 else OTHER
        )
        await scanner.results([scanner.scan("accept", code, at) for _ in range(2)], at)
    whole, after = await pages(client, network[OFFICE], limit=1000)
    assert len(whole) == 90
    for limit in (1, 2, 7, 100):
        assert await pages(client, network[OFFICE], limit=limit) == (whole, after)
    accepts, _ = await pages(client, network[OFFICE], limit=3, kind="accept")
    assert accepts == [event for event in whole if event["kind"] == "accept"]
    assert (await pages(client, network[OFFICE], kind="nothing_like_it"))[0] == []


async def test_what_many_clients_were_told_is_accepted_is_read_once_while_another_writer_hesitates(
    network, client, clock
):
    now = clock.instant
    await pieces(ITEM, SECOND, THIRD, now=now)
    scanners = [await Scanner.at(client, clock, code) for code in (OFFICE, HUB, OTHER)]
    reader = await inspector(clock)
    read, after = await pages(client, reader)
    told_accepted = set()

    async def work(scanner, code):
        for _ in range(4):
            scan = scanner.scan("hold", code, now)
            [verdict] = await scanner.results([scan], now)
            assert verdict["verdict"] == "accepted"
            told_accepted.add(scan["id"])

    written, may_end = asyncio.Event(), asyncio.Event()

    async def hesitate():
        async with db.unit_of_work():
            row = a_scan("hold", s10("DH", 99_999_999), OTHER, now)
            await manifests.record([row])
            written.set()
            await may_end.wait()
            told_accepted.add(str(row.content.id))

    hesitating = asyncio.create_task(hesitate())
    await written.wait()
    await asyncio.gather(*(work(*each) for each in zip(scanners, (ITEM, SECOND, THIRD), strict=True)))
    early, after = await pages(client, reader, after=after, limit=5)
    assert early == []
    may_end.set()
    await hesitating
    given, _ = await pages(client, reader, after=after, limit=5)
    assert sorted(event["id"] for event in given) == sorted(told_accepted)
    assert (await pages(client, reader))[0] == read + given


async def test_filters_in_any_combination_give_their_part_and_one_cursor_serves_them_all(
    network, client, clock
):
    now = clock.instant
    await pieces(ITEM, SECOND, now=now, origin=OFFICE, destination=HUB)
    scanner, hub = await Scanner.at(client, clock, OFFICE), await Scanner.at(client, clock, HUB)
    for code in (ITEM, SECOND):
        await scanner.results(
            [scanner.scan("accept", code, now), scanner.scan("offer", code, now, counterparty=HUB)], now
        )
        await hub.results([hub.scan("receive", code, now, counterparty=OFFICE)], now)
    key = network[OFFICE]
    whole, end = await pages(client, key, limit=3)
    assert {event["stream"] for event in whole} == {"record", "scan"}
    for query, fits in (
        ({"kind": ["accept", "receive"]}, lambda one: one["kind"] in {"accept", "receive"}),
        ({"stream": ["scan"]}, lambda one: one["stream"] == "scan"),
        ({"stream": ["case", "record"]}, lambda one: one["stream"] == "record"),
        ({"code": [ITEM]}, lambda one: one["code"] == ITEM),
        ({"organisation": [HUB], "code": [SECOND, ITEM]}, lambda one: one["organisation"] == HUB),
        ({"kind": ["offer"], "code": [ITEM], "stream": ["scan"], "organisation": [OFFICE, HUB]},
         lambda one: (one["kind"], one["code"]) == ("offer", ITEM)),
    ):  # fmt: skip
        found = await pages(client, key, limit=2, **query)
        assert found == ([event for event in whole if fits(event)], end)
        assert found[0]
    for wrong in ({"stream": "manifest"}, {"kind": ["a"] * 51}, {"code": ""}, {"wait": 31}, {"wait": -1}):
        assert (await client.get("/api/v1/events", params=wrong, headers=key)).status_code == 400


async def test_the_parties_of_a_trip_are_given_its_records(client, clock):
    now = clock.instant
    await manifests.registered(ITEM, now=now)
    giver = await manifests.party(client, manifests.GIVER, now=now)
    stranger = await manifests.party(client, manifests.STRANGER, now=now)
    opened = await giver.post("/trips", {"origin": manifests.GIVER, "destination": manifests.RECEIVER})
    assert opened.status_code == 201, opened.text
    code = opened.json()["code"]
    assert (told((await pages(client, giver.headers, code=code))[0])) == [("trip.opened", code)]
    assert (await pages(client, stranger.headers, code=code))[0] == []


async def waited(size):
    while WAITING.size < size:  # noqa: ASYNC110 - it tells nobody
        await asyncio.sleep(0.01)


async def test_who_waits_is_answered_when_something_comes_and_holds_no_connection(network, client, clock):
    now = clock.instant
    key = network[OFFICE]
    _, end = await pages(client, key)
    ask = {"after": end, "wait": 20, "code": ITEM}
    waiting = [asyncio.create_task(client.get("/api/v1/events", params=ask, headers=key)) for _ in range(3)]
    async with asyncio.timeout(10):
        await waited(3)
        pool = db.ENGINE.pool
        assert pool.get_idle_size() == pool.get_size()
        # What the filter leaves out wakes nobody for good.
        await pieces(SECOND, now=now, origin=OFFICE)
        await pieces(ITEM, now=now, origin=OFFICE)
        answers = [await each for each in waiting]
    for answer in answers:
        assert told(answer.json()["items"]) == [("piece.registered", ITEM)]
    # Without anything to come the answer says how far was looked, once the time is over.
    empty = await client.get(
        "/api/v1/events", params={**ask, "after": answers[0].json()["next_cursor"], "wait": 1}, headers=key
    )
    assert (empty.json()["items"], empty.json()["caught_up"]) == ([], True)
    assert WAITING.size == 0


async def test_a_process_that_ends_keeps_nobody_waiting(network, client, clock):
    waiting = asyncio.create_task(client.get("/api/v1/events", params={"wait": 30}, headers=network[DESK]))
    async with asyncio.timeout(10):
        await waited(1)
        client._transport.app.state["draining"] = True
        assert (await waiting).json()["items"] == []


async def test_a_page_takes_one_statement_whatever_it_holds(network, client, clock):
    now = clock.instant
    await pieces(ITEM, now=now)
    totals = set()
    for limit in (1, 1000):
        with db.count_statements() as count:
            await client.get("/api/v1/events", params={"limit": limit}, headers=network[OFFICE])
        totals.add(count.total)
    await pieces(*(s10("DH", number) for number in range(30_000_000, 30_000_050)), now=now)
    with db.count_statements() as count:
        await client.get("/api/v1/events", params={"limit": 1000}, headers=network[OFFICE])
    assert totals | {count.total} == {2}, count.texts


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"after": "x"}, "request.cursor"),
        ({"after": ""}, None),
        ({"after": encode_cursor(["DH000000001VN"])}, "request.cursor"),
        ({"after": encode_cursor(Cursor(2**62, 0, NOBODYS, ""))}, "feed.cursor_ahead"),
        ({"limit": 0}, None),
        ({"limit": 1001}, None),
        ({"kind": ""}, None),
    ],
)
async def test_a_request_that_means_nothing_is_refused(network, client, query, code):
    answer = await client.get("/api/v1/events", params=query, headers=network[OFFICE])
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("application/problem+json")
    if code:
        assert (answer.json()["code"], answer.json()["pointer"]) == (code, "/query/after")


async def test_nobody_reads_without_a_key(client):
    assert (await client.get("/api/v1/events")).status_code == 401
