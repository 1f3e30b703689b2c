"""What operators see: health, metrics, logs; and the documentation."""

import asyncio
import io
import json
import logging
import re

import httpx
import pytest
from msgspec.structs import replace

from postal import db
from postal.app import create_app
from postal.config import DatabaseSettings
from postal.observability.logs import PostalHandler, configure_logs
from postal.web.catalogue import catalogue


@pytest.fixture
def lines():
    """What is logged as JSON from here on."""
    written = io.StringIO()
    configure_logs(stream=written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    configure_logs()


async def test_live_asks_nothing_and_ready_tells_every_part(ask, settings):
    assert (await ask.get("/health/live")).json() == {"status": "ok"}
    answer = await ask.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "database": "ok",
        "migrations": "ok",
        "valkey": "absent",
        "clock": "real",
        "database_clock": None,
        "draining": False,
    }


async def test_a_process_on_another_clock_than_its_database_is_not_ready(settings, ask):
    await db.execute("SELECT 1")
    simulated = create_app(replace(settings, clock="simulated"))
    from postal import clock

    await clock.claim("real")
    transport = httpx.ASGITransport(app=simulated)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as asking:
        answer = await asking.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["database_clock"] == "real"


async def test_the_app_starts_and_answers_while_database_and_valkey_are_away(settings):
    away = replace(
        settings,
        database=DatabaseSettings(dsn="postgresql://postal_app@127.0.0.1:1/postal"),
        redis=replace(settings.redis, dsn="redis://127.0.0.1:1"),
    )
    await db.stop()
    try:
        app = create_app(away)
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://t") as asking:
            assert (await asking.get("/health/live")).status_code == 200
            assert (await asking.get("/")).status_code == 200
            ready = await asyncio.wait_for(asking.get("/health/ready"), 2.5)
            assert ready.status_code == 503
            assert ready.json()["database"] == ready.json()["valkey"] == "down"
    finally:
        await db.start(settings.database)


async def test_metrics_name_route_templates_and_never_codes(ask):
    await ask.get("/api/v1/probe-failures/DH123456785VN?number=0")
    await ask.get("/anything/DH123456785VN")
    text = (await ask.get("/metrics")).text
    assert (
        'postal_http_requests_total{method="GET",route="/api/v1/probe-failures/{code}",status="500"}' in text
    )
    assert 'route="unmatched",status="404"' in text
    assert "DH123456785VN" not in text
    assert "postal_http_request_duration_seconds_bucket" in text


async def test_an_unheard_of_method_makes_no_new_series(ask):
    for number in range(3):
        await ask.request(f"X{number}", "/health/live")
    text = (await ask.get("/metrics")).text
    assert 'method="OTHER"' in text
    assert 'method="X1"' not in text


async def test_the_log_has_id_template_status_and_time_but_no_code_and_no_message(ask, lines):
    await ask.get(
        "/api/v1/probe-failures/DH123456785VN?number=0&name=An", headers={"X-Request-Id": "abcd-1234"}
    )
    written = json.dumps(lines(), ensure_ascii=False)
    answered = [line for line in lines() if line["event"] == "request answered"][-1]
    assert answered["request_id"] == "abcd-1234"
    assert answered["route"] == "/api/v1/probe-failures/{code}"
    assert answered["status"] == 500
    assert answered["ms"] >= 0
    failed = next(line for line in lines() if line["event"] == "request failed")
    assert failed["error"] == "KeyError"
    assert any("conftest.py" in frame for frame in failed["frames"])
    for private in ("DH123456785VN", "Nguyễn", "name=An"):
        assert private not in written


async def test_a_violation_is_logged_by_the_names_of_the_schema_alone(known, lines):
    await known.post("/api/v1/probe", json={"text": "Nguyễn Văn A", "then": "violate"})
    failed = next(line for line in lines() if line["event"] == "request failed")
    assert failed["sqlstate"] == "23505"
    assert failed["table"] == "probe"
    assert failed["constraint"] == "probe_pkey"
    assert "Nguyễn" not in json.dumps(lines(), ensure_ascii=False)


def test_libraries_log_through_the_same_form_without_the_text_of_errors(lines):
    try:
        raise ValueError("Nguyễn Văn A")
    except ValueError:
        logging.getLogger("some.library").exception("went wrong")
    line = lines()[-1]
    assert line["event"] == "went wrong"
    assert line["error"] == "ValueError"
    assert "Nguyễn" not in json.dumps(line, ensure_ascii=False)


def test_configuring_again_replaces_our_handler_and_no_other():
    before = [one for one in logging.getLogger().handlers if not isinstance(one, PostalHandler)]
    for _ in range(3):
        configure_logs()
    handlers = logging.getLogger().handlers
    assert sum(isinstance(one, PostalHandler) for one in handlers) == 1
    assert [one for one in handlers if not isinstance(one, PostalHandler)] == before


@pytest.mark.parametrize("offered", ["abcd-1234", "019a0000-0000-7000-8000-000000000000"])
async def test_a_well_formed_request_id_is_adopted(ask, offered):
    assert (await ask.get("/health/live", headers={"X-Request-Id": offered})).headers[
        "x-request-id"
    ] == offered


@pytest.mark.parametrize(
    "offered", ["", "a", "x" * 65, "a b c d e f g", "aaaaaaaa\x1b[31m", '"}{"level":"error']
)
async def test_any_other_request_id_is_replaced(ask, offered):
    given = (await ask.get("/health/live", headers={"X-Request-Id": offered})).headers["x-request-id"]
    assert re.fullmatch(r"[0-9a-f]{32}", given)


async def test_every_code_is_explained_at_its_type(ask):
    code = (await ask.get("/api/v1/nothing")).json()["type"]
    explained = await ask.get(code)
    assert explained.json()["status"] == 404
    page = await ask.get(code, headers={"Accept": "text/html"})
    assert "request.not_found" in page.text
    whole = await ask.get("/problems")
    assert {entry["code"] for entry in whole.json()} == set(catalogue())
    assert (await ask.get("/problems/no.such")).json()["code"] == "problem.unknown"


async def test_static_files_may_be_kept_for_ever_under_their_hash_and_not_without(ask):
    address = re.search(r"/static/postal\.css\?v=[0-9a-f]+", (await ask.get("/")).text)[0]
    assert "immutable" in (await ask.get(address)).headers["cache-control"]
    assert (await ask.get("/static/postal.css")).headers["cache-control"] == "no-store"
    assert (await ask.get(address.replace("postal.css", "gone.css"))).headers["cache-control"] == "no-store"


async def test_documentation_asks_this_host_alone_and_runs_no_inline_script(ask):
    page = (await ask.get("/docs")).text
    for address in re.findall(r'(?:src|href|data-schema)="([^"]+)"', page):
        assert address.startswith("/")
        assert (await ask.get(address)).status_code == 200
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert "<style" not in page
    assert " style=" not in page
