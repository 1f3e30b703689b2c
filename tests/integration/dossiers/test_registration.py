"""Registering dossiers over HTTP: what is kept where, what is refused, who sees it."""

import re
from datetime import timedelta

import pytest

from postal.db import as_owner, fetch, unit_of_work
from postal.identity.rules import Role
from postal.law import repository as law
from postal.ledger.projections import rebuild
from tests.factories.dossiers import AUTHORITY, DESK, OFFICE, PROCEDURE, Desks, a_dossier, a_procedure
from tests.factories.identity import headers


@pytest.fixture
async def desks(client, clock):
    return await Desks(client, clock.instant).prepare()


async def test_a_dossier_gets_a_code_and_stands_registered(desks):
    answer = await desks.register()
    assert answer.status_code == 201, answer.text
    dossier = answer.json()
    assert re.fullmatch(rf"{re.escape(AUTHORITY)}-20261123-\d{{7}}", dossier["code"])
    assert dossier["result"] == dossier["code"] + "-KQ"
    assert (dossier["status"], dossier["status_name"]) == (1, "registered")
    assert dossier["procedure"]["version"] == 1
    assert dossier["applicant"]["name"] == "Nguyễn Thị Hằng"
    assert [line["number"] for line in dossier["lines"]] == [1, 2]
    assert dossier["events"] is None
    piece = (await desks.client.get(f"/api/v1/pieces/{dossier['code']}", headers=desks.clerk)).json()
    assert (piece["kind"], piece["origin"], piece["destination"]) == ("dossier", OFFICE, DESK)
    assert piece["holder"] == "CITIZEN"


async def test_nothing_personal_enters_the_ledger(desks):
    code = await desks.dossier()
    rows = await fetch("SELECT ledger::text AS text FROM ledger WHERE code = $1", code)
    assert len(rows) == 2
    for row in rows:
        assert not re.search("Nguy|Hằng|0912|345 678|Lợi|046090001234|chứng nhận", row["text"])
    kept = await fetch("SELECT name, phone, salt FROM applicant WHERE dossier = $1", code)
    assert kept[0]["phone"] == "0912 345 678"
    assert len(kept[0]["salt"]) == 16


async def test_equal_applicants_have_unlike_commitments(desks):
    codes = [await desks.dossier(), await desks.dossier()]
    found = await fetch(
        "SELECT body ->> 'applicant' AS applicant FROM ledger WHERE code = ANY($1) AND kind = 'registered'",
        codes,
    )
    assert len({row["applicant"] for row in found}) == 2


async def test_an_agency_keeps_its_own_code_verbatim(desks):
    own = "000.00.01.H57-261123-0001"
    assert (await desks.register(code=own)).json()["code"] == own
    again = await desks.register(code=own)
    assert (again.status_code, again.json()["code"]) == (409, "dossier.code_taken")
    for wrong in ("000.00.01.h57-261123-0002", " 000.00.01.H57-261123-0002", "DH123456785VN", "TUI-1"):
        refused = await desks.register(code=wrong)
        assert (refused.status_code, refused.json()["pointer"]) == (422, "/code"), wrong


@pytest.mark.parametrize(
    ("different", "mode", "code"),
    [
        ({"requires_presence": True}, "submit", "dossier.presence_required"),
        ({"requires_presence": True}, "both", "dossier.presence_required"),
        ({"requires_presence": True}, "return", None),
        ({"eligible_submit": False}, "submit", "dossier.not_eligible"),
        ({"eligible_submit": False}, "return", None),
        ({"eligible_return": False}, "both", "dossier.not_eligible"),
        ({"state_secret": True}, "return", "dossier.state_secret"),
    ],
)
async def test_the_law_decides_what_the_post_carries(desks, different, mode, code):
    async with unit_of_work():
        await law.add_procedures([a_procedure("9.000002", **different)])
    answer = await desks.register(procedure="9.000002", service_mode=mode)
    assert (answer.status_code, answer.json()["code"]) == (422, code) if code else answer.status_code == 201


async def test_the_version_in_force_stays_with_the_dossier(desks):
    code = await desks.dossier()
    async with unit_of_work():
        await law.add_procedures([a_procedure(version=2, name_vi="Bản sau")])
    read = (await desks.client.get(f"/api/v1/dossiers/{code}", headers=desks.desk)).json()
    assert (read["procedure"]["version"], read["procedure"]["name_vi"]) == (1, "Thủ tục thử")


@pytest.mark.parametrize(
    ("different", "status", "pointer"),
    [
        ({"procedure": "9.999999"}, 422, "/procedure"),
        ({"desk": "MC-NOWHERE"}, 422, "/desk"),
        ({"registered_at": "2027-01-01T00:00:00+07:00"}, 422, "/registered_at"),
        ({"registered_at": "2026-11-20T00:00:00"}, 400, "/registered_at"),
        ({"service_mode": "fly"}, 400, "/service_mode"),
        ({"surprise": 1}, 400, None),
        ({"applicant": {"name": "A", "phone": "1"}}, 400, "/applicant/phone"),
        ({"lines": [{"name": "A", "form": "fax"}]}, 400, "/lines/0/form"),
    ],
)
async def test_bad_input_names_its_field(desks, different, status, pointer):
    answer = await desks.register(**different)
    assert answer.status_code == status, answer.text
    if pointer:
        assert answer.json()["pointer"] == pointer
    assert await fetch("SELECT FROM ledger") == []


async def test_only_its_parties_register_and_read_a_dossier(desks, clock):
    refused = await desks.register(by=desks.stranger)
    assert (refused.status_code, refused.json()["code"]) == (403, "dossier.not_party")
    code = await desks.dossier()
    path = f"/api/v1/dossiers/{code}"
    for headers_ in (desks.clerk, desks.desk, desks.head):
        assert (await desks.client.get(path, headers=headers_)).status_code == 200
    hidden = await desks.client.get(path, headers=desks.stranger)
    absent = await desks.client.get("/api/v1/dossiers/H57.01-20261123-0000000", headers=desks.stranger)
    assert hidden.status_code == absent.status_code == 404
    assert {**hidden.json(), "instance": ""} == {**absent.json(), "instance": ""}
    assert (await desks.client.get(path)).status_code == 401
    assert (await desks.client.get("/api/v1/dossiers", headers=desks.stranger)).json()["items"] == []
    inspector = await headers("TTCP", Role.CONTROL, now=clock.instant)
    seen = (await desks.client.get(path, headers=inspector)).json()
    assert seen["events"] is not None
    assert seen["applicant"] is None


async def test_the_list_pages_by_cursor_and_filters(desks, clock):
    codes = []
    for _ in range(5):
        clock.advance(timedelta(minutes=1))
        codes.append(await desks.dossier())
    await desks.states(codes[0], "received")
    first = await desks.client.get("/api/v1/dossiers?limit=3", headers=desks.desk)
    second = await desks.client.get(first.links["next"]["url"], headers=desks.desk)
    assert [row["code"] for row in (*first.json()["items"], *second.json()["items"])] == codes[::-1]
    assert second.json()["next_cursor"] is None
    received = await desks.client.get("/api/v1/dossiers?status=2", headers=desks.desk)
    assert [row["code"] for row in received.json()["items"]] == [codes[0]]
    part = await desks.client.get(f"/api/v1/dossiers?q={codes[2][-7:]}", headers=desks.desk)
    assert [row["code"] for row in part.json()["items"]] == [codes[2]]
    other = await desks.client.get("/api/v1/dossiers?organisation=BC-999999", headers=desks.desk)
    assert other.json()["items"] == []


async def test_a_repeated_key_registers_once(desks):
    send = {"json": a_dossier(), "headers": {**desks.clerk, "Idempotency-Key": "once"}}
    first = await desks.client.post("/api/v1/dossiers", **send)
    second = await desks.client.post("/api/v1/dossiers", **send)
    assert first.json() == second.json()
    assert len(await fetch("SELECT FROM dossier")) == 1


async def test_the_projection_is_rebuilt_from_the_ledger_alone(desks, database):
    code = await desks.dossier()
    await desks.states(code, "received", "step_done", "completed")
    before = await fetch("SELECT d::text AS row FROM dossier AS d ORDER BY code")
    pieces = await fetch("SELECT p::text AS row FROM piece AS p ORDER BY code")
    async with as_owner(database):
        await rebuild()
    assert await fetch("SELECT d::text AS row FROM dossier AS d ORDER BY code") == before
    assert await fetch("SELECT p::text AS row FROM piece AS p ORDER BY code") == pieces
    assert len(pieces) == 2
    assert PROCEDURE in before[0]["row"]
