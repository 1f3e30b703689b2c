"""A rule that is yet to come is withdrawn by a later decision; what is in force is not, and nothing is deleted."""

import pytest

from postal.db import execute, fetch, fetch_value
from postal.identity.rules import Role
from postal.network.rules import Kind, Level
from tests.factories.identity import headers
from tests.factories.network import organisation
from tests.factories.pages import check_page

DECIDED = {"decision": "12/QĐ-BTP", "decided_on": "2026-11-20", "citation": "Quyết định 12/QĐ-BTP"}
UNDONE = {"decision": "19/QĐ-BTP", "decided_on": "2026-11-22", "reason": "Lùi thời điểm áp dụng"}
LATER = DECIDED | {"valid_from": "2026-12-01"}
CODE = "1.000656"


@pytest.fixture
async def office(client, clock):
    await organisation("BTP", kind=Kind.MINISTRY, level=Level.CENTRAL)
    by = await headers("BTP", Role.CONTROL, now=clock.instant)

    async def post(path, body, by=by):
        return await client.post(f"/api/v1/{path}", json=body, headers=by)

    post.headers = by
    return post


async def version(client, on):
    found = (await client.get(f"/api/v1/procedures/{CODE}?on={on}")).json()
    return found["current"]["version"], [(each["version"], each["withdrawn"]) for each in found["versions"]]


async def test_every_kind_of_rule_that_is_yet_to_come_is_withdrawn_and_what_it_ended_holds_on(client, office):
    procedure = {
        "name_vi": "Thủ tục mới", "name_en": "New", "limit": {"value": 2, "unit": "ngay_lam_viec"}, "after": 1,
    }  # fmt: skip
    entry = {"procedure": CODE, "eligible_submit": False, "eligible_return": True}
    added = (
        ("procedure", CODE, f"procedures/{CODE}/versions", procedure),
        ("constant", "fare.inner", "law/constants", {"name": "fare.inner", "value": 27000}),
        ("transit", "inner", "law/transit-standards", {"zone": "inner", "days": 2}),
        ("list", "VN", "law/lists", {"entries": [entry]}),
        ("pattern", "later", "law/code-patterns", {"name": "later", "pattern": "VN[0-9]{12}Z"}),
    )
    tables = ("procedure", "rule_constant", "transit_standard", "postal_list", "code_pattern")
    stood = [await fetch(f"SELECT * FROM {table} ORDER BY valid_from, 1, 2") for table in tables]
    for what, subject, path, body in added:
        done = await office(path, body | LATER)
        assert done.status_code in {200, 201}, done.text
        asked = UNDONE | {"what": what, "subject": subject, "valid_from": "2026-12-01"}
        undone = await office("law/withdrawals", asked)
        assert undone.status_code == 200, undone.text
        assert undone.json()["reason"] == UNDONE["reason"]
        again = await office("law/withdrawals", asked)
        assert (again.status_code, again.json()["code"]) == (409, "law.withdrawn_already")
        # Another one may begin on the same day, and be withdrawn too.
        more = {"after": 1} if what == "procedure" else {}
        assert (await office(path, body | LATER | more)).status_code in {200, 201}
        assert (await office("law/withdrawals", asked)).status_code == 200
    for table, before in zip(tables, stood, strict=True):
        rows = await fetch(f"SELECT * FROM {table} ORDER BY valid_from, 1, 2")
        assert [row for row in rows if row["valid_to"] != row["valid_from"]] == before
        assert len(rows) == len(before) + 2, "nothing is deleted"
    assert await version(client, "2026-12-05") == (1, [(3, True), (2, True), (1, False)])
    assert (await client.get("/api/v1/law/fares?on=2026-12-05")).json()["zones"][0]["least"] == 26000
    changes = (await client.get("/api/v1/law/changes", headers=office.headers)).json()["items"]
    assert {(each["what"], each["action"], each["reason"]) for each in changes} >= {
        (what, "withdrawn", UNDONE["reason"]) for what, *_ in added
    }
    with pytest.raises(Exception, match="stays withdrawn"):
        await execute("UPDATE rule_constant SET valid_to = NULL WHERE name = 'fare.inner' AND withdrawn = 1")


async def test_what_is_in_force_or_anothers_or_nowhere_is_not_withdrawn(client, clock, office):
    asked = UNDONE | {"what": "constant", "subject": "fare.inner", "valid_from": "2026-11-23"}
    now = await office(
        "law/constants", {"name": "fare.inner", "value": 27000} | DECIDED | {"valid_from": "2026-11-23"}
    )
    assert now.status_code == 200, now.text
    held = await office("law/withdrawals", asked)
    assert (held.status_code, held.json()["code"]) == (409, "law.in_force")
    assert "không thu hồi được" in held.json()["detail"]
    await organisation("STP", kind=Kind.AUTHORITY)
    other = await headers("STP", Role.CONTROL, now=clock.instant)
    procedure = asked | {"what": "procedure", "subject": CODE, "valid_from": "2026-12-01"}
    version = {"name_vi": "Mới", "name_en": "New", "limit": {"value": 2, "unit": "ngay"}, "after": 1}
    assert (await office(f"procedures/{CODE}/versions", version | LATER)).status_code == 201
    for body, by, status, code in (
        (asked, other, 403, "law.national_only"),
        (procedure, other, 403, "law.not_yours"),
        (asked | {"what": "list", "subject": "VN"}, other, 403, "law.not_yours"),
        (asked | {"subject": "no.such"}, office.headers, 404, "law.no_such_rule"),
        (asked | {"valid_from": "2026-11-29"}, office.headers, 404, "law.no_such_rule"),
        (asked | {"decided_on": "2026-12-24"}, office.headers, 422, "law.decision_in_future"),
        (asked | {"reason": ""}, office.headers, 400, None),
    ):
        answer = await office("law/withdrawals", body, by=by)
        assert answer.status_code == status, answer.text
        assert code is None or answer.json()["code"] == code, answer.text
    assert await fetch_value("SELECT count(*) FROM law_change WHERE action = 'withdrawn'") == 0


async def test_weights_of_one_decision_are_withdrawn_together(client, office):
    held = (await client.get("/api/v1/law/constants")).json()
    weights = {e["name"]: e["value"] for e in held if e["name"].startswith("indicators.weight.")}
    first, second, *rest = weights
    along = [
        {"name": second, "value": weights[second] + 1},
        *({"name": n, "value": weights[n]} for n in rest),
    ]
    given = LATER | {"name": first, "value": weights[first] - 1, "along": along}
    done = await office("law/constants", given)
    assert done.status_code == 200, done.text
    asked = UNDONE | {"what": "constant", "subject": second, "valid_from": "2026-12-01"}
    assert (await office("law/withdrawals", asked)).status_code == 200
    later = (await client.get("/api/v1/law/constants?on=2026-12-02")).json()
    assert {e["name"]: e["value"] for e in later if e["name"] in weights} == weights


async def test_the_editors_pages_withdraw_what_is_yet_to_come_and_keep_what_was_typed(client, office):
    client.headers.update(office.headers)
    client.headers["Accept"] = "text/html"
    procedure = {"name_vi": "Mới", "name_en": "New", "limit": {"value": 2, "unit": "ngay"}, "after": 1}
    entry = {"procedure": CODE, "eligible_submit": False, "eligible_return": True}
    pages = (
        ("procedure", CODE, f"procedures/{CODE}/versions", procedure, f"/law/procedures/{CODE}"),
        (
            "constant",
            "fare.inner",
            "law/constants",
            {"name": "fare.inner", "value": 27000},
            "/law/constants/fare.inner",
        ),
        ("transit", "inner", "law/transit-standards", {"zone": "inner", "days": 2}, "/law/numbers"),
        ("list", "VN", "law/lists", {"entries": [entry]}, "/law/lists"),
    )
    for what, subject, path, body, page in pages:
        assert "Thu hồi" not in check_page(await client.get(page))
        assert (await office(path, body | LATER)).status_code in {200, 201}
        shown = check_page(await client.get(page))
        assert 'action="/law/withdrawals"' in shown
        form = UNDONE | {"what": what, "subject": subject, "valid_from": "2026-12-01"}
        bad = await client.post("/law/withdrawals", data=form | {"decided_on": "2026-12-24"})
        assert bad.status_code == 422
        text = check_page(bad)
        assert "ở tương lai" in text
        assert UNDONE["reason"] in text
        done = await client.post("/law/withdrawals", data=form)
        assert done.status_code == 200
        assert UNDONE["decision"] in check_page(done)
        after = check_page(await client.get(page))
        assert 'action="/law/withdrawals"' not in after
    assert "Đã thu hồi" in check_page(await client.get("/law/lists"))
    assert "đã thu hồi" in check_page(await client.get("/law/changes"))
    assert "Withdrawn" in check_page(await client.get(f"/procedures/{CODE}?lang=en"), "en")
