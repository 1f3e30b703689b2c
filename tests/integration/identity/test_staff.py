"""People, devices, shifts and keys over HTTP."""

from datetime import timedelta

import msgspec
import pytest

from postal.db import count_statements, fetch_value
from postal.errors import Unauthenticated
from postal.identity import service
from postal.identity.rules import Acting, Refused, Role, judge
from postal.network.rules import Kind, Level
from tests.factories.identity import actor, device, headers, key, person
from tests.factories.network import organisation, organisations

PASSWORD = "ngựa đúng pin ghim"


@pytest.fixture
async def supervisor(database, clock):
    return await headers("AA", Role.SUPERVISOR, now=clock.instant)


def a_person(code="p1", role="clerk", organisation="AA", **more):
    return {
        "code": code,
        "name": "Nguyễn Thị Lan",
        "assignments": [{"role": role, "organisation": organisation}],
        **more,
    }


async def test_a_supervisor_registers_people_of_the_post_and_no_others(client, supervisor):
    answer = await client.post(
        "/api/v1/people", json=a_person(login="lan", password=PASSWORD), headers=supervisor
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["can_sign_in"]
    assert "password" not in answer.text
    listed = await client.get("/api/v1/people", headers=supervisor)
    assert [one["code"] for one in listed.json()["items"]] == ["p1"]
    for role in ("supervisor", "desk", "admin", "control", "scanner"):
        refused = await client.post("/api/v1/people", json=a_person("p2", role), headers=supervisor)
        assert (refused.status_code, refused.json()["code"]) == (403, "identity.role_not_grantable")
    await organisation("BB")
    for code in ("BB", "NOWHERE"):
        refused = await client.post(
            "/api/v1/people", json=a_person("p2", organisation=code), headers=supervisor
        )
        assert (refused.status_code, refused.json()["code"]) == (404, "network.organisation_not_found")
    taken = await client.post("/api/v1/people", json=a_person("p3", login="LAN"), headers=supervisor)
    assert taken.json()["code"] == "identity.person_exists"
    for wrong in (a_person("p 4"), a_person("p4", login="x"), {**a_person("p4"), "assignments": []}):
        assert (await client.post("/api/v1/people", json=wrong, headers=supervisor)).status_code == 400
    weak = await client.post("/api/v1/people", json=a_person("p4", password="password1"), headers=supervisor)
    assert weak.json()["code"] == "identity.password_common"


async def test_a_role_is_given_and_ended(client, supervisor, clock):
    await client.post("/api/v1/people", json=a_person(), headers=supervisor)
    url = "/api/v1/people/p1/assignments"
    given = await client.post(url, json={"role": "courier", "organisation": "AA"}, headers=supervisor)
    assert {one["role"] for one in given.json()["assignments"]} == {"clerk", "courier"}
    assignment = given.json()["assignments"][0]["id"]
    early = await client.patch(
        f"{url}/{assignment}", json={"valid_to": "2020-01-01T00:00:00Z"}, headers=supervisor
    )
    assert early.json()["code"] == "identity.end_before_start"
    clock.advance(timedelta(hours=1))
    ended = await client.patch(f"{url}/{assignment}", json={}, headers=supervisor)
    assert ended.json()["assignments"][0]["valid_to"] is not None
    again = await client.patch(
        f"{url}/{assignment}", json={"valid_to": "2030-01-01T00:00:00Z"}, headers=supervisor
    )
    assert (again.status_code, again.json()["code"]) == (409, "identity.assignment_ended")
    unknown = await client.patch(f"{url}/019a0000-0000-7000-8000-000000000000", json={}, headers=supervisor)
    assert unknown.json()["code"] == "identity.assignment_not_found"


async def test_nobody_signs_in_as_somebody_with_more_rights_by_setting_a_password(client, supervisor, clock):
    now = clock.instant
    await organisation("VN", kind=Kind.MINISTRY, level=Level.CENTRAL)
    await person("boss", "AA", Role.ADMIN, now=now, login="boss", password=PASSWORD)
    await person("both", "AA", Role.CLERK, now=now, login="both", password=PASSWORD)
    await organisation("BB")
    national = await actor("VN", Role.ADMIN, now=now)
    await service.assign("both", service.NewAssignment(Role.CLERK, "BB"), actor=national, now=now)
    for code in ("boss", "both"):
        refused = await client.put(
            f"/api/v1/people/{code}/password", json={"password": "một mật khẩu khác"}, headers=supervisor
        )
        assert (refused.status_code, refused.json()["code"]) == (403, "identity.person_beyond_right")
    unknown = await client.put(
        "/api/v1/people/nobody/password", json={"password": "một mật khẩu khác"}, headers=supervisor
    )
    assert unknown.status_code == 404


async def test_a_new_password_needs_the_current_one_and_ends_sessions(client, clock):
    await person("p1", "AA", now=clock.instant, login="lan", password=PASSWORD)
    await client.post("/api/v1/sessions", json={"login": "lan", "password": PASSWORD})
    new = "một mật khẩu khác"
    url = "/api/v1/people/p1/password"
    for body in ({"password": new}, {"password": new, "current": "wrong"}):
        assert (await client.put(url, json=body)).json()["code"] == "identity.password_wrong"
    assert (await client.put(url, json={"password": new, "current": PASSWORD})).status_code == 204
    assert (await client.get("/api/v1/me")).status_code == 401
    signed_in = await client.post("/api/v1/sessions", json={"login": "lan", "password": new})
    assert signed_in.status_code == 201


async def test_a_password_set_anew_ends_the_pin_that_was_set_behind_the_old_one(client, supervisor, clock):
    now, pin = clock.instant, "590713"
    await person("p1", "AA", now=now, login="lan", password=PASSWORD)
    await person("p2", "AA", now=now, login="hoa", password=PASSWORD)
    for code in ("p1", "p2"):
        owner = msgspec.structs.replace(await actor("AA", Role.CLERK, now=now), person=code)
        await service.set_pin(pin, PASSWORD, actor=owner, now=now)
    assert (await service.other_side("lan", pin, ["AA"], now)).person == "p1"
    new = {"password": "một mật khẩu khác"}
    assert (await client.put("/api/v1/people/p1/password", json=new, headers=supervisor)).status_code == 204
    with pytest.raises(Unauthenticated):
        await service.other_side("lan", pin, ["AA"], now)
    assert (await service.other_side("lan", new["password"], ["AA"], now)).person == "p1"
    assert (await service.other_side("hoa", pin, ["AA"], now)).person == "p2"
    told = "SELECT count(*) FROM audit WHERE action = 'pin.ended' AND subject = 'p1'"
    assert await fetch_value(told) == 1


async def enrolled(client, supervisor, code="hy-0012"):
    made = await client.post("/api/v1/devices", json={"code": code, "organisation": "AA"}, headers=supervisor)
    assert made.json()["enrolled_at"] is None
    invited = await client.post(f"/api/v1/devices/{code}/enrolment", headers=supervisor)
    answer = await client.post("/api/v1/enrolments", json={"code": invited.json()["code"].lower()})
    assert answer.status_code == 201, answer.text
    return invited.json()["code"], {"Authorization": f"Bearer {answer.json()['secret']}"}


async def test_a_device_enrols_once_with_its_code(client, supervisor, clock):
    code, scanner = await enrolled(client, supervisor)
    assert (await client.get("/api/v1/me", headers=scanner)).json()["device"] == "hy-0012"
    again = await client.post("/api/v1/enrolments", json={"code": code})
    unknown = await client.post("/api/v1/enrolments", json={"code": "ZZZZZ-ZZZZZ"})
    assert again.status_code == unknown.status_code == 401
    assert again.json()["code"] == unknown.json()["code"] == "identity.enrolment_unknown"
    late = (await client.post("/api/v1/devices/hy-0012/enrolment", headers=supervisor)).json()
    clock.advance(timedelta(minutes=15))
    assert (await client.post("/api/v1/enrolments", json={"code": late["code"]})).status_code == 401


async def test_enrolling_anew_ends_the_earlier_key_and_a_new_code_the_earlier_code(client, supervisor):
    _, scanner = await enrolled(client, supervisor)
    first = (await client.post("/api/v1/devices/hy-0012/enrolment", headers=supervisor)).json()["code"]
    second = (await client.post("/api/v1/devices/hy-0012/enrolment", headers=supervisor)).json()["code"]
    assert (await client.post("/api/v1/enrolments", json={"code": first})).status_code == 401
    assert (await client.post("/api/v1/enrolments", json={"code": second})).status_code == 201
    assert (await client.get("/api/v1/me", headers=scanner)).status_code == 401


async def test_a_revoked_device_is_shut_out(client, supervisor):
    _, scanner = await enrolled(client, supervisor)
    revoked = await client.post("/api/v1/devices/hy-0012/revoke", headers=supervisor)
    assert revoked.json()["revoked_at"] is not None
    assert (await client.get("/api/v1/me", headers=scanner)).status_code == 401
    invited = await client.post("/api/v1/devices/hy-0012/enrolment", headers=supervisor)
    assert invited.json()["code"] == "identity.device_revoked"
    taken = await client.post(
        "/api/v1/devices", json={"code": "hy-0012", "organisation": "AA"}, headers=supervisor
    )
    assert taken.json()["code"] == "identity.device_exists"


async def test_a_shift_opens_on_a_device_and_closes_the_one_before(client, supervisor, clock):
    _, scanner = await enrolled(client, supervisor)
    await person("p1", "AA", now=clock.instant)
    await person("stranger", "BB", now=clock.instant)
    first = await client.post("/api/v1/shifts", json={"person": "p1"}, headers=scanner)
    assert first.status_code == 201, first.text
    clock.advance(timedelta(hours=1))
    second = (await client.post("/api/v1/shifts", json={"person": "p1"}, headers=scanner)).json()
    listed = (await client.get("/api/v1/shifts", headers=supervisor)).json()["items"]
    assert [one["closed_at"] is None for one in listed] == [False, True]
    for body in ({"person": "stranger"}, {"person": "nobody"}, {"person": "stranger", "organisation": "BB"}):
        refused = await client.post("/api/v1/shifts", json=body, headers=scanner)
        assert (refused.status_code, refused.json()["code"]) == (422, "identity.person_not_assigned")
    closed = await client.patch(f"/api/v1/shifts/{second['id']}", json={}, headers=scanner)
    assert closed.json()["closed_at"] is not None
    clock.advance(timedelta(hours=1))
    again = await client.patch(f"/api/v1/shifts/{second['id']}", json={}, headers=supervisor)
    assert again.json() == closed.json()
    assert (await client.post("/api/v1/shifts", json={"person": "p1"}, headers=supervisor)).status_code == 403


async def test_a_device_reads_its_own_shifts_alone(client, supervisor, clock):
    _, scanner = await enrolled(client, supervisor)
    await person("p1", "AA", now=clock.instant)
    shift = (await client.post("/api/v1/shifts", json={"person": "p1"}, headers=scanner)).json()["id"]
    other = {"Authorization": f"Bearer {await device('hy-2', 'AA', now=clock.instant)}"}
    assert (await client.get(f"/api/v1/shifts/{shift}", headers=scanner)).status_code == 200
    assert (await client.get(f"/api/v1/shifts/{shift}", headers=other)).status_code == 404
    assert (await client.get("/api/v1/shifts", headers=other)).status_code == 403


async def test_keys_are_shown_once_and_stay_within_their_makers_right(client, clock):
    await organisation("TOP")
    await organisations("BELOW", parent="TOP")
    await organisations("BESIDE")
    admin = await headers("TOP", Role.ADMIN, now=clock.instant)
    body = {"organisation": "BELOW", "roles": ["system"], "label": "hệ thống một cửa"}
    made = await client.post("/api/v1/keys", json=body, headers=admin)
    assert made.status_code == 201, made.text
    secret, prefix = made.json()["secret"], made.json()["key"]["prefix"]
    assert secret not in (await client.get(f"/api/v1/keys/{prefix}", headers=admin)).text
    used = {"Authorization": f"Bearer {secret}"}
    assert (await client.get("/api/v1/me", headers=used)).json()["organisation"] == "BELOW"
    assert (await client.get(f"/api/v1/keys/{prefix}", headers=admin)).json()["last_used_at"] is not None
    for role in ("control", "regulator", "scanner"):
        refused = await client.post("/api/v1/keys", json={**body, "roles": [role]}, headers=admin)
        assert refused.status_code == 403
    for code in ("BESIDE", "NOWHERE"):
        refused = await client.post("/api/v1/keys", json={**body, "organisation": code}, headers=admin)
        assert refused.status_code == 404
    past = {**body, "expires_at": "2020-01-01T00:00:00Z"}
    assert (await client.post("/api/v1/keys", json=past, headers=admin)).json()[
        "code"
    ] == "identity.expiry_past"
    kept = await client.post("/api/v1/keys", json=body, headers={**admin, "Idempotency-Key": "k1"})
    assert (kept.status_code, kept.json()["code"]) == (400, "idempotency.not_here")
    revoked = await client.post(f"/api/v1/keys/{prefix}/revoke", headers=admin)
    assert revoked.json()["revoked_at"] is not None
    assert (await client.get("/api/v1/me", headers=used)).status_code == 401


async def test_repeating_an_unsafe_request_with_its_key_has_one_effect(client, supervisor):
    once = {**supervisor, "Idempotency-Key": "register d9"}
    body = {"code": "d9", "organisation": "AA"}
    first = await client.post("/api/v1/devices", json=body, headers=once)
    second = await client.post("/api/v1/devices", json=body, headers=once)
    assert (first.status_code, first.content) == (second.status_code, second.content) == (201, first.content)
    assert await fetch_value("SELECT count(*) FROM audit WHERE subject = 'd9'") == 1


async def test_the_identities_of_a_batch_take_one_statement(database, clock):
    now = clock.instant
    await device("hy-1", "AA", now=now)
    people = [await person(f"p{number}", "AA", now=now) for number in range(20)]
    await organisation("PLACE")
    await organisation("GONE", valid_to=now.date())
    with count_statements() as counted:
        identities = await service.scan_identities(
            {"hy-1", "hy-0"}, {*people, "nobody"}, {"no uuid"}, {"PLACE", "GONE", "NOWHERE"}
        )
    identity = identities["hy-1"]
    assert counted.total == 1
    later = now + timedelta(days=1)
    assert judge(identity, person="p7", place="PLACE", shift="no uuid", at=later) == Acting(
        "AA", "PLACE", "p7"
    )
    for who, place, at, code in (
        ("nobody", None, later, "identity.person_not_assigned"),
        (None, None, later, "identity.person_missing"),
        ("p1", "GONE", later, "identity.place_unknown"),
        ("p1", "NOWHERE", later, "identity.place_unknown"),
        ("p1", None, now - timedelta(seconds=1), "identity.device_not_valid"),
    ):
        judged = judge(identity, person=who, place=place, shift=None, at=at)
        assert isinstance(judged, Refused)
        assert judged.code == code
    slightly_early = now - timedelta(seconds=1)
    assert isinstance(
        judge(
            identity, person="p1", place=None, shift=None, at=slightly_early, uncertainty=timedelta(seconds=2)
        ),
        Acting,
    )


async def test_a_shift_decides_the_organisation_even_when_it_is_over(client, supervisor, clock):
    _, scanner = await enrolled(client, supervisor)
    await person("p1", "AA", now=clock.instant)
    at = clock.instant + timedelta(minutes=30)
    shift = (await client.post("/api/v1/shifts", json={"person": "p1"}, headers=scanner)).json()["id"]
    clock.advance(timedelta(hours=8))
    await client.patch(f"/api/v1/shifts/{shift}", json={}, headers=scanner)
    identity = (await service.scan_identities(["hy-0012"], [], [shift.upper()], []))["hy-0012"]
    assert judge(identity, person=None, place=None, shift=shift.upper(), at=at) == Acting("AA", None, "p1")
    stranger = (await service.scan_identities(["unknown"], ["p1"], [shift], []))["unknown"]
    assert judge(stranger, person="p1", place=None, shift=shift, at=at).code == "identity.device_unknown"


async def test_devices_on_duty_are_those_with_a_shift_else_all_enrolled(client, supervisor, clock):
    start = clock.instant
    _, scanner = await enrolled(client, supervisor)
    await device("spare", "AA", now=start)
    await device("only", "BB", now=start)
    await key("CC", Role.CLERK, now=start)
    await person("p1", "AA", now=start)
    shift = (await client.post("/api/v1/shifts", json={"person": "p1"}, headers=scanner)).json()["id"]
    clock.advance(timedelta(hours=8))
    await client.patch(f"/api/v1/shifts/{shift}", json={}, headers=scanner)

    async def on_duty(since, until):
        found = await service.devices_on_duty(
            ["AA", "BB", "CC"], start + timedelta(hours=since), start + timedelta(hours=until)
        )
        return {(one.device, one.by_shift) for one in found}

    assert await on_duty(1, 2) == {("hy-0012", True), ("only", False)}
    assert await on_duty(9, 10) == {("hy-0012", False), ("spare", False), ("only", False)}
    assert await on_duty(-2, -1) == set()
