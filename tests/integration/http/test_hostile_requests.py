"""Whatever is sent, by accident or on purpose: a refusal that says where, and never a failure of ours."""

import base64
import itertools
import json
import os
import re
import unicodedata
from urllib.parse import quote

import pytest
from msgspec.structs import replace

from postal.config import LimitSettings
from postal.identity.rules import Role
from postal.network.rules import Kind, Level
from tests.factories.dossiers import DESK, a_dossier
from tests.factories.identity import headers
from tests.factories.network import organisation
from tests.factories.samples import asked_with, body_schema, operations, places, pointer_of, put, sample
from tests.factories.walks import KEEPING, said_at
from tests.factories.world import NOBODYS_ID, World

FULL = os.environ.get("POSTAL_TEST_PROFILE") == "full"
JSON = {"Content-Type": "application/json"}
_turns = itertools.count()
BODIES = [
    (path, method, schema)
    for path, method, operation in operations()
    if (schema := body_schema(operation)) is not None and path != "/api/v1/clock"
]
TEXTS = {
    "right to left": "A\u202eB",
    "zero width": "A\u200bB",
    "line feed": "A\n",
    "control": "A\x1bB",
    "emoji": "😀" * 70,
    "long": "x" * 200_000,
    "sql": "'; DROP TABLE dossier; --",
    "astral": "\U0010ffff",
    "empty": "",
}
NUMBERS = (2**63, 2**64, -(2**63) - 1, 10**400, -1, 0)
FAR = (
    "0001-01-01T00:00:00+14:00",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999-14:00",
    "1899-12-31T23:59:59Z",
    "2200-01-01T00:00:00Z",
)
NO_INSTANTS = ("2026-11-23T08:00:00", "2026-11-23", "1767225600", "2026-02-30T00:00:00Z", "now", "")
NO_BODIES = (
    b"", b"null", b"[]", b"{", b"NaN", b'{"a": NaN}', b'{"a": Infinity}', b'{"a": 1e999}', b"\xff\xfe",
    b"\xef\xbb\xbf{}", b"[" * 100_000, b'{"a":' * 20_000, b"\x00", b'"', b"{}{}", b"\x1f\x8b\x08\x00",
    b'{"a": "\xc3"}', b'{"a": "\xed\xa0\x80"}',
)  # fmt: skip
PATHS = (
    "%00", "%FF", "%ED%A0%80", "%C0%AF", "%0A", "%0D%0AX-Injected:%201", "..%2F..%2Fetc%2Fpasswd", "%E2%80%AE",
    "%F0%9F%98%80", "'%3B--", "%25", "a" * 65, "a" * 8000, "%20", "{code}", "%E2%80%8B",
)  # fmt: skip
QUERIES = ("%00", "%FF", "%ED%A0%80", "%0A", "'%3B--", "x" * 8000, "%F0%9F%98%80", "", "null", "%25", "%zz")
CURSORS = (
    None, [], {}, "", 0, -1, 2**70, 10**300, ["a"], [[]], "\x00", ["0001-01-01T00:00:00+14:00", "x"],
    ["2026-11-23T00:00:00Z", "\x00"], ["2026-11-23T00:00:00Z", "x"], ["2026-11-23T00:00:00Z", 5], "x",
    "\ud800", [[[[[]]]]],
)  # fmt: skip
HEADERS = (
    ("Accept", "a" * 5000), ("Accept", ";;;,,,/"), ("Accept-Language", "x" * 5000),
    ("Accept-Language", "vi;q=nan,en;q=9"),
    ("Cookie", "postal_session=" + "x" * 5000), ("Cookie", "postal_session=\xff; ;=;"), ("Host", "\xff"), ("Host", ""),
    ("X-Request-Id", "a" * 5000), ("X-Request-Id", "%0a\xff"), ("Origin", "null"), ("Sec-Fetch-Site", "\xff"),
    ("X-Forwarded-For", "\xff, 1.2.3.4"), ("Content-Type", "\xff"), ("Traceparent", "00-x"), ("Range", "bytes=0-1"),
    ("Content-Type", "application/json; charset=utf-7"), ("Content-Length", "x"), ("If-None-Match", "*"),
    ("Idempotency-Key", "\xff"), ("Idempotency-Key", "a" * 256), ("Expect", "100-continue"),
    ("Authorization", "Bearer \xff"),
)  # fmt: skip


@pytest.fixture
def settings(settings):
    """Count no requests: several thousand are one caller's here."""
    named = {
        "exports": 0,
        "feedback": 0,
        "feedback-follow": 0,
        "rating": 0,
        "tracking": 0,
        "sign-in of a login": 0,
        "sign-in of a caller": 0,
        "enrolment of a caller": 0,
    }
    limits = LimitSettings(requests_per_minute=0, anonymous_per_minute=0, named=named)
    return replace(settings, limits=limits)


@pytest.fixture
async def world(client, clock):
    return await World(client, clock).build()


@pytest.fixture
async def send(world):
    """Send a body as whoever may, and give the answer."""
    await organisation("STATE", kind=Kind.AUTHORITY, level=Level.CENTRAL)
    inspector = await headers("STATE", Role.CONTROL, now=world.clock.instant)

    async def sending(path, method, body, further=()):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        at, said = filled(path, world, method), {**JSON, **said_at(method, path)[1], **dict(further)}
        for caller in (world.owner, world.scanner, inspector):
            answer = await world.client.request(method, at, content=content, headers={**caller, **said})
            if answer.status_code != 403:
                break
        return answer

    return sending


def some(cases):
    """Give all of the cases in full sizes, else each third: every place meets some, and every case some places."""
    cases = list(cases)
    return cases if FULL else cases[next(_turns) % 3 :: 3]


def filled(path, world, method="GET"):
    existing = world.existing | said_at(method, path)[0]
    thing = "report" if path.startswith("/api/v1/reports/") else "dossier"
    named = {"code": existing[thing], "prefix": existing["key"], "number": existing["receipt"]}
    return path.format(**{**named, "day": "2026-11-22", "decision": NOBODYS_ID, **existing})


def told(answer):
    return answer.status_code, answer.json().get("code"), answer.json().get("pointer")


async def test_text_with_a_nul_is_refused_wherever_it_stands(send):
    wrong, asked = [], 0
    for path, method, schema in BODIES:
        body = sample(schema)
        for place, _ in places(schema, "string"):
            if path == "/api/v1/scans" and place[0] == "scans":
                continue
            asked += 1
            answer = await send(path, method, put(body, place, "a\x00b"))
            if told(answer) != (400, "request.nul", pointer_of(place)):
                wrong.append((method, path, place, answer.status_code, answer.text[:200]))
    assert asked >= 60
    assert not wrong


async def test_half_a_character_is_no_text(send):
    """A lone surrogate: what is left of an emoji that was cut in two. Uploads of scans are mended instead."""
    wrong = []
    for path, method, schema in BODIES:
        for place, _ in places(schema, "string") if path != "/api/v1/scans" else ():
            answer = await send(path, method, put(sample(schema), place, "a\ud83d"))
            if told(answer)[:2] != (400, "request.malformed_json"):
                wrong.append((method, path, place, answer.status_code, answer.text[:200]))
    assert not wrong


async def test_odd_text_is_never_a_failure(send):
    wrong = []
    for path, method, schema in BODIES:
        for place, inner in places(schema, "string"):
            for name, text in some(TEXTS.items()):
                answer = await send(path, method, put(sample(schema), place, text))
                strict = "pattern" in inner and not (path == "/api/v1/scans" and place[0] == "scans")
                if answer.status_code >= 500 or (strict and told(answer)[::2] != (400, pointer_of(place))):
                    wrong.append((method, path, place, name, answer.status_code, answer.text[:200]))
    assert not wrong


async def test_numbers_beyond_their_bounds_are_refused(send):
    wrong, asked = [], 0
    for path, method, schema in BODIES:
        for place, inner in places(schema, "integer"):
            for number in some(NUMBERS):
                if inner["minimum"] <= number <= inner["maximum"]:
                    continue
                asked += 1
                answer = await send(path, method, put(sample(schema), place, number))
                alone = path == "/api/v1/scans" and place[0] == "scans"
                if alone and answer.status_code == 200:
                    if answer.json()["results"][0]["verdict"] != "refused":
                        wrong.append((path, place, number, answer.text[:300]))
                elif told(answer)[0] != 400:
                    wrong.append((method, path, place, number, answer.status_code, answer.text[:200]))
    assert asked >= 7
    assert not wrong


async def test_instants_that_nobody_can_mean_are_refused(send):
    wrong, asked = [], 0
    for path, method, schema in BODIES:
        for place, inner in places(schema, "string"):
            if inner.get("format") not in {"date", "date-time"}:
                continue
            alone = path == "/api/v1/scans" and place[0] == "scans"
            for text, status in some((*((one, 422) for one in FAR), *((one, 400) for one in NO_INSTANTS))):
                value = text[:10] if inner["format"] == "date" else text
                if inner["format"] == "date" and value == "2026-11-23":
                    continue
                asked += 1
                answer = await send(path, method, put(sample(schema), place, value))
                if alone:
                    if answer.status_code != 200 or answer.json()["results"][0]["verdict"] != "refused":
                        wrong.append((path, place, value, answer.status_code, answer.text[:300]))
                elif told(answer)[::2] != (status, pointer_of(place)):
                    wrong.append((method, path, place, value, answer.status_code, answer.text[:200]))
    assert asked >= 30
    assert not wrong


async def test_a_body_that_is_none_is_refused(send):
    wrong = []
    for path, method, schema in BODIES:
        optional = "anyOf" in schema and {"type": "null"} in schema["anyOf"]
        for body in some(NO_BODIES):
            answer = await send(path, method, body)
            kept = path in KEEPING and answer.status_code in {200, 202, 409, 422}
            if told(answer)[0] != 400 and not kept and not (optional and body in {b"", b"null"}):
                wrong.append((method, path, body[:40], answer.status_code, answer.text[:200]))
    assert not wrong


async def test_odd_paths_are_never_a_failure(world):
    wrong = []
    for path, method, operation in operations():
        if "{" not in path or path == "/api/v1/clock":
            continue
        schema = body_schema(operation)
        for odd in some(PATHS):
            head, _, tail = path.partition("{")
            at = filled(f"{head}{odd.replace('{', '%7B').replace('}', '%7D')}{tail.partition('}')[2]}", world)
            answer = await world.client.request(
                method, at, json=None if schema is None else sample(schema), headers=world.owner
            )
            if answer.status_code not in {400, 403, 404, 405, 409, 422} or "x-injected" in answer.headers:
                wrong.append((method, at[:100], answer.status_code, answer.text[:200]))
    assert not wrong


async def test_odd_queries_are_never_a_failure(world):
    wrong, asked = [], 0
    for path, method, operation in operations():
        for parameter in operation.get("parameters", ()):
            if parameter["in"] != "query":
                continue
            for odd in some(QUERIES):
                asked += 1
                at = asked_with(filled(path, world), operation, parameter["name"], odd)
                answer = await world.client.request(method, at, headers=world.owner)
                if answer.status_code >= 500:
                    wrong.append((method, at[:150], answer.status_code, answer.text[:200]))
    assert asked >= 60
    assert not wrong


async def test_a_typed_parameter_is_refused_where_it_is_not_of_its_type(world):
    wrong, asked = [], 0
    for path, method, operation in operations():
        for parameter in operation.get("parameters", ()):
            schema = parameter["schema"].get("items", parameter["schema"])
            free = schema.get("type") == "string" and not {"format", "enum"} & schema.keys()
            if parameter["in"] != "query" or free:
                continue
            for odd in (
                "null",
                "",
                "x",
                "1&" + parameter["name"] + "=2",
                "%D9%A5",
                "1e999",
                "1767225600",
                "9" * 30,
            ):
                if odd.isdecimal() and schema.get("minimum", 0) <= int(odd) <= schema.get("maximum", -1):
                    continue
                asked += 1
                at = asked_with(filled(path, world), operation, parameter["name"], odd)
                answer = await world.client.request(method, at, headers=world.owner)
                if told(answer)[::2] != (400, f"/query/{parameter['name']}"):
                    wrong.append((at, answer.status_code, answer.text[:200]))
            for far in FAR if schema.get("format") in {"date", "date-time"} else ():
                value = far[:10] if schema["format"] == "date" else far.replace("+", "%2B")
                at = asked_with(filled(path, world), operation, parameter["name"], value)
                answer = await world.client.request(method, at, headers=world.owner)
                if told(answer) != (422, "request.far_instant", f"/query/{parameter['name']}"):
                    wrong.append((path, value, answer.status_code, answer.text[:200]))
    assert asked >= 150
    assert not wrong


async def test_sizes_of_pages_have_bounds(world):
    wrong, asked = [], 0
    for path, _, operation in operations():
        if not any(one["name"] == "limit" for one in operation.get("parameters", ())):
            continue
        for size in ("0", "-1", "1000000000", "9" * 40, "1.5", "NaN"):
            asked += 1
            at = asked_with(filled(path, world), operation, "limit", size)
            answer = await world.client.get(at, headers=world.owner)
            if told(answer) != (400, "request.invalid", "/query/limit"):
                wrong.append((path, size, answer.status_code, answer.text[:200]))
    assert asked >= 60
    assert not wrong


async def test_a_cursor_that_we_did_not_make_is_refused_or_leads_to_a_page(world):
    garbled = [base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in CURSORS]
    wrong, asked = [], 0
    for path, _, operation in operations():
        named = [one["name"] for one in operation.get("parameters", ()) if one["name"] in {"cursor", "after"}]
        for name in named:
            for cursor in some((*garbled, "=", "====", "a", "é", "-_-_", "x" * 1000)):
                asked += 1
                at = asked_with(filled(path, world), operation, name, quote(cursor))
                for needed in (f"desk={DESK}", "measure=accepted", "period=2026M11"):
                    at = re.sub(rf"\b{needed.partition('=')[0]}=[^&]*", needed, at)
                answer = await world.client.get(at, headers=world.owner)
                refused = answer.status_code == 400 and answer.json()["code"] == "request.cursor"
                if not refused and answer.status_code != 200:
                    wrong.append((at, cursor[:60], answer.status_code, answer.text[:200]))
    assert asked >= 60
    assert not wrong


async def test_odd_headers_are_never_a_failure(world):
    wrong = []
    for name, value in HEADERS:
        for method, path in (
            ("GET", "/api/v1/dossiers"),
            ("POST", "/api/v1/dossiers"),
            ("GET", "/home"),
            ("GET", "/"),
        ):
            request = world.client.build_request(method, path, content=b"{}" if method == "POST" else None)
            for one, text in {**world.owner, **JSON}.items():
                request.headers[one] = text
            request.headers.raw[:] = [
                pair for pair in request.headers.raw if pair[0].lower() != name.lower().encode()
            ]
            request.headers.raw.append((name.encode(), value.encode("latin-1")))
            answer = await world.client.send(request)
            if answer.status_code >= 500:
                wrong.append((name, value[:40], method, path, answer.status_code, answer.text[:200]))
    assert not wrong


async def test_text_is_stored_composed_however_it_was_sent(world):
    name = "Nguyễn Thị Hồng Ẩn"
    sent = a_dossier(
        applicant={"name": unicodedata.normalize("NFD", name), "phone": "0912345678"},
        lines=[{"name": unicodedata.normalize("NFD", "Giấy chứng nhận"), "form": "original"}],
    )
    for escaped in (False, True):
        body = json.dumps(sent, ensure_ascii=escaped).encode()
        answer = await world.client.post("/api/v1/dossiers", content=body, headers={**world.owner, **JSON})
        assert answer.status_code == 201, answer.text
        read = await world.client.get(f"/api/v1/dossiers/{answer.json()['code']}", headers=world.owner)
        assert read.json()["applicant"]["name"] == name
        assert read.json()["lines"][0]["name"] == "Giấy chứng nhận"


async def test_a_scan_with_unusable_text_blocks_no_other(world, clock):
    seq = iter(range(1, 100))

    def scan(**more):
        number = next(seq)
        return {
            "id": f"019a0000-0000-7000-8000-0000000000{number:02}",
            "seq": number,
            "kind": "hold",
            "code": world.existing["item"],
            "by": "p-of-a",
            "occurred_at": clock.instant.isoformat(),
        } | more

    for field, text, verdict, code in (
        ("note", "a\x00b", "refused", "scan.character"),
        ("code", "A\x00B", "refused", "scan.character"),
        # Half a character is replaced, which a note survives and a code does not.
        ("note", "a\ud83d", "accepted", "scan.accepted"),
        ("code", "A\ud83d", "refused", None),
        ("place", "\udc00\ud83d", "refused", None),
    ):
        batch = {
            "device": "d-of-a",
            "epoch": "e-1",
            "sent_at": clock.instant.isoformat(),
            "last_seq": 99,
            "scans": [scan(), scan(**{field: text}), scan()],
        }
        content = json.dumps(batch).encode()
        answer = await world.client.post("/api/v1/scans", content=content, headers={**world.scanner, **JSON})
        assert answer.status_code == 200, answer.text
        results = answer.json()["results"]
        assert [one["verdict"] for one in results] == ["accepted", verdict, "accepted"], (field, text)
        assert code in {None, results[1]["code"]}
