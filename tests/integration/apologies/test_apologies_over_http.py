"""From the draft ahead of time to the letter that was sent, over HTTP; what is late stays late."""

from datetime import datetime, timedelta

import pytest

from postal.db import fetch, fetch_value
from postal.db.owner import as_owner
from postal.identity.rules import Role
from postal.ledger.projections import export, rebuild
from postal.outbox.service import drain
from shipments.apologies.service import draft_ahead
from tests.factories.documents import squeezed, text_of
from tests.factories.dossiers import AUTHORITY, DESK, OFFICE, Desks
from tests.factories.identity import headers


@pytest.fixture
async def desks(client, clock):
    return await Desks(client, clock.instant).prepare()


async def received(desks, clock, **different):
    """A dossier received on Monday 23 November at 8:00, due on Tuesday 1 December at 17:00 (24 is a holiday)."""
    code = await desks.dossier(**different)
    await desks.states(code, "received", "step_done")
    await drain()
    return code


def at(day, time="08:00"):
    return datetime.fromisoformat(f"2026-{day}T{time}:00+07:00")


async def get(desks, path, by):
    answer = await desks.client.get(f"/api/v1{path}", headers=by)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def put(desks, code, by=None, **fields):
    return await desks.client.put(f"/api/v1/dossiers/{code}/apology", json=fields, headers=by or desks.desk)


async def sign(desks, code, by=None, **fields):
    return await desks.client.post(
        f"/api/v1/dossiers/{code}/apology/sign", json=fields, headers=by or desks.head
    )


async def test_a_letter_is_drafted_ahead_edited_signed_and_moves_the_promise_once(desks, clock):
    code = await received(desks, clock)
    clock.set(at("11-27", "17:00"))
    await draft_ahead(clock.instant)
    assert (await get(desks, "/apologies/drafts", desks.head))["items"] == []
    clock.set(at("11-30", "07:30"))
    await draft_ahead(clock.instant)
    await draft_ahead(clock.instant)
    (draft,) = (await get(desks, "/apologies/drafts", desks.head))["items"]
    assert (draft["dossier"], draft["send_by"], draft["due_new"]) == (
        code,
        "2026-11-30T10:00:00Z",
        "2026-12-03T10:00:00Z",
    )
    mute = await sign(desks, code)
    assert (mute.status_code, mute.json()["code"]) == (422, "apology.reason_missing")
    for wrong, refusal in (
        ({"reason": "LAZY"}, "apology.reason_unknown"),
        ({"due_new": "2026-11-27T17:00:00+07:00"}, "case.due_not_later"),
        ({"due_new": "2026-12-01T17:00:00+07:00"}, "case.due_not_later"),
        ({"due_new": "2027-03-01T17:00:00+07:00"}, "case.due_too_far"),
    ):
        answer = await put(desks, code, **wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, refusal)
    edited = await put(desks, code, reason="AWAITING_OTHER_BODY", due_new="2026-12-04T17:00:00+07:00")
    assert edited.json()["draft"]["edited_by"]
    assert (await sign(desks, code, by=desks.desk)).status_code == 403
    signed = await sign(desks, code)
    assert signed.status_code == 200, signed.text
    account = signed.json()
    (sent,) = account["sent"]
    assert (account["due_first"], account["due_now"]) == ("2026-12-01T10:00:00Z", "2026-12-04T10:00:00Z")
    assert (sent["number"], sent["late"], sent["ordinal"], sent["kind"]) == (
        "1/2026-XL",
        False,
        1,
        "extension",
    )
    assert account["draft"] is None
    body = await fetch_value("SELECT body ->> 'text' FROM ledger WHERE kind = 'extended'")
    assert len(body) == 64
    await put(desks, code, reason="WORKLOAD", due_new="2026-12-08T17:00:00+07:00")
    again = await sign(desks, code)
    assert (again.status_code, again.json()["code"]) == (409, "case.second_extension")
    allowed = await sign(desks, code, override=True, reason="NEW_FACTS", decision="7/QĐ")
    assert [one["ordinal"] for one in allowed.json()["sent"]] == [1, 2]
    assert "case.second_extension" in await fetch_value("SELECT flags FROM dossier WHERE code = $1", code)


async def test_overdue_without_apology_is_a_list_until_somebody_apologises_and_late_stays_late(
    desks, clock, database
):
    open_, ended, kept = [await received(desks, clock) for _ in range(3)]
    await desks.states(kept, "completed")
    clock.set(at("12-02"))
    await desks.states(ended, "completed")
    await drain()
    listed = (await get(desks, "/apologies/overdue", desks.head))["items"]
    assert sorted(one["dossier"] for one in listed) == sorted([open_, ended])
    assert {one["dossier"]: one["ended_at"] is None for one in listed} == {open_: True, ended: False}
    assert (await get(desks, "/apologies/overdue", desks.desk))["items"] == listed
    assert (await desks.client.get("/api/v1/apologies/overdue", headers=desks.clerk)).status_code == 403
    assert (await put(desks, kept, reason="WORKLOAD")).json()["code"] == "apology.not_late"
    moved = await put(desks, ended, reason="WORKLOAD", due_new="2026-12-04T17:00:00+07:00")
    assert (moved.status_code, moved.json()["code"]) == (409, "apology.ended")
    for code in (open_, ended):
        assert (await put(desks, code, reason="WORKLOAD")).status_code == 200
        assert (await sign(desks, code)).status_code == 200
    assert (await get(desks, "/apologies/overdue", desks.head))["items"] == []
    sent = (await get(desks, "/apologies", desks.head))["items"]
    assert {one["dossier"]: (one["late"], one["kind"]) for one in sent} == {
        open_: (True, "extension"),
        ended: (True, "letter"),
    }
    await drain()
    verdicts = await fetch("SELECT verdict FROM dossier_clock WHERE clock = 'C3' AND dossier = $1", ended)
    assert [row["verdict"] for row in verdicts] == ["late"]
    wrong = {"dossier": ended, "cause": "STEP_OVER_TIME"}
    opened = await desks.client.post("/api/v1/nonconformities", json=wrong, headers=desks.desk)
    assert opened.status_code == 201
    before = await export()
    async with as_owner(database):
        await rebuild(chunk=3)
    assert await export() == before
    assert await fetch_value("SELECT count(*) FROM nonconformity") == 1


async def test_a_case_that_waits_for_the_citizen_is_neither_overdue_nor_drafted_for(desks, clock):
    code = await received(desks, clock)
    await desks.states(code, "supplement_requested")
    await drain()
    clock.set(at("12-08"))
    await draft_ahead(clock.instant)
    assert (await get(desks, "/apologies/drafts", desks.head))["items"] == []
    assert (await get(desks, "/apologies/overdue", desks.head))["items"] == []


async def test_the_public_list_tells_a_code_and_a_date_and_the_print_alone_names_anybody(desks, clock):
    code = await received(desks, clock)
    clock.set(at("11-30"))
    await put(desks, code, reason="WORKLOAD")
    draft = await desks.client.get(f"/api/v1/dossiers/{code}/apology.pdf", headers=desks.head)
    assert "DỰTHẢO" in text_of(draft.content)
    await sign(desks, code)
    public = await desks.client.get("/api/v1/apologies/public")
    (told,) = public.json()["items"]
    assert told == {
        "dossier": code,
        "due_new": "2026-12-03T10:00:00Z",
        "apologised_at": "2026-11-30T01:00:00Z",
    }
    printed = await desks.client.get(f"/api/v1/dossiers/{code}/apology.pdf", headers=desks.head)
    text = text_of(printed.content)
    for said in (
        "VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN THỜI GIAN GIẢI QUYẾT",
        "Mẫu số 04",
        "1/2026-XL",
        code,
        "Nguyễn Thị Hằng",
        "17 giờ 00 phút, ngày 01 tháng 12 năm 2026",
        "17 giờ 00 phút, ngày 03 tháng 12 năm 2026",
        "Khối lượng công việc",
        "chân thành xin lỗi",
        "sincerely apologises",
    ):
        assert squeezed(said) in text, said
    assert squeezed("DỰ THẢO") not in text
    for_the_post = await desks.client.get(f"/api/v1/dossiers/{code}/apology.pdf", headers=desks.clerk)
    assert squeezed("Nguyễn Thị Hằng") not in text_of(for_the_post.content)
    assert b"pdfaid" in printed.content
    ledger = await fetch("SELECT ledger::text AS told FROM ledger")
    assert not any("Nguyễn Thị Hằng" in row["told"] for row in ledger)


async def test_a_supplement_may_ask_for_papers_of_the_list_alone(desks, clock):
    code = await desks.dossier(procedure="1.012753")
    await desks.states(code, "received")
    beyond = await desks.state(code, "supplement_requested", items=[2, 9], reason="PAPERS_MISSING")
    problem = beyond.json()
    assert (beyond.status_code, problem["code"], problem["items"]) == (422, "case.item_not_listed", [9])
    nothing = await desks.state(code, "supplement_requested", reason="PAPERS_MISSING")
    assert (nothing.status_code, nothing.json()["code"]) == (422, "case.items_missing")
    assert (await desks.state(code, "supplement_requested", items=[2, 4])).status_code == 201
    rows = await fetch("SELECT dossier, ordinal, items, authority, desk FROM supplement_request")
    assert [tuple(row) for row in rows] == [(code, 1, [2, 4], AUTHORITY, DESK)]
    other = await headers(OFFICE, Role.SPECIALIST, now=clock.instant)
    assert (await get(desks, "/apologies", other))["items"] == []
    clock.advance(timedelta(minutes=1))
