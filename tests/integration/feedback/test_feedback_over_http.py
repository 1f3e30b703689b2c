"""A citizen writes, is asked, adds, is answered; a person publishes; what is late is listed; violations are hidden."""

from datetime import timedelta

import httpx
import pytest

from postal.db import as_owner, fetch_value
from postal.identity.rules import Role
from postal.ledger import verification
from postal.ledger.projections import export, rebuild
from postal.network.rules import Kind, Level
from tests.factories.dossiers import DESK, OFFICE, Desks
from tests.factories.identity import headers
from tests.factories.network import organisation
from tests.factories.pages import check_page

SITE = {"Origin": "http://testserver"}
WRITTEN = "Bưu tá giao chậm ba ngày, tôi là Hằng, số 0912 345 678"


@pytest.fixture
async def desks(client, clock):
    return await Desks(client, clock.instant).prepare()


async def said(desks, by=None, **body):
    answer = await desks.client.post("/api/v1/feedback", json={"text": WRITTEN, **body}, headers=by or {})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def act(desks, code, what, by, expected=200, **body):
    answer = await desks.client.post(f"/api/v1/feedback/{code}/{what}", json=body, headers=by)
    assert answer.status_code == expected, answer.text
    return answer.json()


async def followed(desks, taken, path="", **more):
    sent = {"follow": taken["follow"], **more}
    answer = await desks.client.post(f"/api/v1/feedback/followed{path}", json=sent)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_citizen_is_asked_answered_and_published_without_a_name(desks, clock, database):
    dossier = await desks.dossier()
    contact = {"name": "Nguyễn Thị Hằng", "phone": "0912 345 678"}
    taken = await said(desks, dossier=dossier, category="delay", contact=contact)
    assert taken["resolve_due"] == "2026-12-15T10:00:00Z"
    code = taken["code"]
    assert (await followed(desks, taken))["state"] == "received"
    await act(desks, code, "ask", desks.head, text="Hồ sơ nào?")
    clock.advance(timedelta(days=2))
    told = await followed(desks, taken)
    assert (told["state"], told["question"]) == ("supplement", "Hồ sơ nào?")
    told = await followed(desks, taken, "/supplement", text="Hồ sơ đất đai")
    assert (told["state"], told["resolve_due"]) == ("accepted", "2026-12-16T10:00:00Z")
    await act(
        desks, code, "answer", desks.head, outcome="FEEDBACK_ACCEPTED", text="Chúng tôi xin lỗi chị Hằng"
    )
    assert (await followed(desks, taken))["answer"] == "Chúng tôi xin lỗi chị Hằng"
    words = {"title": "Giao chậm", "question": "Bưu tá giao chậm ba ngày"}
    refused = await act(desks, code, "publish", desks.head, 422, **words, answer="Xin lỗi bà Nguyễn Thị Hằng")
    assert refused["code"] == "feedback.personal"
    await act(desks, code, "publish", desks.desk, 403, **words, answer="Đã nhắc nhở bưu tá")
    clock.advance(timedelta(days=4))
    reading = await act(desks, code, "publish", desks.head, **words, answer="Đã nhắc nhở bưu tá")
    assert (reading["feedback"]["state"], reading["feedback"]["late"]) == ("published", ["publish"])
    public = (await desks.client.get("/api/v1/feedback/published")).json()["items"]
    assert [one["answer"] for one in public] == ["Đã nhắc nhở bưu tá"]
    page = await desks.client.get("/feedback/published")
    assert "Đã nhắc nhở bưu tá" in page.text
    assert "Hằng" not in page.text
    for secret in ("Hằng", "0912", "chậm", "đất đai"):
        assert await fetch_value("SELECT count(*) FROM ledger WHERE body::text LIKE $1", f"%{secret}%") == 0
    before = await export()
    async with as_owner(database):
        await rebuild()
    assert await export() == before
    assert code in before.decode()


async def test_late_ones_are_listed_and_violations_are_for_control_alone(desks, clock):
    await organisation("STATE", kind=Kind.AUTHORITY, level=Level.CENTRAL)
    control = await headers("STATE", Role.CONTROL, now=clock.instant)
    regulator = await headers("STATE", Role.REGULATOR, now=clock.instant)
    office = await headers(OFFICE, Role.SUPERVISOR, Role.CLERK, now=clock.instant)
    call = await said(desks, by=office, channel="hotline", category="attitude")
    secret = await said(desks, by=office, channel="in_person", category="violation", organisation=DESK)
    assert (
        await fetch_value(
            "SELECT count(*) FROM ledger WHERE body ? 'organisation' AND code = $1", secret["code"]
        )
        == 0
    )

    async def listed(by, query=""):
        answer = await desks.client.get(f"/api/v1/feedback{query}", headers=by)
        return {one["code"] for one in answer.json()["items"]}

    assert await listed(office) == {call["code"]}
    assert await listed(regulator) == {call["code"]}
    assert await listed(control) == {call["code"], secret["code"]}
    assert await listed(desks.stranger) == set()
    for by in (office, regulator, desks.stranger):
        assert (await desks.client.get(f"/api/v1/feedback/{secret['code']}", headers=by)).status_code == 404
    assert await listed(office, "?late=true") == set()
    await act(desks, call["code"], "assign", office, category="attitude", organisation=DESK)
    clock.advance(timedelta(days=23))
    assert await listed(office, "?late=true") == {call["code"]}
    assert await listed(desks.desk) == {call["code"]}
    home = await desks.client.get(f"/feedback/{call['code']}", headers=desks.desk)
    assert "Quá hạn" in home.text
    done = await desks.client.post(
        f"/feedback/{call['code']}",
        data={"act": "answer", "outcome": "FEEDBACK_EXPLAINED", "text": "Đã giải thích"},
        headers=desks.desk,
    )
    assert done.status_code == 303, done.text
    reading = (await desks.client.get(f"/api/v1/feedback/{call['code']}", headers=desks.desk)).json()
    assert reading["feedback"]["late"] == ["resolve"]
    again = await act(
        desks, call["code"], "answer", desks.desk, 409, outcome="FEEDBACK_EXPLAINED", text="Lần nữa"
    )
    assert again["code"] == "feedback.state"


async def test_a_report_of_violations_is_its_authors_alone_and_forgotten_when_it_is_over(
    desks, clock, database
):
    control = await headers(DESK, Role.CONTROL, now=clock.instant)
    told = "Cán bộ Tâm đòi thêm tiền"
    taken = await said(desks, text=told, category="violation", contact={"phone": "0912 000 111"})
    own = {"follow": taken["follow"]}
    seen = (await desks.client.post("/api/v1/feedback/followed", json=own)).json()
    assert [(one["text"], one["contact"]["phone"]) for one in seen["said"]] == [(told, "0912 000 111")]
    early = await desks.client.post("/api/v1/feedback/followed/erasure", json=own)
    assert (early.status_code, early.json()["code"]) == (409, "feedback.still_open")
    await act(desks, taken["code"], "assign", control, category="violation")
    done = {"outcome": "FEEDBACK_EXPLAINED", "text": "Đã xác minh"}
    await act(desks, taken["code"], "answer", control, **done)
    form = {"follow": taken["follow"]}
    assert told in check_page(await desks.client.post("/feedback/follow", data=form, headers=SITE))
    gone = await desks.client.post("/feedback/follow", data={**form, "act": "erase"}, headers=SITE)
    assert told not in check_page(gone)
    assert (await desks.client.post("/api/v1/feedback/followed", json=own)).json()["said"] == []
    kept = await fetch_value("SELECT coalesce(string_agg(t::text, ' '), '') FROM feedback_text AS t")
    assert "Tâm" not in kept
    assert "0912" not in kept
    assert (await verification.verify(lambda *_: None)).is_well


async def test_too_much_text_and_too_many_letters_are_refused_with_a_sentence(desks):
    huge = await desks.client.post("/api/v1/feedback", json={"text": "a" * 1_000_000})
    assert huge.status_code in {400, 413, 422}
    assert len(huge.json()["detail"]) > 20
    page = await desks.client.post("/feedback/new", data={"text": "á" * 20_000})
    assert page.status_code == 422
    assert "10.000" in page.text
    codes = []
    app = desks.client._transport.app
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("192.0.2.77", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as flooding:
        for _ in range(6):
            answer = await flooding.post("/api/v1/feedback", json={"text": "Góp ý"})
            codes.append(answer.status_code)
        assert codes == [201] * 5 + [429]
        refused = await flooding.post("/feedback/new", data={"text": "Góp ý"})
        assert refused.status_code == 429
    unknown = await desks.client.post("/api/v1/feedback/followed", json={"follow": "AAAA-AAAA"})
    assert unknown.json()["code"] == "feedback.not_followed"
    channel = await desks.client.post("/api/v1/feedback", json={"text": "Gọi", "channel": "hotline"})
    assert channel.json()["code"] == "feedback.channel"
    long_ago = {"text": "Thư cũ", "channel": "letter", "received_at": "2000-01-01T00:00:00Z"}
    answer = await desks.client.post("/api/v1/feedback", json=long_ago, headers=desks.desk)
    assert (answer.status_code, answer.json()["code"]) == (422, "law.none_in_force")
