"""An answer that no longer says that a piece came takes its scan back; whatever comes twice or late does not."""

import itertools
from datetime import timedelta

import pytest

from integrations.feed.rules import START
from integrations.feed.service import place
from integrations.inbox import service as inbox
from integrations.post.repository import despatches as repository
from integrations.post.rules.despatches import RESDES, Answer, AnswerLine, Direction
from integrations.post.rules.reading import local
from integrations.post.service.following import tell
from postal.db import fetch, unit_of_work
from postal.identity.rules import Role
from tests.factories.custody import DESK, OFFICE, network, pieces
from tests.factories.fees import staff
from tests.factories.identity import headers
from tests.factories.manifests import Party, item
from tests.factories.pages import check_page
from tests.factories.partners import Sender
from tests.factories.posting import said_of

EXTRA = item(1)
SCANS = """
SELECT id::text, kind, code, body ->> 'corrects' AS corrects, organisation, body ->> 'condition' AS condition
FROM ledger WHERE stream = 1 AND device = 'program.post.vnp' ORDER BY id
"""


class Answers:
    """What a partner answers to one despatch of ours."""

    def __init__(self, post, desk, despatch, clock):
        self.post, self.desk, self.despatch, self.clock = post, desk, despatch, clock
        self.names = itertools.count(1)

    def reply(self, number, *lines, minutes=20):
        at = self.clock.advance(timedelta(minutes=minutes))
        items = [{"itemId": code, "outcome": outcome} for code, outcome in lines]
        return {
            "format": RESDES,
            "despatch": self.despatch,
            "answeredAt": local(at),
            "items": items,
        } | ({"answer": number} if number else {})

    async def send(self, message):
        said = await said_of(self.post, "post.resdes", f"r-{next(self.names)}", message)
        assert said["state"] == "done", said
        return sorted((one["outcome"], one.get("itemId", "")) for one in said["results"])

    async def classes(self):
        found = (await self.desk.get(f"/manifests/{self.despatch}/reconciliation")).json()
        return {line["code"]: line["line_class"] for line in found["lines"]}


@pytest.fixture
async def post(client, clock):
    await network(clock.instant)
    await pieces(EXTRA, now=clock.instant)
    sender = await Sender.of(client, clock, "vnp", "post", OFFICE, url="https://post.example/messages")
    await place("post", START)
    return sender


@pytest.fixture
async def desk(client, clock):
    return Party(client, await headers(DESK, Role.DESK, Role.SYSTEM, now=clock.instant))


@pytest.fixture
async def two(desk, post):
    return [(await desk.post("/items", {"destination": OFFICE, "pieces": []})).json()["code"] for _ in "ab"]


@pytest.fixture
async def answers(clock, post, desk, two):
    manifest = await desk.sealed(*two, receiver=OFFICE)
    assert (await desk.post(f"/manifests/{manifest}/dispatch")).status_code == 200
    clock.advance(timedelta(seconds=5))
    await tell(clock.instant)
    return Answers(post, desk, manifest, clock)


async def test_what_a_second_answer_no_longer_says_was_received_is_taken_back_once(
    client, clock, answers, two
):
    a, b = two
    first = answers.reply(1, (a, "received"), (b, "received"), (EXTRA, "extra"))
    assert await answers.send(first) == sorted(("scanned", code) for code in (a, b, EXTRA))
    scanned = {row["code"]: row["id"] for row in await fetch(SCANS)}
    assert (await client.get(f"/api/v1/pieces/{b}", headers=answers.post.key)).json()["holder"] == OFFICE
    # The second one says that b never came, and does not speak of the extra piece any more.
    second = answers.reply(2, (a, "received"), (b, "missing"))
    assert await answers.send(second) == sorted(("taken_back", code) for code in (b, EXTRA))
    corrections = {
        row["code"]: (row["corrects"], row["organisation"])
        for row in await fetch(SCANS)
        if row["kind"] == "correct"
    }
    assert corrections == {code: (scanned[code], OFFICE) for code in (b, EXTRA)}
    assert (await client.get(f"/api/v1/pieces/{b}", headers=answers.desk.headers)).json()["holder"] != OFFICE
    assert (await client.get(f"/api/v1/pieces/{a}", headers=answers.post.key)).json()["holder"] == OFFICE
    classes = await answers.classes()
    assert (classes[a], EXTRA in classes) == ("matched", False)
    assert classes[b] in {"missing", "awaiting_device"}
    clerk = await staff("an", DESK, Role.DESK, now=clock.instant)
    despatch = await repository.find("vnp", Direction.OUT, answers.despatch)
    shown = check_page(await client.get(f"/despatches/{despatch.id}", headers=clerk))
    assert "đã nhận → thiếu" in shown
    assert "Lần trả lời sau thay lần trước" in shown
    # Doubled, or the first again: nothing more is scanned.
    before = await fetch(SCANS)
    assert await answers.send(second) == [("repeated", "")]
    assert await answers.send(first) == [("repeated", "")]
    # Understood again by a person's wish, each of them.
    governs = await headers(OFFICE, Role.ADMIN, now=clock.instant)
    again = await client.post(
        "/api/v1/inbox/replays", json={"partner": "vnp", "state": "done"}, headers=governs
    )
    assert (again.status_code, again.json()["messages"]) == (202, 4), again.text
    assert await inbox.work_off(clock.instant) == 4
    assert await fetch(SCANS) == before
    # It turns up after all, with a broken corner; then it is said to be whole: the damage is taken back, not the piece.
    third = answers.reply(3, (a, "received"), (b, "damaged"))
    assert await answers.send(third) == [("scanned", b)]
    assert (await answers.classes())[b] == "damaged"
    assert await answers.send(answers.reply(4, (a, "received"), (b, "received"))) == [
        ("scanned", b),
        ("taken_back", b),
    ]
    assert await answers.classes() == {a: "matched", b: "matched"}


async def test_an_older_answer_that_comes_late_undoes_nothing(client, answers, two):
    a, b = two
    first = answers.reply(1, (a, "received"), (b, "received"))
    second = answers.reply(2, (a, "missing"), (b, "received"))
    # Of the same instant as the second, by the partner's own word.
    third = answers.reply(3, (a, "received"), (b, "missing"), minutes=0)
    assert await answers.send(second) == [("scanned", b)]
    assert await answers.send(first) == [("stale", "")]
    assert await answers.send(third) == sorted([("scanned", a), ("taken_back", b)])
    assert await answers.send(first) == [("stale", "")]
    assert await answers.send(second) == [("repeated", "")]
    holders = [
        (await client.get(f"/api/v1/pieces/{code}", headers=answers.desk.headers)).json()["holder"]
        for code in two
    ]
    assert (holders[0], holders[1] == OFFICE) == (OFFICE, False)


async def test_answers_without_numbers_replace_each_other_by_their_time(answers, two):
    a, b = two
    first = answers.reply(None, (a, "received"), (b, "received"))
    second = answers.reply(None, (a, "received"))
    assert await answers.send(first) == sorted([("scanned", a), ("scanned", b)])
    assert await answers.send(second) == [("taken_back", b)]
    assert await answers.send(first) == [("repeated", "")]
    assert await answers.send(second) == [("repeated", "")]
    assert (await answers.classes())[a] == "matched"


async def test_what_an_answer_of_the_release_before_left_standing_is_taken_back_by_the_next_one(answers, two):
    a, b = two
    await answers.send(answers.reply(1, (a, "received"), (b, "received")))
    despatch = await repository.find("vnp", Direction.OUT, answers.despatch)
    lines = (AnswerLine(piece=a, outcome="received"), AnswerLine(piece=b, outcome="missing"))
    now = answers.clock.advance(timedelta(minutes=5))
    async with unit_of_work():
        second = Answer(despatch=answers.despatch, number=2, at=now, lines=lines)
        await repository.add_answer(despatch.id, second, final=False, now=now)
    assert await answers.send(answers.reply(3, (a, "received"), (b, "missing"))) == [("taken_back", b)]
    assert await answers.send(answers.reply(4, (a, "received"), (b, "missing"))) == [("answered", "")]
