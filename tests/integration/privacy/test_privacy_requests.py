"""People get, correct and erase what is held of them; the law keeps its share; every proof stays valid."""

from datetime import timedelta

import pytest

from postal import db
from postal.db import as_owner, fetch, fetch_value, unit_of_work
from postal.identifiers import new_id
from postal.identity.rules import Role
from postal.ledger import verification
from postal.ledger.partitions import ensure_months
from postal.ledger.projections import export, rebuild
from postal.ledger.rules import Stream, commitment
from postal.ledger.service import authored, record
from shipments.custody import repository as custody
from tests.factories.dossiers import DESK, OFFICE, Desks, a_dossier
from tests.factories.files import Files, picture
from tests.factories.identity import headers
from tests.factories.pages import check_page

SECRETS = (
    "Hằng",
    "0912 345 678",
    "Lê Lợi",
    "046090001234",
    "Giấy chứng nhận",
    "rất chậm",
    "cảm ơn",
    "đòi tiền",
)


@pytest.fixture
async def desks(client, clock):
    return await Desks(client, clock.instant).prepare()


async def everything_held(desks, clock):
    """Register a dossier with a stored answer, a file, feedback, a rating and a claim; give its code and the head."""
    keyed = {**desks.clerk, "Idempotency-Key": "register-1"}
    code = (await desks.client.post("/api/v1/dossiers", json=a_dossier(), headers=keyed)).json()["code"]
    head = await headers(OFFICE, Role.SUPERVISOR, Role.CLERK, now=clock.instant)
    await Files(desks.client, head).attached(picture(), "dossier", code)
    said = {"text": "Giao rất chậm", "dossier": code, "contact": {"name": "Nguyễn Thị Hằng"}}
    assert (await desks.client.post("/api/v1/feedback", json=said)).status_code == 201
    await words_of_staff(desks, code, head, clock)
    await a_violation(desks, code, head, clock)
    claim = {"piece": code, "kind": "late", "claimant": {"name": "Nguyễn Thị Hằng"}}
    assert (await desks.client.post("/api/v1/claims", json=claim, headers=head)).status_code == 201
    return code, head, keyed


async def words_of_staff(desks, code, head, clock):
    """Say something at a scan of an item that carries the dossier alone, and about a discrepancy of that item."""
    post = desks.client.post
    made = await post("/api/v1/items", json={"destination": DESK, "pieces": [code]}, headers=head)
    item = made.json()["code"]
    listed = {"receiver": DESK, "lines": [item]}
    manifest = (await post("/api/v1/manifests", json=listed, headers=head)).json()["code"]
    for step in ("seal", "dispatch"):
        answer = await post(f"/api/v1/manifests/{manifest}/{step}", headers=head)
        assert answer.status_code in {200, 201}, answer.text
    clock.advance(timedelta(hours=2))
    answer = await post(f"/api/v1/manifests/{manifest}/close", headers=desks.desk)
    assert answer.status_code == 200, answer.text
    (case,) = (await desks.client.get("/api/v1/discrepancies", headers=head)).json()["items"]
    evidence = {"note": "Bà Hằng đã ra quầy"}
    path = f"/api/v1/discrepancies/{case['id']}/evidence"
    answer = await post(path, json=evidence, headers=head)
    assert answer.status_code in {200, 201}, answer.text
    async with unit_of_work():
        row = new_id(clock.instant)
        salts = await custody.note_salts([(row, b"0" * 16, "Chị Hằng gửi thêm")])
        seen = authored(
            id=row,
            stream=Stream.SCAN,
            kind="depart",
            code=item,
            occurred_at=clock.instant,
            now=clock.instant,
            actor_organisation=OFFICE,
            person=None,
            body={"place": OFFICE, "note": commitment(salts[row], "Chị Hằng gửi thêm")},
        )
        await record([seen])


async def a_violation(desks, code, head, clock):
    """Have what was said about the dossier classified as a report of violations."""
    said = {"text": "Người ở quầy rất chậm và đòi tiền", "dossier": code}
    taken = (await desks.client.post("/api/v1/feedback", json=said)).json()
    control = await headers(OFFICE, Role.CONTROL, now=clock.instant)
    path = f"/api/v1/feedback/{taken['code']}"
    for move, body in (
        ("assign", {"category": "violation"}),
        ("answer", {"outcome": "FEEDBACK_EXPLAINED", "text": "Đã xác minh"}),
    ):
        answer = await desks.client.post(f"{path}/{move}", json=body, headers=control)
        assert answer.status_code == 200, answer.text


async def asked(desks, code, kind, by):
    answer = await desks.client.post(
        "/api/v1/privacy-requests", json={"dossier": code, "kind": kind}, headers=by
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["request"]["code"]


async def act(desks, request, what, by, expected=200, **body):
    answer = await desks.client.post(
        f"/api/v1/privacy-requests/{request}/{what}", json=body or None, headers=by
    )
    assert answer.status_code == expected, answer.text
    return answer.json()


async def test_a_person_gets_all_that_is_held_and_corrects_it(desks, clock):
    code, head, _ = await everything_held(desks, clock)
    request = await asked(desks, code, "access", desks.clerk)
    early = await act(desks, request, "export", head, 409)
    assert early["code"] == "privacy.state"
    await act(desks, request, "verify", desks.clerk, identity="cccd")
    held = await act(desks, request, "export", head)
    rows = {each["name"]: each["rows"] for each in held["holdings"]}
    assert rows["applicant"][0]["phone"] == "0912 345 678"
    assert rows["claimants"][0]["name"] == "Nguyễn Thị Hằng"
    assert rows["feedback"][0]["text"] == "Giao rất chậm"
    assert (len(rows["files"]), len(rows["papers"])) == (1, 2)
    assert [one["note"] for one in rows["scan_notes"]] == ["Chị Hằng gửi thêm"]
    assert [one["note"] for one in rows["discrepancy_notes"]] == ["Bà Hằng đã ra quầy"]
    assert "đòi tiền" not in str(held)
    assert rows["violation_reports"][0]["address"] == "/feedback/follow"
    assert "privacy.exported" in [look["action"] for look in held["looks"]]
    assert (await act(desks, request, "complete", head))["request"]["state"] == "done"
    twice = await desks.client.post(
        "/api/v1/privacy-requests", json={"dossier": "X", "kind": "access"}, headers=desks.clerk
    )
    assert twice.json()["code"] == "dossier.not_found"
    correction = await asked(desks, code, "correction", desks.clerk)
    again = await desks.client.post(
        "/api/v1/privacy-requests", json={"dossier": code, "kind": "correction"}, headers=desks.clerk
    )
    assert again.json()["code"] == "privacy.open_already"
    await act(desks, correction, "verify", desks.clerk, identity="cccd")
    same = await act(desks, correction, "correct", head, 409, phone="0912 345 678")
    assert same["code"] == "privacy.no_change"
    form = f"/privacy-requests/{correction}"
    check_page(await desks.client.get(form, headers=head))
    bad = await desks.client.post(form, data={"act": "correct", "email": "no address"}, headers=head)
    assert (bad.status_code, 'value="no address"' in check_page(bad)) == (422, True)
    assert (
        await desks.client.post(form, data={"act": "correct", "phone": "1"}, headers=desks.clerk)
    ).status_code == 403
    right = {"act": "correct", "phone": "0987 654 321", "name": ""}
    assert (await desks.client.post(form, data=right, headers=head)).status_code == 303
    assert (await desks.client.post(f"/api/v1/track/{code}", json={"last4": "4321"})).status_code == 200
    body = await fetch_value(
        "SELECT body::text FROM ledger WHERE kind = 'privacy.done' AND code = $1", correction
    )
    assert "phone" in body
    assert "0987" not in body
    page = await desks.client.get(f"/privacy-requests/{correction}", headers=head)
    assert (page.status_code, "Đã thực hiện" in page.text) == (200, True)


async def test_the_law_keeps_its_share_then_all_is_erased_and_every_proof_holds(desks, clock, database):
    code, head, keyed = await everything_held(desks, clock)
    request = await asked(desks, code, "erasure", desks.clerk)
    await act(desks, request, "verify", desks.clerk, identity="cccd")
    refused = await act(desks, request, "erase", head, 422)
    assert (refused["code"], refused["kept_until"]) == ("privacy.kept_by_law", "2031-11-23")
    done = await act(desks, request, "erase", head, partly=True)
    assert done["reading"]["request"]["state"] == "partly"
    assert done["erased"]["feedback"] == 1
    assert done["kept"] == ["applicant", "papers", "files", "violation_reports", "claimants"]
    assert (done["erased"]["scan_notes"], done["erased"]["discrepancy_notes"]) == (1, 1)
    assert await fetch_value("SELECT count(*) FROM feedback_text WHERE text LIKE '%đòi tiền%'") == 1
    assert done["erased"]["answers"] >= 1
    # What was answered to the registration is gone, and it still has no second effect.
    repeated = await desks.client.post("/api/v1/dossiers", json=a_dossier(), headers=keyed)
    assert (repeated.status_code, repeated.json()["code"]) == (410, "idempotency.erased")
    assert await fetch_value("SELECT count(*) FROM dossier") == 1
    clock.set(clock.instant.replace(year=2032))
    async with as_owner(database):
        await ensure_months(clock.instant, ahead=1)
    head = await headers(OFFICE, Role.SUPERVISOR, Role.CLERK, now=clock.instant)
    before = await fetch("SELECT id, content_hash FROM ledger ORDER BY id")
    request = await asked(desks, code, "erasure", head)
    await act(desks, request, "verify", head, identity="cccd")
    done = await act(desks, request, "erase", head)
    assert (done["reading"]["request"]["state"], done["kept"], done["shared"]) == ("done", [], [])
    assert {name for name, count in done["erased"].items() if count} >= {"applicant", "files", "claimants"}
    after = await fetch("SELECT id, content_hash FROM ledger ORDER BY id")
    assert [tuple(row) for row in after][: len(before)] == [tuple(row) for row in before]
    assert (await verification.verify(lambda *_: None)).is_well
    for table in (
        "applicant",
        "document_line",
        "feedback_text",
        "claimant",
        "idempotency_key",
        "rating_note",
        "scan_note",
        "discrepancy_note",
    ):
        kept = await fetch_value(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} AS t")
        assert not [secret for secret in SECRETS if secret in kept], table
    assert (await desks.client.post(f"/api/v1/track/{code}", json={"last4": "5678"})).status_code == 404
    grown = await export()
    async with db.as_owner(database):
        await rebuild()
    assert await export() == grown
