"""Messages of partners: what is taken, once, and what is refused with nothing kept."""

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from integrations.partners import service as partners
from integrations.partners.rules import PartnerChange
from postal.config import InboxSettings, hold
from postal.db import fetch_value
from postal.identity.rules import Role
from tests.factories.dossiers import OFFICE
from tests.factories.identity import actor, headers
from tests.factories.partners import Sender

KIND = "agency.steps"
STEP = {"subject": "H57.01-1", "step": 1}


async def kept():
    return await fetch_value("SELECT count(*) FROM inbox_message")


def code_of(answer):
    return answer.status_code, answer.json()["code"]


async def test_a_message_is_understood_once_and_the_same_one_again_gives_the_first_answer(sender, steps):
    first = await sender.send(KIND, "m-1", STEP)
    assert first.status_code == 200, first.text
    told = first.json()
    assert (told["state"], told["subjects"], told["results"]) == (
        "done",
        ["H57.01-1"],
        [{"row": 1, "step": 1}],
    )
    assert (told["partner"], told["message_id"], told["kind"], told["tries"]) == (sender.code, "m-1", KIND, 1)
    again = await sender.sign(KIND, "m-1", STEP)
    assert (again.status_code, again.json()) == (200, told)
    assert (await sender.outcome("m-1")).json() == told
    assert steps.ran == ["m-1"]
    for different in (
        await sender.send(KIND, "m-1", {**STEP, "step": 2}),
        await sender.sign(KIND, "m-1", b"{}"),
    ):
        assert code_of(different) == (409, "inbox.other_content")
    assert (await kept(), steps.ran) == (1, ["m-1"])


async def test_the_bytes_lie_sealed_and_no_credentials_are_kept(sender):
    await sender.send(KIND, "m-1", {**STEP, "name": "Nguyễn Thị Hằng"})
    sealed = await fetch_value("SELECT sealed FROM inbox_raw")
    assert "Hằng".encode() not in sealed
    told = await fetch_value("SELECT headers::text FROM inbox_message")
    assert "bearer" not in told.lower()
    assert "m-1" in told


async def test_one_id_with_sixteen_contents_at_one_moment_has_one_effect(sender, steps):
    answers = await asyncio.gather(
        *(sender.send(KIND, "m-1", {"subject": f"S{number}", "step": 1}) for number in range(8)),
        *(sender.send(KIND, "m-1", {"subject": "S0", "step": 1}) for _ in range(8)),
    )
    statuses = sorted(answer.status_code for answer in answers)
    won = {answer.json()["subjects"][0] for answer in answers if answer.status_code == 200}
    assert len(won) == 1
    assert set(statuses) <= {200, 202, 409}
    assert statuses.count(409) == (7 if won == {"S0"} else 15)
    assert (await kept(), len(steps.ran), len(steps.gone)) == (1, 1, 1)


@pytest.mark.parametrize(
    ("apart", "status"), [(300, 200), (-300, 200), (301, 401), (-301, 401), (86_400, 401)]
)
async def test_a_clock_may_be_five_minutes_off_and_no_second_more(sender, apart, status):
    answer = await sender.sign(KIND, "m-1", STEP, at=sender.clock.instant + timedelta(seconds=apart))
    assert answer.status_code == status
    if status == 401:
        assert code_of(answer) == (401, "partner.clock")
        assert await kept() == 0


async def test_a_secret_counts_until_its_overlap_ends_and_two_count_at_a_time(sender, clock):
    governs = await actor(sender.issued.partner.organisation, Role.ADMIN, now=clock.instant)
    until = clock.instant + timedelta(hours=1)
    old = sender.issued.inbound
    new = (await partners.rotate(sender.code, "inbound", until, actor=governs, now=clock.instant)).inbound
    for number, secrets in enumerate(([old], [new], [new, old])):
        assert (await sender.sign(KIND, f"m-{number}", STEP, secrets=secrets)).status_code == 200
    clock.set(until)
    assert code_of(await sender.sign(KIND, "m-3", STEP, secrets=[old])) == (401, "partner.signature")
    assert (await sender.sign(KIND, "m-3", STEP, secrets=[old, new])).status_code == 200
    third = (await partners.rotate(sender.code, "inbound", None, actor=governs, now=clock.instant)).inbound
    assert (await sender.sign(KIND, "m-4", STEP, secrets=[new])).status_code == 200
    await partners.rotate(sender.code, "inbound", None, actor=governs, now=clock.instant)
    assert code_of(await sender.sign(KIND, "m-5", STEP, secrets=[new])) == (401, "partner.signature")
    assert (await sender.sign(KIND, "m-5", STEP, secrets=[third])).status_code == 200


async def test_what_is_not_the_partners_own_is_refused_and_nothing_kept(sender, clock, client):
    other = await Sender.of(client, clock, "buu-cuc", "post", OFFICE)
    clerk = await headers(sender.issued.partner.organisation, Role.DESK, now=clock.instant)
    assert code_of(await sender.send(KIND, "m", STEP, by=other.key)) == (404, "partner.not_found")
    assert code_of(await sender.send(KIND, "m", STEP, by=clerk)) == (404, "partner.not_found")
    assert code_of(await sender.sign(KIND, "m", STEP, secrets=other.secrets)) == (401, "partner.signature")
    assert code_of(await sender.send(KIND, "m", STEP, by={"Authorization": ""})) == (
        401,
        "partner.credentials",
    )
    assert code_of(await other.send(KIND, "m", STEP)) == (404, "inbox.kind_unknown")
    assert code_of(await sender.send("agency.unheard", "m", STEP)) == (404, "inbox.kind_unknown")
    absent = await client.post(f"/api/v1/partners/nobody/messages/{KIND}", json=STEP, headers=sender.key)
    assert code_of(absent) == (404, "partner.not_found")
    signed = await sender.sign(KIND, "m", STEP, **{"webhook-signature": "v1,AAAA"})
    unknown = await client.post(
        f"/api/v1/partners/nobody/messages/{KIND}", content=b"{}", headers=dict(signed.request.headers)
    )
    assert code_of(signed) == code_of(unknown) == (401, "partner.signature")
    assert (await sender.outcome("m")).status_code == 404
    assert await kept() == 0


async def test_a_body_that_is_no_message_is_refused_and_nothing_kept(sender, settings):
    assert code_of(await sender.send(KIND, "", STEP)) == (400, "inbox.message_id")
    assert code_of(await sender.send(KIND, "a b", STEP)) == (400, "inbox.message_id")
    assert code_of(await sender.send(KIND, "x" * 129, STEP)) == (400, "inbox.message_id")
    for broken in (b"", b'{"subject": "A", "st', b"[" * 100_000, b"\xff\xfe{}", b"{}{}", b'{"a": "\xc3"}'):
        assert code_of(await sender.send(KIND, "m", broken)) == (400, "inbox.not_json"), broken[:20]
    for media in ("application/cloudevents+json", "application/xml", "text/csv; charset=utf-16", ""):
        answer = await sender.send(KIND, "m", STEP, **{"Content-Type": media})
        assert code_of(answer) == (415, "inbox.media_type"), media
    hold(replace(settings, inbox=InboxSettings(body_bytes=1_024)))
    assert (await sender.send(KIND, "fits", b'"' + b"x" * 1_022 + b'"')).status_code == 200
    assert code_of(await sender.send(KIND, "m", b'"' + b"x" * 1_023 + b'"')) == (413, "inbox.too_large")
    assert await kept() == 1


async def test_a_paused_partner_is_told_so_and_goes_on_later(sender, clock):
    governs = await actor(sender.issued.partner.organisation, Role.ADMIN, now=clock.instant)
    pause = PartnerChange(state="paused", why="Bảo trì")
    await partners.change(sender.code, pause, actor=governs, now=clock.instant)
    assert code_of(await sender.send(KIND, "m", STEP)) == (403, "partner.paused")
    assert code_of(await sender.sign(KIND, "m", STEP)) == (403, "partner.paused")
    assert await kept() == 0
    go_on = PartnerChange(state="active", why="Xong")
    await partners.change(sender.code, go_on, actor=governs, now=clock.instant)
    assert (await sender.send(KIND, "m", STEP)).status_code == 200


class Trickle:
    """A connection that brings a body piece by piece, and may stop or break off."""

    def __init__(self, app, path, headers, pieces, *, then):
        self.app, self.pieces, self.then, self.sent = app, list(pieces), then, []
        named = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self.scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
            "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": named,
            "client": ("127.0.0.1", 1), "server": ("testserver", 80),
        }  # fmt: skip

    async def receive(self):
        if self.pieces:
            return {"type": "http.request", "body": self.pieces.pop(0), "more_body": True}
        return await self.then()

    async def send(self, message):
        self.sent.append(message)

    async def answered(self):
        await self.app(self.scope, self.receive, self.send)
        return self.sent[0]["status"]


async def gone():
    return {"type": "http.disconnect"}


async def nothing_more():
    await asyncio.Event().wait()


async def ended():
    return {"type": "http.request", "body": b"", "more_body": False}


async def test_a_body_that_breaks_off_or_trickles_is_not_taken(sender, settings, client):
    hold(replace(settings, inbox=InboxSettings(body_seconds=0.05)))
    app = client._transport.app
    said = {**sender.key, "Content-Type": "text/csv", "Message-Id": "m-1", "Host": "testserver"}
    stated = {**said, "Content-Length": "1000"}
    pieces = [b"subject,step\n", b"A,1\n"]
    for headers_sent, then, status in (
        (stated, gone, 400),
        (said, gone, 400),
        (stated, ended, 400),
        (said, nothing_more, 408),
    ):
        sending = Trickle(app, sender.address(KIND), headers_sent, pieces, then=then)
        assert await sending.answered() == status
    assert await kept() == 0
    whole = Trickle(app, sender.address(KIND), said, pieces, then=ended)
    assert await whole.answered() == 200
    assert await kept() == 1
