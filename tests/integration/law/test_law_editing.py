"""The office that answers for the law changes it: by a decision, from a day on, never the past."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from postal import registry
from postal.db import execute, fetch, fetch_value
from postal.identity.rules import Role
from postal.law import repository
from postal.network.rules import Kind, Level
from shipments.pieces.rules import SHIPPED, CodeKind, hold_patterns, kind_of
from tests.factories.dossiers import AUTHORITY, PROCEDURE, Desks
from tests.factories.identity import headers
from tests.factories.network import organisation

DECIDED = {"decision": "12/QĐ-BTP", "decided_on": "2026-11-20", "citation": "Quyết định 12/QĐ-BTP"}
VERSION = {
    "name_vi": "Thủ tục mới",
    "name_en": "New procedure",
    "limit": {"value": 2, "unit": "ngay_lam_viec"},
    "valid_from": "2026-12-01",
    "eligible_submit": True,
    "eligible_return": True,
    "components": [{"code": "TK", "name_vi": "Tờ khai", "name_en": "Form", "form": "original"}],
    "steps": [
        {"name_vi": "Tiếp nhận", "name_en": "Receipt", "hours": 4, "unit_kind": "desk", "role": "desk"},
        {"name_vi": "Thẩm định", "name_en": "Check", "hours": 12, "unit_kind": "unit", "role": "specialist"},
    ],
    **DECIDED,
}


@pytest.fixture
async def office(client, clock):
    """The national procedure control, ready to post."""
    await organisation("BTP", kind=Kind.MINISTRY, level=Level.CENTRAL)
    by = await headers("BTP", Role.CONTROL, now=clock.instant)

    async def post(path, body, by=by):
        return await client.post(f"/api/v1/{path}", json=body, headers=by)

    return post


async def test_a_version_replaces_the_one_in_force_and_open_dossiers_keep_theirs(client, clock, office):
    desks = await Desks(client, clock.instant).prepare()
    code = await desks.dossier()
    await desks.states(code, "received")
    before = (await client.get(f"/api/v1/dossiers/{code}/clocks", headers=desks.desk)).json()
    stated = await office(
        f"procedures/{PROCEDURE}/versions", VERSION | {"after": 1, "valid_from": "2026-11-23"}
    )
    assert stated.status_code == 201, stated.text
    answer = stated.json()
    assert (answer["version"], answer["ended"], answer["ended_on"]) == (2, 1, "2026-11-23")
    assert answer["open_dossiers"] == 1
    assert answer["note"] == "1 hồ sơ đang giải quyết giữ nguyên quy định lúc tiếp nhận"
    clock.advance(timedelta(minutes=5))
    after = (await client.get(f"/api/v1/dossiers/{code}/clocks", headers=desks.desk)).json()
    dues = [{each["clock"]: each["due"] for each in told["clocks"]} for told in (before, after)]
    assert dues[0] == dues[1]
    assert any(dues[0].values())
    assert (await client.get(f"/api/v1/dossiers/{code}", headers=desks.desk)).json()["procedure"][
        "version"
    ] == 1
    newer = (await client.get(f"/api/v1/dossiers/{await desks.dossier()}", headers=desks.clerk)).json()
    assert newer["procedure"]["version"] == 2
    shown = (await client.get(f"/api/v1/procedures/{PROCEDURE}")).json()
    assert (shown["current"]["version"], shown["current"]["decision"]) == (2, "12/QĐ-BTP")
    assert [each["code"] for each in shown["components"]] == ["TK"]
    assert [each["hours"] for each in shown["steps"]] == [4, 12]
    kept = await fetch("SELECT what, subject, version, action, open_dossiers, before, after FROM law_change")
    assert [(row["what"], row["version"], row["action"], row["open_dossiers"]) for row in kept] == [
        ("procedure", 2, "replaced", 1)
    ]
    assert await fetch_value("SELECT count(*) FROM audit WHERE action = 'law.procedure.replaced'") == 1
    ended = await office(f"procedures/{PROCEDURE}/end", {"after": 2, "valid_to": "2026-11-25"} | {
        "decision": "13/QĐ", "decided_on": "2026-11-23"})  # fmt: skip
    assert (ended.status_code, ended.json()["open_dossiers"]) == (200, 2), ended.text
    clock.advance(timedelta(days=3))
    late = await desks.register()
    assert (late.status_code, late.json()["code"]) == (422, "procedure.not_in_force")
    assert "25/11/2026" in late.json()["detail"]
    await desks.states(code, "step_done", "completed")


async def test_of_two_editors_one_wins_and_the_other_is_told_of_the_winner(client, office):
    body = VERSION | {"after": 1}
    answers = await asyncio.gather(*(office("procedures/1.000656/versions", body) for _ in range(4)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409]
    for lost in (each.json() for each in answers if each.status_code == 409):
        assert (lost["code"], lost["version"]) == ("procedure.changed_meanwhile", 2)
        assert "12/QĐ-BTP" in lost["detail"]
    taken = await office("procedures", VERSION | {"code": "1.000656"})
    assert (taken.status_code, taken.json()["code"]) == (409, "procedure.exists")


@pytest.mark.parametrize(
    ("path", "different", "code", "pointer"),
    [
        ("versions", {"limit": {"value": 0, "unit": "ngay"}}, "law.limit_not_positive", "/limit/value"),
        ("versions", {"limit": {"value": -3, "unit": "gio"}}, "law.limit_not_positive", "/limit/value"),
        ("versions", {"limit": {"value": 400, "unit": "ngay"}}, "law.limit_too_long", "/limit/value"),
        ("versions", {"valid_to": "2026-11-30"}, "law.end_before_start", "/valid_to"),
        ("versions", {"valid_from": "2026-11-22"}, "law.in_the_past", "/valid_from"),
        ("versions", {"decided_on": "2026-11-24"}, "law.decision_in_future", "/decided_on"),
        ("versions", {"calendar": "VN-NONE"}, "law.calendar_unknown", "/calendar"),
        ("versions", {"requires_presence": True}, "law.presence_by_post", "/requires_presence"),
        ("versions", {"after": 9}, "procedure.changed_meanwhile", "/after"),
        ("end", {"valid_to": "2026-11-22"}, "law.in_the_past", "/valid_to"),
        ("end", {"valid_to": "2018-01-01"}, "law.end_before_start", "/valid_to"),
    ],
)
async def test_a_bad_change_is_refused_by_name_and_changes_nothing(
    client, office, path, different, code, pointer
):
    given = VERSION if path == "versions" else {"decision": "1", "decided_on": "2026-11-20"}
    answer = await office(f"procedures/1.000656/{path}", given | {"after": 1} | different)
    assert answer.json()["code"] == code, answer.text
    assert answer.json()["pointer"] == pointer
    assert answer.status_code == (409 if "meanwhile" in code else 422)
    assert await fetch_value("SELECT count(*) FROM law_change") == 0
    assert len((await client.get("/api/v1/procedures/1.000656")).json()["versions"]) == 1


async def test_constants_standards_and_patterns_follow_one_another(client, office):
    dated = DECIDED | {"valid_from": "2026-12-01"}
    changes = [
        ("law/constants", {"name": "feedback.resolve_days", "value": 10}),
        ("law/constants", {"name": "fare.inner", "value": 27000}),
        ("law/transit-standards", {"zone": "inner", "days": 2}),
        (
            "law/code-patterns",
            {"name": "national_2027", "pattern": "VN[0-9]{12}", "examples": ["VN" + "0" * 12]},
        ),
    ]
    for path, body in changes:
        done = await office(path, body | dated)
        assert done.status_code == 200, done.text
        again = await office(path, body | dated)
        assert (again.status_code, again.json()["code"]) == (409, "law.overlaps")
    for path, body, code in (
        ("law/constants", {"name": "no.such", "value": 1}, "law.constant_unknown"),
        ("law/constants", {"name": "feedback.resolve_days", "value": 400}, "law.constant_range"),
        ("law/constants", {"name": "intake.default_calendar", "value": "NONE"}, "law.calendar_unknown"),
        ("law/transit-standards", {"zone": "inter", "days": 0}, "law.limit_not_positive"),
        ("law/code-patterns", {"name": "slow", "pattern": "(A+)+"}, "law.pattern_form"),
    ):
        assert (await office(path, body | dated)).json()["code"] == code
    for day, days, fare in (("2026-11-30", 15, 26000), ("2026-12-01", 10, 27000)):
        held = (await client.get(f"/api/v1/law/constants?on={day}")).json()
        values = {each["name"]: each["value"] for each in held}
        assert (values["feedback.resolve_days"], values["fare.inner"]) == (days, fare)
        zones = (await client.get(f"/api/v1/law/fares?on={day}")).json()["zones"]
        assert zones[0]["least"] == fare
        assert zones[0]["days"] == (1 if days == 15 else 2)
    by = await headers("BTP", Role.ADMIN, now=(await _now()))
    page = (await client.get("/api/v1/law/changes?limit=3", headers=by)).json()
    rest = (await client.get(f"/api/v1/law/changes?cursor={page['next_cursor']}", headers=by)).json()
    assert [each["what"] for each in (*page["items"], *rest["items"])] == [
        "pattern", "transit", "constant", "constant"]  # fmt: skip
    assert rest["items"][-1]["before"]["value"] == 15


async def test_a_new_way_of_writing_codes_holds_as_soon_as_it_is_decided(client, clock, office):
    desks = await Desks(client, clock.instant).prepare()
    try:
        refused = await desks.register(code="VN000000000001X")
        assert refused.json()["code"] == "dossier.code_pattern"
        rows = await repository.all_patterns()
        assert {(each.pattern, each.valid_from) for each in rows} == {
            (each.pattern.pattern, each.valid_from) for each in SHIPPED
        }
        pattern = {"name": "unified", "pattern": "VN[0-9]{12}X", "valid_from": "2026-11-23"}
        assert (await office("law/code-patterns", pattern | DECIDED)).status_code == 200
        assert (await desks.register(code="VN000000000001X")).status_code == 201
        assert kind_of("VN000000000001X") is CodeKind.DOSSIER
        hold_patterns(SHIPPED)
        assert kind_of("VN000000000001X") is None
        for load in registry.held():
            await load()
        assert kind_of("VN000000000001X-KQ") is CodeKind.RESULT
    finally:
        hold_patterns(SHIPPED)


async def _now():
    return await fetch_value("SELECT max(at) FROM law_change")


async def test_a_list_decides_what_the_post_carries_and_what_is_on_the_road_finishes(client, clock, office):
    """Edge case 13 of domain.md 11: a procedure leaves the list while dossiers of it are on the road."""
    desks = await Desks(client, clock.instant).prepare()
    codes = [await desks.dossier() for _ in range(3)]
    entries = [
        {"procedure": PROCEDURE, "eligible_submit": False, "eligible_return": True, "reason": "Ít hồ sơ"},
        {"procedure": "1.000656", "eligible_submit": True, "eligible_return": True},
    ]
    decided = await office("law/lists", DECIDED | {"entries": entries, "valid_from": "2026-11-23"})
    assert (decided.status_code, decided.json()["open_dossiers"]) == (200, 3), decided.text
    refused = await desks.register(service_mode="submit")
    assert (refused.status_code, refused.json()["code"]) == (422, "dossier.not_eligible")
    assert (await desks.register(service_mode="return", by=desks.desk)).status_code == 201
    for code in codes:
        await desks.states(code, "received", "step_done", "completed")
    shown = (await client.get("/api/v1/procedures?limit=200")).json()["items"]
    eligible = {each["code"] for each in shown if each["eligible"]}
    assert eligible == {PROCEDURE, "1.000656"}
    own = next(each for each in shown if each["code"] == PROCEDURE)
    assert (own["list"]["decision"], own["reason"]) == ("12/QĐ-BTP", "Ít hồ sơ")
    for wrong, code in (
        ([entries[0], entries[0]], "law.entry_twice"),
        ([{"procedure": "0.123456", "eligible_submit": True, "eligible_return": True}], "law.entry_unknown"),
        ([{**entries[1], "state_secret": True}], "law.secret_by_post"),
    ):
        answer = await office("law/lists", DECIDED | {"entries": wrong, "valid_from": "2026-12-01"})
        assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_only_the_office_that_answers_for_a_rule_changes_it(client, clock, office):
    await organisation("H57", kind=Kind.AUTHORITY, level=Level.PROVINCE, unit_code="46")
    control = await headers("H57", Role.CONTROL, now=clock.instant)
    admin = await headers("H57", Role.ADMIN, now=clock.instant)
    clerk = await headers(AUTHORITY, Role.CLERK, now=clock.instant)
    own = await office("procedures", VERSION | {"code": "9.100000"}, control)
    assert own.status_code == 201, own.text
    newer = {"after": 1, "valid_from": "2027-01-01"}
    cases = [
        ("procedures/9.100000/versions", VERSION | newer, control, 201),
        ("procedures/1.000656/versions", VERSION | newer, control, 403),
        ("procedures/9.100000/versions", VERSION | newer, admin, 403),
        ("procedures/9.100000/versions", VERSION | newer, clerk, 403),
        (
            "law/constants",
            DECIDED | {"name": "fare.inner", "value": 1, "valid_from": "2027-01-01"},
            control,
            403,
        ),
        ("law/lists", DECIDED | {"entries": [], "valid_from": "2027-01-01"}, control, 403),
        ("law/lists", DECIDED | {"entries": [], "valid_from": "2027-01-01", "scope": "01"}, control, 403),
        ("law/lists", DECIDED | {"entries": [], "valid_from": "2027-01-01", "scope": "46"}, control, 200),
    ]
    for path, body, by, status in cases:
        answer = await office(path, body, by)
        assert answer.status_code == status, (path, answer.text)


async def test_nobody_edits_a_rule_that_stands_or_what_was_done(database):
    for statement in (
        "UPDATE procedure SET fee = 1 WHERE code = '1.000656'",
        "UPDATE rule_constant SET value = '1' WHERE name = 'fare.inner'",
        "UPDATE transit_standard SET days = 9",
        "DELETE FROM procedure_component",
        "UPDATE procedure_step SET hours = 1",
        "DELETE FROM law_change",
    ):
        with pytest.raises((asyncpg.InsufficientPrivilegeError, Exception)) as refused:
            await execute(statement)
        assert "permission denied" in str(refused.value) or "never edited" in str(refused.value)


async def test_weights_of_the_sheet_make_100_on_every_day(client, office):
    dated = DECIDED | {"valid_from": "2026-12-01"}
    one = {"name": "indicators.weight.online", "value": 24}
    for body in (
        dated | one,
        dated | one | {"along": [{"name": "indicators.weight.satisfaction", "value": 17}]},
        # It would end and leave the sheet with four groups.
        dated | {"name": "indicators.weight.online", "value": 22, "valid_to": "2027-01-01"},
    ):
        refused = await office("law/constants", body)
        assert (refused.status_code, refused.json()["code"]) == (422, "law.weights_total"), refused.text
    assert await fetch_value("SELECT count(*) FROM law_change") == 0
    done = await office(
        "law/constants", dated | one | {"along": [{"name": "indicators.weight.satisfaction", "value": 16}]}
    )
    assert done.status_code == 200, done.text
    held = (await client.get("/api/v1/law/constants?on=2026-12-01")).json()
    weights = {each["name"]: each["value"] for each in held if each["name"].startswith("indicators.weight.")}
    assert (sum(weights.values()), weights["indicators.weight.online"]) == (100, 24)
    # A change for an earlier day must fit what was decided for later ones.
    earlier = DECIDED | {"valid_from": "2026-11-24", "valid_to": "2026-12-01"}
    other = await office("law/constants", earlier | one)
    assert other.status_code in {409, 422}, other.text
