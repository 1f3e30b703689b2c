"""A repeated request has one effect and one answer, whatever happens in between."""

import asyncio
from datetime import timedelta

import asyncpg
import httpx
import pytest

from postal import clock as clock_port
from postal import db
from postal.http import idempotency_keys
from postal.identity.rules import Role
from postal.identity.service import create_key

KEY = {"Idempotency-Key": "b6c1ad3e-1"}


async def texts():
    return [row["text"] for row in await db.fetch("SELECT text FROM probe ORDER BY id")]


async def kept_answers():
    return await db.fetch_value("SELECT count(*) FROM idempotency_key")


async def test_a_repetition_gives_the_same_bytes_and_no_second_effect(known):
    first = await known.post("/api/v1/probe", json={"text": "một"}, headers=KEY)
    second = await known.post("/api/v1/probe", json={"text": "một"}, headers=KEY)
    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert second.headers["location"] == first.headers["location"]
    assert second.headers["content-type"] == first.headers["content-type"]
    assert second.headers["x-request-id"] != first.headers["x-request-id"]
    assert await texts() == ["một"]


async def test_without_a_key_a_repetition_is_another_request(known):
    for _ in range(2):
        assert (await known.post("/api/v1/probe", json={"text": "một"})).status_code == 201
    assert len(await texts()) == 2
    assert await kept_answers() == 0


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/v1/probe", {"text": "hai"}),
        ("POST", "/api/v1/probe?x=1", {"text": "một"}),
        ("DELETE", "/api/v1/probe/1", None),
    ],
)
async def test_a_key_that_was_used_for_another_request_is_refused(known, method, path, body):
    await known.post("/api/v1/probe", json={"text": "một"}, headers=KEY)
    answer = await known.request(method, path, json=body, headers=KEY)
    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency.other_body"
    assert await texts() == ["một"]


async def test_an_answer_without_a_body_is_replayed_too(known):
    kept = (await known.post("/api/v1/probe", json={"text": "một"})).json()["id"]
    for _ in range(2):
        answer = await known.delete(f"/api/v1/probe/{kept}", headers=KEY)
        assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("then", ["fail", "down", "violate", "nest", "fail at commit"])
async def test_a_failure_after_the_effect_keeps_neither_effect_nor_answer(known, then):
    failed = await known.post("/api/v1/probe", json={"text": "một", "then": then}, headers=KEY)
    assert failed.status_code in {500, 503}
    assert failed.headers["content-type"] == "application/problem+json"
    assert await texts() == []
    assert await kept_answers() == 0
    again = await known.post("/api/v1/probe", json={"text": "một"}, headers=KEY)
    assert again.status_code == 201
    assert await texts() == ["một"]


async def test_a_refusal_without_effect_is_not_kept(known):
    refused = await known.post("/api/v1/probe", json={"text": "một", "then": "refuse first"}, headers=KEY)
    assert refused.status_code == 409
    assert await kept_answers() == 0


async def test_a_refusal_after_an_effect_is_kept_with_it(known):
    body = {"text": "một", "then": "refuse"}
    first = await known.post("/api/v1/probe", json=body, headers=KEY)
    second = await known.post("/api/v1/probe", json=body, headers=KEY)
    assert first.status_code == second.status_code == 409
    assert first.content == second.content
    assert second.headers["content-type"] == "application/problem+json"
    assert await texts() == ["một"]


async def test_a_service_may_recover_from_its_own_failed_unit_of_work(known):
    answer = await known.post("/api/v1/probe", json={"text": "một", "then": "recover"}, headers=KEY)
    assert answer.status_code == 201
    assert await texts() == ["một", "another", "recovered"]


async def test_a_crash_between_effect_and_answer_keeps_neither(known, monkeypatch):
    async def crash(*_):
        raise asyncpg.ConnectionDoesNotExistError

    with monkeypatch.context() as patched:
        patched.setattr(idempotency_keys, "keep", crash)
        assert (await known.post("/api/v1/probe", json={"text": "một"}, headers=KEY)).status_code == 503
    assert await texts() == []
    assert (await known.post("/api/v1/probe", json={"text": "một"}, headers=KEY)).status_code == 201
    assert await texts() == ["một"]


async def test_a_connection_killed_in_the_middle_keeps_neither(known, gate):
    body = {"text": "một", "then": "pass the gate"}
    running = asyncio.create_task(known.post("/api/v1/probe", json=body, headers=KEY))
    await gate.connection.execute("SELECT pg_terminate_backend($1)", await gate.reached())
    answer = await running
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert await texts() == []
    assert (await known.post("/api/v1/probe", json={"text": "một"}, headers=KEY)).status_code == 201
    assert await texts() == ["một"]


async def test_sixteen_at_once_have_one_effect(known):
    body = {"text": "một", "then": "sleep"}
    answers = await asyncio.gather(
        *(known.post("/api/v1/probe", json=body, headers=KEY, timeout=30) for _ in range(16))
    )
    fresh = [one for one in answers if one.status_code == 201 and "idempotency-replayed" not in one.headers]
    replayed = [one for one in answers if one.headers.get("idempotency-replayed") == "true"]
    refused = [one for one in answers if one.status_code == 409]
    busy = [one for one in answers if one.status_code == 503]
    assert len(fresh) == 1
    assert len(replayed) + len(refused) + len(busy) == 15
    assert all(one.content == fresh[0].content for one in replayed)
    assert all(one.json()["code"] == "idempotency.running" for one in refused)
    assert all(one.headers["retry-after"] == "1" for one in refused)
    assert await texts() == ["một"]
    late = await known.post("/api/v1/probe", json=body, headers=KEY)
    assert late.content == fresh[0].content


async def test_a_running_request_answers_409_to_its_repetition(known, gate):
    body = {"text": "một", "then": "pass the gate"}
    running = asyncio.create_task(known.post("/api/v1/probe", json=body, headers=KEY))
    await gate.reached()
    repeated = await known.post("/api/v1/probe", json=body, headers=KEY)
    assert repeated.status_code == 409
    assert repeated.json()["code"] == "idempotency.running"
    await gate.open()
    assert (await running).status_code == 201


async def test_keys_belong_to_their_actor(known, app):
    other = await create_key("VN", {Role.ADMIN}, await clock_port.now())
    first = await known.post("/api/v1/probe", json={"text": "một"}, headers=KEY)
    headers = {**KEY, "Authorization": f"Bearer {other}"}
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as stranger:
        second = await stranger.post("/api/v1/probe", json={"text": "một"}, headers=headers)
    assert first.json()["id"] != second.json()["id"]
    assert "idempotency-replayed" not in second.headers


async def test_an_answer_is_kept_for_thirty_days(known, clock):
    first = await known.post("/api/v1/probe", json={"text": "một"}, headers=KEY)
    clock.advance(timedelta(days=30))
    kept = await known.post("/api/v1/probe", json={"text": "một"}, headers=KEY)
    assert kept.content == first.content
    clock.advance(timedelta(seconds=1))
    anew = await known.post("/api/v1/probe", json={"text": "khác"}, headers=KEY)
    assert anew.status_code == 201
    assert await texts() == ["một", "khác"]
    await idempotency_keys.purge(clock.instant)
    assert await kept_answers() == 1
    await idempotency_keys.purge(clock.instant + timedelta(seconds=1))
    assert await kept_answers() == 0


@pytest.mark.parametrize("sent", ["x" * 256, "", "a\tb", "a\x85", "khóa"])
async def test_a_key_must_be_short_and_printable(known, key, sent):
    headers = [(b"Authorization", f"Bearer {key}".encode()), (b"Idempotency-Key", sent.encode("latin-1"))]
    answer = await known.post("/api/v1/probe", json={"text": "một"}, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["code"] == "idempotency.key"
    assert answer.json()["pointer"] == "/header/Idempotency-Key"
    assert await texts() == []


async def test_two_keys_on_one_request_are_refused(known):
    answer = await known.post(
        "/api/v1/probe", json={"text": "một"}, headers=[("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    )
    assert answer.status_code == 400


async def test_a_route_that_shows_a_secret_once_takes_no_key_and_keeps_nothing(known):
    assert (await known.post("/api/v1/probe-secrets")).status_code == 201
    answer = await known.post("/api/v1/probe-secrets", headers=KEY)
    assert answer.status_code == 400
    assert answer.json()["code"] == "idempotency.not_here"
    assert await kept_answers() == 0


async def test_a_caller_without_credentials_is_refused_as_ever(ask):
    answer = await ask.post("/api/v1/probe", json={"text": "một"}, headers=KEY)
    assert answer.status_code == 401
    assert await kept_answers() == 0


async def test_a_refused_body_is_judged_before_anything_is_kept(known):
    answer = await known.post("/api/v1/probe", json={"text": 5}, headers=KEY)
    assert answer.status_code == 400
    assert answer.json()["pointer"] == "/text"
    assert await kept_answers() == 0
