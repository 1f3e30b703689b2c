"""Every refusal and every failure is a problem document, and none tells what it should not."""

import asyncio
import contextlib
import time

import asyncpg
import httpx
import pytest
from msgspec.structs import replace

from postal import db
from postal.app import create_app

JSON = {"Content-Type": "application/json"}
MEBIBYTE = 1_048_576


def check(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["code"] == code
    assert body["status"] == status
    assert body["type"] == f"/problems/{code}"
    assert body["title"]
    assert body["detail"]
    assert body["instance"] == answer.headers["x-request-id"]
    return body


async def test_unrouted_requests_are_problems_with_every_header(ask):
    check(await ask.get("/api/v1/nothing"), 404, "request.not_found")
    check(await ask.get("/schema/nothing"), 404, "request.not_found")
    check(await ask.get("/static/nothing.css"), 404, "request.not_found")
    answer = await ask.put("/health/live")
    check(answer, 405, "request.method")
    assert "GET" in answer.headers["allow"]
    check(await ask.request("BREW", "/health/live"), 405, "request.method")
    for name in (
        "content-security-policy",
        "x-content-type-options",
        "referrer-policy",
        "permissions-policy",
    ):
        assert name in answer.headers
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


async def test_the_text_follows_accept_language_and_is_vietnamese_without(ask):
    vietnamese = await ask.get("/api/v1/nothing")
    english = await ask.get("/api/v1/nothing", headers={"Accept-Language": "en"})
    assert vietnamese.json()["title"] == "Không tìm thấy"
    assert vietnamese.headers["content-language"] == "vi"
    assert english.json()["title"] == "Not found"
    assert english.headers["content-language"] == "en"
    assert "Accept-Language" in english.headers["vary"]


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        (b'{"text": "a", "lines": [{"kind": "x"}, {"kind": 1}]}', "request.invalid", "/lines/1/kind"),
        (b'{"text": 5}', "request.invalid", "/text"),
        (b"{}", "request.invalid", "/text"),
        (b'{"text": "a", "more": 1}', "request.invalid", "/more"),
        (b'{"text": "a", "lines": [{"kind": "x", "seq": "1"}]}', "request.invalid", "/lines/0/seq"),
        (
            b'{"text": "a", "lines": [{"kind": "x", "at": "2026-11-23T08:00"}]}',
            "request.invalid",
            "/lines/0/at",
        ),
        (b'{"text": "a\\u0000"}', "request.nul", "/text"),
        (b'{"text": ', "request.malformed_json", ""),
        (b'{"text": "\xff"}', "request.malformed_json", ""),
        (b'{"text": "a", "lines": ' + b"[" * 50_000, "request.invalid", "/lines/0"),
        (b"[" * 50_000, "request.invalid", ""),
        (b"", "request.invalid", ""),
        (b"[]", "request.invalid", ""),
    ],
)
async def test_bad_bodies_point_to_the_field(ask, body, code, pointer):
    answer = await ask.post("/api/v1/probe-bodies", content=body, headers=JSON)
    assert check(answer, 400, code)["pointer"] == pointer


async def test_a_body_over_one_mebibyte_is_refused_with_and_without_its_length(ask):
    def body(size):
        return b'{"text": "' + b"a" * (size - 12) + b'"}'

    async def chunks():
        for _ in range(40):
            yield b" " * 32_768

    assert (await ask.post("/api/v1/probe-bodies", content=body(MEBIBYTE), headers=JSON)).status_code == 201
    check(
        await ask.post("/api/v1/probe-bodies", content=body(MEBIBYTE + 1), headers=JSON),
        413,
        "request.too_large",
    )
    check(await ask.post("/api/v1/probe-bodies", content=chunks(), headers=JSON), 413, "request.too_large")


@pytest.mark.parametrize(
    ("address", "code", "pointer"),
    [
        ("/api/v1/probe?limit=0", "request.invalid", "/query/limit"),
        ("/api/v1/probe?limit=201", "request.invalid", "/query/limit"),
        ("/api/v1/probe?limit=many", "request.invalid", "/query/limit"),
        ("/api/v1/probe?cursor=nonsense", "request.cursor", "/query/cursor"),
        ("/api/v1/probe?cursor=%00", "request.nul", None),
        ("/api/v1/probe-failures/a%00b", "request.nul", None),
    ],
)
async def test_bad_parameters_are_named(known, address, code, pointer):
    assert check(await known.get(address), 400, code).get("pointer") == pointer


async def test_a_path_that_does_not_fit_is_not_found(known):
    check(await known.delete("/api/v1/probe/abc"), 404, "request.not_found")


@pytest.mark.parametrize(
    "address", ["/api/v1/probe-failures/DH123456785VN", "/api/v1/probe-failures/x?number=1"]
)
async def test_an_unexpected_failure_tells_nothing(ask, address, caplog):
    answer = await ask.get(address, headers={"Accept-Language": "en"})
    body = check(answer, 500, "system.failure")
    assert set(body) == {"type", "title", "status", "detail", "code", "instance"}
    assert "Nguyễn" not in answer.text
    assert "KeyError" not in answer.text


async def test_a_browser_gets_a_page_instead_and_without_a_database(ask):
    html = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    missing = await ask.get("/nothing", headers=html)
    assert missing.status_code == 404
    assert missing.headers["content-type"].startswith("text/html")
    assert "Không có gì ở địa chỉ này" in missing.text
    assert missing.headers["x-request-id"] in missing.text
    failed = await ask.get("/probe-page-failure/x?lang=en", headers=html)
    assert failed.status_code == 500
    assert "The system failed" in failed.text
    assert "Nguyễn" not in failed.text
    check(await ask.get("/api/v1/nothing", headers=html), 404, "request.not_found")
    check(await ask.get("/nothing", headers={"Accept": "application/json"}), 404, "request.not_found")


async def test_a_page_for_the_signed_in_leads_others_to_the_sign_in(ask):
    answer = await ask.get("/home", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


async def test_a_host_that_is_not_ours_is_refused(settings):
    app = create_app(replace(settings, web=replace(settings.web, allowed_hosts=("post.vn",))))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://post.vn") as asking:
        assert (await asking.get("/health/live")).status_code == 200
        check(await asking.get("/health/live", headers={"Host": "evil.vn"}), 400, "request.host")


async def test_forged_requests_of_other_sites_are_refused(ask):
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.vn"}):
        answer = await ask.post("/sign-in", data={"login": "a", "password": "b"}, headers=headers)
        check(answer, 403, "request.cross_site")


async def test_credentials_are_asked_for_as_the_standard_says(ask):
    answer = await ask.get("/api/v1/probe")
    check(answer, 401, "identity.sign_in_needed")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_pages_of_a_list_are_walked_by_cursor_without_gap_or_repetition(known):
    for number in range(7):
        await known.post("/api/v1/probe", json={"text": str(number)})
    seen, address = [], "/api/v1/probe?limit=3"
    while address:
        answer = await known.get(address)
        seen += [item["text"] for item in answer.json()["items"]]
        address = answer.links["next"]["url"] if "next" in answer.links else None
        assert (address is None) == (answer.json()["next_cursor"] is None)
    assert seen == [str(number) for number in range(7)]


async def test_a_database_that_is_away_gives_503_at_once_and_is_well_again_by_itself(ask, known, postgres):
    admin = await asyncpg.connect(postgres.dsn_of("postgres", "postgres"))
    name = await db.fetch_value("SELECT current_database()")
    try:
        await admin.execute(f"ALTER DATABASE {name} CONNECTION LIMIT 0")
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND usename = 'postal_app'",
            name,
        )
        for _ in range(3):
            started = time.monotonic()
            answer = await known.get("/api/v1/probe")
            assert time.monotonic() - started < 2
            assert answer.status_code == 503
            assert answer.headers["retry-after"]
            assert answer.headers["content-type"] == "application/problem+json"
        ready = await ask.get("/health/ready")
        assert (ready.status_code, ready.json()["database"]) == (503, "down")
        assert (await ask.get("/health/live")).status_code == 200
    finally:
        await admin.execute(f"ALTER DATABASE {name} CONNECTION LIMIT -1")
        await admin.close()
    for _ in range(20):
        if (answer := await known.get("/api/v1/probe")).status_code == 200:
            break
        await asyncio.sleep(0.1)
    assert answer.status_code == 200


async def test_a_disconnected_client_leaves_the_pool_whole(app, known, key, database):
    """The client goes away in the middle of its body, again and again."""

    async def vanish():
        yield b'{"text": '
        raise ConnectionResetError

    for _ in range(database.pool_max + 2):
        with contextlib.suppress(ConnectionResetError):
            await known.post(
                "/api/v1/probe", content=vanish(), headers={**JSON, "Idempotency-Key": "gone"}, timeout=5
            )
    assert (await known.get("/api/v1/probe")).status_code == 200
