"""Despatches both ways: announced, answered by what reconciliation finds, and answered again when that changes."""

from datetime import timedelta

import msgspec
import pytest

from integrations.deliveries import service as deliveries
from integrations.feed.rules import START
from integrations.feed.service import place
from integrations.post.repository import despatches as repository
from integrations.post.rules.despatches import PREDES, RESDES, Direction, digest_of, read_predes
from integrations.post.rules.reading import local
from integrations.post.service.following import tell
from postal import registry
from postal.db import fetch, fetch_value
from postal.identity.rules import Role
from tests.factories.custody import DESK, OFFICE, OTHER, Scanner, network, pieces
from tests.factories.fees import staff
from tests.factories.gateway import gateway
from tests.factories.identity import headers
from tests.factories.manifests import Party, item
from tests.factories.pages import check_page
from tests.factories.partners import Sender
from tests.factories.posting import said_of

A, B, C, D = (item(n) for n in range(1, 5))


@pytest.fixture
async def outside(settings):
    async with gateway() as made:
        trusted = msgspec.structs.replace(settings.outgoing, trusted=(made.origin,))
        registry.configure(msgspec.structs.replace(settings, outgoing=trusted))
        yield made


@pytest.fixture
async def post(client, clock, outside):
    await network(clock.instant)
    await pieces(A, B, C, now=clock.instant)
    await pieces(D, now=clock.instant, origin=DESK, destination="CITIZEN")
    sender = await Sender.of(client, clock, "vnp", "post", OFFICE, url=f"{outside.origin}/post")
    await place("post", START)
    await told(clock)
    clock.advance(timedelta(minutes=1))
    return sender


async def told(clock):
    """Let everything that was recorded come to the partner."""
    clock.advance(timedelta(seconds=5))
    await tell(clock.instant)
    await deliveries.deliver_due(clock.instant)


def heard(outside, kind):
    calls = [call for call in outside.calls if call[1]["message-kind"] == kind]
    return [msgspec.json.decode(body) for _, _, body in calls]


def predes(clock, *items, number="VN-1", receiver=DESK, **more):
    return {
        "format": PREDES,
        "despatch": number,
        "sender": OFFICE,
        "receiver": receiver,
        "preparedAt": local(clock.instant),
        "items": [{"itemId": each, "weightGrams": 120} for each in items],
        **more,
    }


async def test_what_the_post_announces_is_expected_never_held_and_answered_and_corrected(
    client, clock, post, outside
):
    said = await said_of(post, "post.predes", "p-1", predes(clock, A, B, C))
    assert (said["state"], said["results"][0]["outcome"]) == ("done", "announced"), said
    assert (await said_of(post, "post.predes", "p-2", predes(clock, A, B, C)))["results"][0][
        "outcome"
    ] == "repeated"
    assert await fetch_value("SELECT count(*) FROM ledger WHERE stream = 1") == 0, (
        "an announcement is no custody"
    )
    clerk = await staff("an", DESK, Role.DESK, now=clock.instant)
    assert "VN-1" in check_page(await client.get("/despatches", headers=clerk))
    assert "Đã báo trước" in check_page(await client.get("/home", headers=clerk))
    despatch = await repository.find("vnp", Direction.IN, "VN-1")
    stranger = await staff("la", OTHER, Role.CLERK, now=clock.instant)
    assert (await client.get(f"/despatches/{despatch.id}", headers=stranger)).status_code == 404
    assert (await client.post(f"/despatches/{despatch.id}", headers=stranger)).status_code == 404

    scanner = await Scanner.at(client, clock, DESK)
    at = clock.advance(timedelta(minutes=10))
    scans = [
        scanner.scan("receive", A, at, manifest="VN-1", counterparty=OFFICE),
        scanner.scan("receive", B, at, manifest="VN-1", counterparty=OFFICE, condition="damaged"),
        scanner.scan("receive", D, at, manifest="VN-1"),
    ]
    assert {one["verdict"] for one in await scanner.results(scans, at)} == {"accepted"}
    await told(clock)
    assert heard(outside, "post.resdes") == [], "one is still unseen, and the desk may go on scanning"
    assert (await client.post(f"/despatches/{despatch.id}", headers=clerk)).status_code == 303
    await told(clock)
    [first] = heard(outside, "post.resdes")
    outcomes = {line["itemId"]: line["outcome"] for line in first["items"]}
    assert outcomes == {A: "received", B: "damaged", C: "missing", D: "extra"} or outcomes[D] == "misrouted"
    assert (first["format"], first["answer"], first["despatch"], first["final"]) == (RESDES, 1, "VN-1", False)
    # A late scan: the second answer says what changed, and a third one is not sent for nothing.
    at = clock.advance(timedelta(minutes=10))
    await scanner.results([scanner.scan("receive", C, at, manifest="VN-1", counterparty=OFFICE)], at)
    await told(clock)
    await told(clock)
    second = heard(outside, "post.resdes")[1:]
    assert [one["answer"] for one in second] == [2]
    changed = {
        line["itemId"]: (line["before"], line["outcome"]) for line in second[0]["items"] if "before" in line
    }
    assert changed == {C: ("missing", "received")}
    shown = check_page(await client.get(f"/despatches/{despatch.id}", headers=clerk))
    assert "thiếu → đã nhận" in shown
    late = await said_of(post, "post.predes", "p-3", predes(clock, A))
    assert (late["state"], late["code"]) == ("failed", "post.predes_answered")
    refused = await client.post(f"/despatches/{despatch.id}", headers=clerk)
    assert (refused.status_code, "đã trả lời xong" in check_page(refused)) == (409, True)


async def test_a_bad_line_or_another_list_refuses_an_announcement_whole(client, clock, post):
    del client
    good = predes(clock, A, B)
    for name, body, code in [
        ("digit", predes(clock, A, "DH123456784VN"), "post.check_digit"),
        ("twice", predes(clock, A, A), "post.piece_twice"),
        ("empty", predes(clock), "post.empty"),
        ("digest", good | {"digest": "0" * 64}, "post.digest"),
        ("giver", good | {"sender": OTHER}, "post.not_giver"),
        ("party", good | {"receiver": "BC-77"}, "post.party_unknown"),
        ("same", good | {"receiver": OFFICE}, "post.same_party"),
        ("bag", good | {"items": [{"itemId": A, "receptacle": "T-9"}]}, "post.receptacle_unknown"),
        ("format", good | {"format": "PREDES"}, "post.format"),
        ("time", good | {"preparedAt": "2030-01-01T00:00:00+07:00"}, "post.in_the_future"),
    ]:
        said = await said_of(post, "post.predes", name, body)
        assert (said["state"], said["code"]) == ("failed", code), said
    assert await fetch_value("SELECT count(*) FROM post_despatch") == 0
    read = read_predes(good, clock.instant)
    said = await said_of(
        post, "post.predes", "good", good | {"digest": digest_of(read), "unknown": {"kept": True}}
    )
    assert said["state"] == "done"
    changed = await said_of(post, "post.predes", "changed", predes(clock, A))
    assert changed["results"][0]["outcome"] == "changed"
    assert len(await fetch("SELECT FROM post_despatch_piece")) == 1


async def test_what_we_send_is_announced_and_the_answer_becomes_the_receivers_scans(
    client, clock, post, outside
):
    desk = Party(client, await headers(DESK, Role.DESK, Role.SYSTEM, now=clock.instant))
    early = {
        "format": RESDES,
        "despatch": "BK-261123-AAAAAA",
        "answeredAt": local(clock.instant),
        "items": [],
    }
    assert (await said_of(post, "post.resdes", "early", early))["code"] == "inbox.too_early"
    made = await desk.post("/items", {"destination": OFFICE, "pieces": []})
    two = [made.json()["code"], (await desk.post("/items", {"destination": OFFICE})).json()["code"]]
    manifest = await desk.sealed(*two, receiver=OFFICE)
    assert (await desk.post(f"/manifests/{manifest}/dispatch")).status_code == 200
    await told(clock)
    [announced] = heard(outside, "post.predes")
    assert announced["despatch"] == manifest
    assert sorted(each["itemId"] for each in announced["items"]) == sorted(two)
    assert len(announced["sealedDigest"]) == 64
    read_predes(announced, clock.instant)

    def reply(number, *lines):
        return {
            "format": RESDES,
            "despatch": manifest,
            "answer": number,
            "answeredAt": local(clock.instant),
            "items": [{"itemId": code, "outcome": outcome} for code, outcome in lines],
        }

    clock.advance(timedelta(minutes=20))
    first = reply(1, (two[0], "received"), (two[1], "missing"), (A, "extra"))
    assert (await said_of(post, "post.resdes", "r-1", first))["state"] == "done"
    assert (await said_of(post, "post.resdes", "r-2", first))["results"][0]["outcome"] == "repeated"
    assert (await client.get(f"/api/v1/pieces/{two[0]}", headers=post.key)).json()["holder"] == OFFICE
    found = (await desk.get(f"/manifests/{manifest}/reconciliation")).json()
    classes = {line["code"]: line["line_class"] for line in found["lines"]}
    # To the partner it is one too many; this system knows where it is bound for.
    assert (classes[two[0]], classes[A]) == ("matched", "misrouted")
    assert classes[two[1]] in {"missing", "awaiting_device"}
    clock.advance(timedelta(minutes=20))
    second = reply(2, (two[0], "received"), (two[1], "damaged"), (A, "extra"))
    assert (await said_of(post, "post.resdes", "r-3", second))["state"] == "done"
    assert (await said_of(post, "post.resdes", "r-4", first))["results"][0]["outcome"] in {
        "repeated",
        "stale",
    }
    clerk = await staff("an", DESK, Role.DESK, now=clock.instant)
    despatch = await repository.find("vnp", Direction.OUT, manifest)
    shown = check_page(await client.get(f"/despatches/{despatch.id}", headers=clerk))
    assert all(word in shown for word in (manifest, "thiếu → hư hỏng", "Hai bên nói khác nhau"))
    assert (
        await fetch_value(
            "SELECT count(*) FROM ledger WHERE kind = 'receive' AND device = 'program.post.vnp'"
        )
        == 3
    )
