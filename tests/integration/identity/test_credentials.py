"""Keys and sessions: who gets in, and what the others are told."""

from datetime import timedelta

import pytest

from postal.db import count_statements, fetch_row, fetch_value
from postal.errors import NotFound
from postal.identity import keys, service
from postal.identity.cookies import COOKIE, SECURE_COOKIE
from postal.identity.rules import Role
from postal.network.rules import Kind, Level
from tests.factories.identity import actor, device, headers, key, person
from tests.factories.network import organisation

ME = "/api/v1/me"
SESSIONS = "/api/v1/sessions"
PASSWORD = "ngựa đúng pin ghim"


def bearer(secret):
    return {"Authorization": f"Bearer {secret}"}


async def test_a_key_opens_with_its_roles_and_is_stored_as_a_hash(client, clock):
    secret = await key("AA", Role.CLERK, Role.SORTER, now=clock.instant)
    me = (await client.get(ME, headers=bearer(secret))).json()
    assert (me["organisation"], me["roles"], me["id"]) == ("AA", ["clerk", "sorter"], keys.prefix_of(secret))
    row = await fetch_row("SELECT * FROM api_key")
    assert secret not in str(dict(row))
    assert row["hash"] == keys.digest(secret)


async def test_every_bad_key_gets_one_and_the_same_answer(client, clock):
    now = clock.instant
    expired = await key("AA", Role.CLERK, now=now, expires=now + timedelta(hours=1))
    revoked = await key("AA", Role.CLERK, now=now)
    admin = await actor("AA", Role.ADMIN, now=now)
    await service.revoke_key(keys.prefix_of(revoked), actor=admin, now=now)
    clock.advance(timedelta(hours=1))
    answers = []
    for header in (
        f"Bearer {expired}",
        f"Bearer {revoked}",
        f"Bearer {keys.make_key()}",
        f"Bearer {expired[:-1]}",
        "Bearer x",
        "Bearer",
        "Basic YTpi",
        "Bearer \xff\xfe",
    ):
        answer = await client.get(ME, headers={"Authorization": header.encode("latin-1")})
        answers.append((answer.status_code, {**answer.json(), "instance": None}))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 401
    assert answers[0][1]["code"] == "identity.key_unknown"


async def test_a_bad_key_is_refused_on_open_routes_too(client):
    answer = await client.get("/api/v1/units", headers=bearer(keys.make_key()))
    assert answer.status_code == 401


async def test_a_mistyped_key_does_not_reach_the_database(database, clock):
    secret = await key("AA", Role.CLERK, now=clock.instant)
    wrong = secret[:-1] + ("a" if secret[-1] != "a" else "b")
    with count_statements() as counted:
        assert await service.authenticate_key(wrong, clock.instant) is None
    assert counted.total == 0


async def test_one_statement_authenticates_and_the_last_use_is_noted_once_a_minute(database, clock):
    now = clock.instant
    secret = await key("AA", Role.CLERK, now=now)
    noted = []
    for seconds in (0, 30, 59, 61, 100, 122):
        with count_statements() as counted:
            assert await service.authenticate_key(secret, now + timedelta(seconds=seconds)) is not None
        assert counted.total == 1
        noted.append((await fetch_value("SELECT last_used_at FROM api_key") - now).total_seconds())
    assert noted == [0, 0, 0, 61, 61, 122]


async def test_an_actor_sees_what_its_organisation_took_over(database, clock):
    now = clock.instant
    await organisation("HEIR")
    day = clock.instant.date()
    await organisation("CHILD", successor="HEIR", valid_to=day)
    await organisation("GRANDCHILD", successor="CHILD", valid_to=day - timedelta(days=9))
    await organisation("PLANNED", successor="HEIR", valid_to=day + timedelta(days=1))
    await organisation("STRANGER")
    assert (await actor("HEIR", Role.CLERK, now=now)).sees == {"HEIR", "CHILD", "GRANDCHILD"}
    planned = await actor("HEIR", Role.CLERK, now=now + timedelta(days=1))
    assert planned.sees == {"HEIR", "CHILD", "GRANDCHILD", "PLANNED"}
    assert (await actor("CHILD", Role.CLERK, now=now)).sees == {"CHILD", "GRANDCHILD"}
    assert (await actor("STRANGER", Role.CLERK, now=now)).sees == {"STRANGER"}


async def test_no_key_without_an_organisation(database, clock):
    with pytest.raises(NotFound):
        await service.create_key("NOBODY", [Role.ADMIN], clock.instant)


async def test_what_inspectors_read_is_logged_before_it_is_answered(client, clock):
    inspector = await headers("STATE", Role.REGULATOR, now=clock.instant)
    ordinary = await headers("AA", Role.SUPERVISOR, now=clock.instant)
    await client.get("/api/v1/people?limit=5", headers=inspector)
    await client.get("/api/v1/people", headers=ordinary)
    await client.get("/api/v1/units", headers=inspector)
    row = await fetch_row("SELECT * FROM audit WHERE action LIKE '%inspector'")
    assert (row["organisation"], row["subject"], row["action"]) == (
        "STATE",
        "/api/v1/people",
        "GET as inspector",
    )
    assert await fetch_value("SELECT count(*) FROM audit WHERE action LIKE '%inspector'") == 1


async def test_the_audit_log_can_only_grow(database):
    for statement in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit", "TRUNCATE audit"):
        with pytest.raises(Exception, match="permission denied"):
            await fetch_row(statement)


async def test_signing_in_and_out(client, clock):
    await person("p1", "AA", Role.CLERK, now=clock.instant, login="lan", password=PASSWORD)
    answer = await client.post(SESSIONS, json={"login": " Lan ", "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    assert answer.json()["person"] == "p1"
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    token = client.cookies[COOKIE]
    assert token not in str(dict(await fetch_row("SELECT * FROM session")))
    assert (await client.get(ME)).json()["roles"] == ["clerk"]
    assert (await client.delete(SESSIONS)).status_code == 204
    assert (await client.get(ME, headers={"Cookie": f"{COOKIE}={token}"})).status_code == 401


async def test_over_https_the_cookie_is_bound_to_the_host(client, clock):
    await person("p1", "AA", now=clock.instant, login="lan", password=PASSWORD)
    answer = await client.post("https://testserver" + SESSIONS, json={"login": "lan", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{SECURE_COOKIE}=")
    assert all(part in cookie for part in ("Secure", "Path=/", "HttpOnly"))
    assert "Domain" not in cookie


async def test_a_session_ends_by_idleness_by_age_and_with_the_last_role(client, clock):
    start = clock.instant
    await person("p1", "AA", now=start, login="lan", password=PASSWORD, until=start + timedelta(hours=13))
    sign_in = {"login": "lan", "password": PASSWORD}
    await client.post(SESSIONS, json=sign_in)
    clock.advance(timedelta(hours=2))
    assert (await client.get(ME)).status_code == 401
    await client.post(SESSIONS, json=sign_in)
    for _ in range(7):
        clock.advance(timedelta(hours=1.4))
        assert (await client.get(ME)).status_code == 200
    clock.advance(timedelta(hours=1.4))
    assert clock.instant > start + timedelta(hours=13)
    assert (await client.get(ME)).status_code == 401
    assert (await client.post(SESSIONS, json=sign_in)).status_code == 401


async def test_a_session_never_outlives_a_shift(client, clock):
    await person("p1", "AA", now=clock.instant, login="lan", password=PASSWORD)
    await client.post(SESSIONS, json={"login": "lan", "password": PASSWORD})
    for _ in range(7):
        clock.advance(timedelta(hours=1.7))
        assert (await client.get(ME)).status_code == 200
    clock.advance(timedelta(hours=1.7))
    assert (await client.get(ME)).status_code == 401


async def test_signing_in_again_ends_the_earlier_session(client, clock):
    await person("p1", "AA", now=clock.instant, login="lan", password=PASSWORD)
    for _ in range(2):
        await client.post(SESSIONS, json={"login": "lan", "password": PASSWORD})
    assert await fetch_value("SELECT count(*) FROM session") == 1


async def test_an_unknown_login_and_a_wrong_password_are_answered_alike(client, clock):
    await person("p1", "AA", now=clock.instant, login="lan", password=PASSWORD)
    await person("p2", "AA", now=clock.instant, login="mai")
    await person(
        "p3", "AA", now=clock.instant, login="hoa", password=PASSWORD, until=clock.instant + timedelta(1)
    )
    clock.advance(timedelta(days=2))
    answers = []
    for login, password in (
        ("lan", "wrong"),
        ("nobody", PASSWORD),
        ("mai", PASSWORD),
        ("hoa", PASSWORD),
        ("", ""),
    ):
        answer = await client.post(SESSIONS, json={"login": login, "password": password})
        answers.append((answer.status_code, {**answer.json(), "instance": None}))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 401
    assert answers[0][1]["code"] == "identity.sign_in_failed"


async def test_guessing_is_slowed_down_for_known_and_unknown_logins_alike(client, clock):
    await person("p1", "AA", now=clock.instant, login="lan", password=PASSWORD)
    for login in ("lan", "nobody"):
        statuses = [
            (await client.post(SESSIONS, json={"login": login, "password": "wrong"})).status_code
            for _ in range(11)
        ]
        assert statuses == [401] * 10 + [429]
    assert (await client.post(SESSIONS, json={"login": "LAN", "password": PASSWORD})).status_code == 429


async def test_who_works_at_several_places_chooses_one(client, clock):
    now = clock.instant
    await organisation("VN", kind=Kind.MINISTRY, level=Level.CENTRAL)
    await organisation("BB")
    await person("p1", "AA", now=now, login="lan", password=PASSWORD)
    national = await actor("VN", Role.ADMIN, now=now)
    await service.assign("p1", service.NewAssignment(Role.SORTER, "BB"), actor=national, now=now)
    answer = await client.post(SESSIONS, json={"login": "lan", "password": PASSWORD})
    assert (answer.status_code, answer.json()["organisations"]) == (422, ["AA", "BB"])
    answer = await client.post(SESSIONS, json={"login": "lan", "password": PASSWORD, "organisation": "BB"})
    assert (answer.json()["organisation"], answer.json()["roles"]) == ("BB", ["sorter"])
    answer = await client.post(SESSIONS, json={"login": "lan", "password": PASSWORD, "organisation": "CC"})
    assert answer.status_code == 401


async def test_a_session_does_not_act_for_another_site(client, clock):
    await person("p1", "AA", Role.SUPERVISOR, now=clock.instant, login="lan", password=PASSWORD)
    await client.post(SESSIONS, json={"login": "lan", "password": PASSWORD})
    body = {"code": "d1", "organisation": "AA"}
    foreign = await client.post("/api/v1/devices", json=body, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    own = await client.post("/api/v1/devices", json=body, headers={"Sec-Fetch-Site": "same-origin"})
    assert own.status_code == 201


async def test_a_device_key_is_a_device(client, clock):
    secret = await device("hy-0012", "AA", now=clock.instant)
    me = (await client.get(ME, headers=bearer(secret))).json()
    assert (me["kind"], me["device"], me["roles"]) == ("device", "hy-0012", ["scanner"])
