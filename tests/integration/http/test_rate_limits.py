"""Limits hold for each caller, in Valkey or without it."""

import asyncio

import httpx
import pytest
from msgspec.structs import replace

from postal.app import create_app
from postal.http.counters import SharedCounter
from postal.http.limits import Limit, RateLimiter


def check_refused(answer):
    assert answer.status_code == 429
    assert answer.json()["code"] == "request.too_many"
    assert 1 <= int(answer.headers["retry-after"]) <= 61


async def test_a_route_may_have_a_limit_of_its_own(ask, known):
    assert [(await ask.get("/api/v1/probe-limited")).status_code for _ in range(3)] == [200] * 3
    check_refused(await ask.get("/api/v1/probe-limited"))
    assert (await known.get("/api/v1/probe-limited")).status_code == 200


async def test_anonymous_callers_are_limited_in_general_but_not_for_health_and_static_files(
    with_limits, database
):
    app = create_app(with_limits(anonymous_per_minute=2))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://t") as asking:
        assert [(await asking.get("/problems")).status_code for _ in range(3)] == [200, 200, 429]
        for _ in range(5):
            assert (await asking.get("/health/live")).status_code == 200
            assert (await asking.get("/static/postal.css")).status_code == 200
        other = httpx.ASGITransport(app=app, client=("203.0.113.9", 1))
        async with httpx.AsyncClient(transport=other, base_url="http://t") as elsewhere:
            assert (await elsewhere.get("/problems")).status_code == 200


async def test_known_callers_are_limited_by_their_key_and_not_in_simulated_time(
    with_limits, known, app, key, settings
):
    headers = {"Authorization": f"Bearer {key}"}
    for clock, expected in (("real", [200, 200, 429]), ("simulated", [200, 200, 200])):
        limited = create_app(replace(with_limits(requests_per_minute=2), clock=clock))
        transport = httpx.ASGITransport(app=limited)
        async with httpx.AsyncClient(transport=transport, base_url="http://t", headers=headers) as asking:
            assert [(await asking.get("/api/v1/clock")).status_code for _ in range(3)] == expected


async def test_sign_ins_are_limited(ask):
    statuses = [
        (await ask.post("/sign-in", data={"login": f"person{number}", "password": "x"})).status_code
        for number in range(11)
    ]
    assert statuses[:10] == [401] * 10
    assert statuses[10] == 429


@pytest.fixture
def valkey(tmp_path):
    from postal.jobs.embedded import EmbeddedValkey

    server = EmbeddedValkey(tmp_path)
    server.start()
    yield server
    server.stop()


async def test_processes_share_their_counts_in_valkey_and_go_on_without_it(valkey):
    limit = Limit("test", 5, 60)
    one, two = RateLimiter(SharedCounter(valkey.dsn)), RateLimiter(SharedCounter(valkey.dsn))
    answers = await asyncio.gather(*(limiter.spend(limit, "a") for limiter in (one, two) * 5))
    assert sum(answer is None for answer in answers) == 5
    assert all(0 < answer <= 60 for answer in answers if answer is not None)
    assert await one.spend(limit, "b") is None
    valkey.stop()
    alone = [await one.spend(limit, "a") for _ in range(6)]
    assert [answer is None for answer in alone] == [True] * 5 + [False]
    valkey.start()
    await one.close()
    await two.close()


async def test_a_store_that_hangs_delays_nobody_for_long():
    released = asyncio.Event()
    open_ends = []

    async def hang(_reader, writer):
        open_ends.append(asyncio.current_task())
        await released.wait()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    limiter = RateLimiter(SharedCounter(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}"))
    loop = asyncio.get_running_loop()
    started = loop.time()
    for _ in range(5):
        assert await limiter.spend(Limit("test", 10, 60), "a") is None
    assert loop.time() - started < 0.5
    await limiter.close()
    server.close()
    released.set()
    await asyncio.gather(*open_ends, return_exceptions=True)
