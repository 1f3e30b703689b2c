"""After a day with messages lost, doubled and out of order, the post's notebook and ours say the same."""

import os
from datetime import timedelta

import msgspec
import pytest

from integrations.deliveries import service as deliveries
from integrations.deliveries.rules import STANDARD, Selection
from integrations.feed.rules import START
from integrations.feed.service import place
from integrations.inbox import service as inbox
from integrations.post.rules.despatches import PREDES
from integrations.post.rules.reading import local
from integrations.post.service.following import tell
from postal import registry
from postal.db import fetch, fetch_value
from postal.identity.rules import Role
from tests.factories.custody import DESK, OFFICE, Scanner, network, pieces
from tests.factories.identity import headers
from tests.factories.manifests import Party, item
from tests.factories.partners import Sender
from tests.factories.post_system import post_system
from tests.factories.receivers import integrator

FULL = os.environ.get("POSTAL_TEST_PROFILE") == "full"


class Day:
    """A day of the post and of this system beside each other."""

    def __init__(self, client, clock, sender, post):
        self.client, self.clock, self.sender, self.post = client, clock, sender, post

    def at(self, minutes=0):
        return local(self.clock.instant - timedelta(minutes=minutes))

    async def send(self, kind, name, message):
        answer = await self.sender.send(kind, name, message)
        assert answer.status_code in {200, 202}, answer.text
        return answer.json()

    async def exchange(self):
        """Let some time pass in which either side sends what it can."""
        await self.post.send_all(self.send)
        await inbox.work_off(self.clock.advance(timedelta(minutes=2)))
        await tell(self.clock.instant)
        await deliveries.deliver_due(self.clock.advance(timedelta(minutes=2)))

    async def until(self, done):
        """Exchange until something is done; a day that never ends is a fault, not a wait."""
        for _ in range(60):
            if done():
                return
            await self.exchange()
            self.clock.advance(timedelta(minutes=10))
        pytest.fail("it was never done")

    async def settle(self):
        """Exchange until nothing is under way: the last pause of the table of waits is a day, and all together three.

        What was given up after its last try is sent again, as a person would.
        """
        until = self.clock.instant + 2 * STANDARD.longest
        while self.clock.instant < until:
            await self.exchange()
            left = await self.left()
            if not left:
                return
            await self.replay()
            self.clock.advance(timedelta(minutes=30))
        pytest.fail(f"the two sides never came to an end: {left}")

    async def left(self):
        """Count what is still under way, by side and state."""
        rows = await fetch(
            "SELECT 'delivery ' || state AS what, count(*) AS n FROM delivery WHERE state NOT IN ('done', 'skipped')"
            " GROUP BY 1 UNION ALL"
            " SELECT 'inbox ' || state, count(*) FROM inbox_message WHERE state = 'waiting' GROUP BY 1"
        )
        left = {row["what"]: row["n"] for row in rows}
        return left | ({"post": len(self.post.outbox)} if self.post.outbox else {})

    async def replay(self):
        partner = await fetch_value("SELECT id FROM delivery_destination")
        await deliveries.replay(
            partner,
            Selection(states=("dead",)),
            actor=integrator(OFFICE),
            reason="fixed",
            now=self.clock.instant,
        )


def order(n, **more):
    return {
        "orderNumber": f"D-{n}",
        "sender": {"Name": "Nguyễn Thị Ân", "Address": f"Thôn {n}"},
        "govAgencyCode": DESK,
        **more,
    }


async def day(client, clock, settings, *, many, seed):
    async with post_system(seed=seed, faults=0.25) as post:
        trusted = msgspec.structs.replace(settings.outgoing, trusted=(post.origin,))
        registry.configure(msgspec.structs.replace(settings, outgoing=trusted))
        await network(clock.instant)
        sender = await Sender.of(client, clock, "vnp", "post", OFFICE, url=f"{post.origin}/in")
        post.secret = sender.issued.outbound
        await place("post", START)
        await tell(clock.instant)
        told = Day(client, clock, sender, post)
        items = [item(n) for n in range(1, 3 * many + 1)]
        await pieces(*items[many : 2 * many], now=clock.instant, destination="CITIZEN")
        await pieces(*items[2 * many :], now=clock.instant)
        clock.advance(timedelta(minutes=30))
        await _orders(told, items[:many])
        await _events(told, items[many : 2 * many])
        await _despatches(told, items[2 * many :])
        await told.settle()
        await _agree(told, items, many)


def _is_about(waiting, n):
    return f'"D-{n}"' in msgspec.json.encode(waiting[2]).decode()


async def _orders(told, items):
    for n, code in enumerate(items):
        told.post.write("post.orders", {"orders": [order(n, itemCode=code, vnpostalStatus=2, version=1)]})
    await told.exchange()
    for n, code in enumerate(items):
        if n % 3 == 1:
            changed = {"itemCode": code, "codAmount": 1000, "version": 2}
            told.post.write("post.orders", {"orders": [order(n, **changed)]})
        if n % 3 == 2:
            # Cancelled only once the order is known to have come: the post would not cancel what was never taken.
            await told.until(lambda n=n: not any(_is_about(each, n) for each in told.post.outbox))
            cancelled = {"vnpostalStatus": 4, "reason": "citizen_asked"}
            told.post.write("post.orders", {"orders": [order(n, **cancelled)]})


async def _events(told, items):
    for start in range(0, len(items), 2):
        journey = []
        for code in items[start : start + 2]:
            steps = [("EMA", 25, {}), ("EDG", 15, {}), ("EMH", 10, {"reason": "11"}), ("EMI", 5, {})]
            journey += [
                told.post.happened(code, kind, told.at(ago), OFFICE, **more) for kind, ago, more in steps
            ]
        half = len(journey) // 2
        told.post.tell(journey[:half], OFFICE, told.at())
        told.post.tell(journey[half:], OFFICE, told.at())
    await told.exchange()


async def _despatches(told, items):
    announced = {
        "format": PREDES,
        "despatch": "VN-1",
        "sender": OFFICE,
        "receiver": DESK,
        "preparedAt": told.at(),
        "items": [{"itemId": code} for code in items],
    }
    told.post.write("post.predes", announced)
    await told.until(lambda: not told.post.outbox)
    desk = await Scanner.at(told.client, told.clock, DESK)
    for part in (items[1:], items[:1]):
        at = told.clock.advance(timedelta(minutes=5))
        scans = [desk.scan("receive", code, at, manifest="VN-1", counterparty=OFFICE) for code in part]
        await desk.results(scans, at)
        await told.exchange()
    office = Party(told.client, await headers(DESK, Role.DESK, now=told.clock.instant))
    made = [(await office.post("/items", {"destination": OFFICE})).json()["code"] for _ in range(2)]
    manifest = await office.sealed(*made, receiver=OFFICE)
    assert (await office.post(f"/manifests/{manifest}/dispatch")).status_code == 200
    await told.until(lambda: manifest in told.post.announced)
    said = [
        {"itemId": each["itemId"], "outcome": "received"} for each in told.post.announced[manifest]["items"]
    ]
    reply = {
        "format": "resdes-style/1",
        "despatch": manifest,
        "answer": 1,
        "answeredAt": told.at(),
        "items": said,
    }
    told.post.write("post.resdes", reply)


async def _agree(told, items, many):
    post = told.post
    assert post.refused == 0, "every signature was good"
    ours = {row["number"]: row["state"] for row in await fetch("SELECT number, state FROM post_order")}
    assert {number: each["vnpostalStatus"] for number, each in post.orders.items()} == ours
    assert len(ours) == many
    assert set(ours.values()) <= {2, 4}
    # Every event of its journal is one scan, in its order, and nothing of it comes back.
    scans = await fetch(
        "SELECT code, kind, seq FROM ledger WHERE device = 'program.post.vnp' AND epoch = 'post' ORDER BY seq"
    )
    assert [row["seq"] for row in scans] == list(range(1, post.sequence + 1))
    assert {row["kind"] for row in scans} == {"accept", "out_for_delivery", "attempt_failed", "deliver"}
    holders = await fetch(
        "SELECT code, claims FROM custody WHERE code = ANY($1::text[])", items[many : 2 * many]
    )
    assert {tuple(row["claims"]) for row in holders} == {("CITIZEN",)}
    heard = [(event["itemId"], event["eventCode"]) for event in post.events.values()]
    assert not {code for code, _ in heard} & set(items[many : 2 * many])
    assert sorted(number for _, number in post.events) == list(range(1, len(post.events) + 1)), "no gap"
    assert {code for code, kind in heard if kind == "EMI"} == set(items[2 * many :]), (
        "each arrived at the agency"
    )
    answer = post.answers["VN-1"]
    assert ({line["outcome"] for line in answer["items"]}, answer["final"]) == ({"received"}, True)
    [despatch] = [row["code"] for row in await fetch("SELECT code FROM manifest")]
    found = await Party(told.client, told.sender.key).get(f"/manifests/{despatch}/reconciliation")
    assert {line["line_class"] for line in found.json()["lines"]} == {"matched"}


async def test_both_notebooks_agree_after_a_day_of_lost_doubled_and_reordered_messages(
    client, clock, settings
):
    await day(client, clock, settings, many=3, seed=7)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(4))
async def test_both_notebooks_agree_after_a_large_day(client, clock, settings, seed):
    await day(client, clock, settings, many=100 if FULL else 20, seed=seed)
