"""Answers that are lost after the commit, and clients that blindly ask again: done once, answered alike."""

import asyncio
import os
import random
import time
import uuid

import asyncpg
import httpx
import msgspec
import pytest

from postal import clock
from postal.identity.rules import Role
from postal.identity.service import create_key
from tests.factories.custody import HUB, OFFICE
from tests.faults.load import Fleet, Ledger, Load, add_devices, compare, speaking, until_answered
from tests.faults.toxics import LoseAnswers

FULL = os.environ.get("POSTAL_TEST_PROFILE") == "full"
SEED = int(os.environ.get("POSTAL_TEST_SEED", random.randrange(10**6)))
CLIENTS = 16
SCANS = 20_000 if FULL else 450
KEYS = 2_000 if FULL else 96
SHARE = 0.3
REPEATED = 10
"""Every so many keys are used once more after their answer came."""

ROWS = "SELECT count(*) AS rows, count(DISTINCT id) AS ids FROM ledger WHERE device = ANY($1::text[])"
KEPT = "SELECT key, status, body FROM idempotency_key WHERE key = ANY($1::text[])"
MADE = "SELECT code FROM piece WHERE kind = 'bag' AND code = ANY($1::text[])"
BAGS = "SELECT count(*) FROM piece WHERE kind = 'bag'"


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_scans_whose_answers_are_lost_stand_once_with_their_first_verdict(rig):
    fleet = Fleet(await add_devices(rig.database, CLIENTS, "lost"), rig.fleet.codes)
    rig.to_web.seed = SEED
    rig.to_web.toxics = (LoseAnswers(SHARE),)
    before = rig.to_web.lost
    async with Load(rig.url, fleet, seed=SEED, largest=1, limit=SCANS) as load:
        await load.finished()
    lost, asked = rig.to_web.lost - before, len(load.ledger.attempts)
    rig.heal()
    assert SHARE * 0.8 < lost / asked < SHARE * 1.2, (SEED, lost, asked)
    found = await compare(load.ledger, rig.database)
    assert found.clean, found.told(SEED)
    assert found.sent == found.acknowledged == found.stored == SCANS
    rows, ids = await row(rig, ROWS, [device.code for device in fleet.devices])
    assert rows == ids == SCANS
    answers = load.ledger.first.values()
    repeated = [answer for answer in answers if answer["verdict"] == "repeated"]
    assert {answer["verdict"] for answer in answers} == {"accepted", "repeated"}
    assert {answer["first"] for answer in repeated} == {"accepted"}
    assert len(repeated) > SCANS * SHARE / 2


@pytest.mark.timeout(300)
@pytest.mark.slow
async def test_requests_with_a_key_whose_answers_are_lost_have_one_effect_and_one_answer(rig):
    async with speaking(rig.database):
        secret = await create_key(OFFICE, [Role.CLERK], clock.machine_now())
    (before,) = await row(rig, BAGS)
    rig.to_web.seed = SEED
    rig.to_web.toxics = (LoseAnswers(SHARE),)
    keys = [str(uuid.UUID(int=random.Random(f"{SEED}:{number}").getrandbits(128))) for number in range(KEYS)]
    waiting = list(reversed(keys))
    answers: dict[str, set[tuple[int, bytes]]] = {key: set() for key in keys}
    attempts = Ledger().attempts
    begun = time.monotonic()

    async def client() -> None:
        async with httpx.AsyncClient(base_url=rig.url, timeout=10) as http:
            while waiting:
                key = waiting.pop()
                headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": key}
                body = msgspec.json.encode({"destination": HUB})

                async def once(headers=headers, body=body) -> httpx.Response:
                    return await http.post("/api/v1/bags", content=body, headers=headers)

                for _ in range(2 if len(waiting) % REPEATED == 0 else 1):
                    answer = await until_answered(once, attempts, begun=begun, patience=60)
                    answers[key].add((answer.status_code, answer.content))

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    rig.heal()
    assert any(attempt.status is None for attempt in attempts)
    assert {len(seen) for seen in answers.values()} == {1}, SEED
    kept = {each["key"]: (each["status"], each["body"]) for each in await rows_of(rig, KEPT, keys)}
    assert {key: {answer} for key, answer in kept.items()} == answers, SEED
    codes = {msgspec.json.decode(body)["code"] for _, body in kept.values()}
    assert len(codes) == KEYS
    assert {each["code"] for each in await rows_of(rig, MADE, list(codes))} == codes
    assert (await row(rig, BAGS))[0] - before == KEYS


async def row(rig, query, *args):
    return tuple((await rows_of(rig, query, *args))[0])


async def rows_of(rig, query, *args):
    connection = await asyncpg.connect(rig.database.dsn)
    try:
        return await connection.fetch(query, *args)
    finally:
        await connection.close()
