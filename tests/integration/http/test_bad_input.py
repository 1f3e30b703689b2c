"""What people send by mistake: each has a stable code and a sentence in both languages, and nothing else happens.

Told by a plain HTTP client. Receipts, which are verified without us, have their own in `tests/integration/receipts`.
"""

from datetime import timedelta

import pytest

from postal.db import fetch, fetch_value
from postal.identity.rules import Role
from shipments.pieces.rules import PieceKind
from tests.factories.custody import DESK, OFFICE, OTHER, Scanner, network, organisation_key, pieces
from tests.factories.files import Files, picture

ITEM, SECOND = "DH123456785VN", "DH473124829VN"
BAG, OTHER_BAG = "TUI-01", "TUI-02"
LANGUAGES = ("vi", "en")


class Counter:
    """An office and a desk with scanners and keys, and a stranger."""

    def __init__(self, client, clock):
        self.client, self.clock = client, clock

    async def build(self):
        now = self.clock.instant
        await network(now)
        self.scanners = {code: await Scanner.at(self.client, self.clock, code) for code in (OFFICE, DESK)}
        roles = (Role.CLERK, Role.DESK, Role.SUPERVISOR)
        self.keys = {code: await organisation_key(code, *roles, now=now) for code in (OFFICE, DESK, OTHER)}
        await pieces(ITEM, SECOND, now=now)
        await pieces(BAG, OTHER_BAG, now=now, kind=PieceKind.BAG)
        return self

    async def scan(self, party, kind, code, language="vi", **fields):
        """Scan ten minutes later and upload at once; give the result with the flags in words."""
        at = self.clock.advance(timedelta(minutes=10))
        scanner = self.scanners[party]
        self.client.headers["Accept-Language"] = language
        try:
            [result] = await scanner.results([scanner.scan(kind, code, at, **fields)], at)
        finally:
            del self.client.headers["Accept-Language"]
        return result

    async def refused(self, send, status, code):
        """Send it in both languages; check status and code, and give the two sentences."""
        sentences = []
        for language in LANGUAGES:
            answer = await send({"Accept-Language": language})
            assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["content-language"] == language
            sentences.append(answer.json()["detail"])
        assert all(len(sentence) > 15 for sentence in sentences)
        assert sentences[0] != sentences[1]
        return sentences

    async def manifest(self, *lines):
        answer = await self.client.post(
            "/api/v1/manifests", json={"receiver": DESK, "lines": list(lines)}, headers=self.keys[OFFICE]
        )
        assert answer.status_code == 201, answer.text
        return answer.json()["code"]

    async def step(self, manifest, step, party=OFFICE):
        answer = await self.client.post(f"/api/v1/manifests/{manifest}/{step}", headers=self.keys[party])
        assert answer.status_code == 200, answer.text


@pytest.fixture
async def counter(client, clock):
    return await Counter(client, clock).build()


@pytest.fixture
def office(counter):
    return Files(counter.client, counter.keys[OFFICE])


@pytest.mark.parametrize(
    ("flag", "kind", "fields"),
    [
        ("manifest_code", "hold", {"code": "BK-261123-K7M2QX"}),
        ("not_packed", "unpack", {"code": ITEM, "container": BAG}),
        ("not_a_container", "pack", {"code": ITEM, "container": "BK-261123-K7M2QX"}),
    ],
)
async def test_a_scan_of_the_wrong_thing_is_kept_and_says_so_in_both_languages(counter, flag, kind, fields):
    notes = []
    for language in LANGUAGES:
        told = await counter.scan(OFFICE, kind, language=language, **fields)
        assert told["verdict"] in {"accepted", "unknown"}
        assert flag in told["flags"]
        notes.append(told["notes"][told["flags"].index(flag)])
    assert notes[0] != notes[1]
    assert await fetch_value("SELECT count(*) FROM ledger WHERE kind = $1", kind) == 2


async def test_an_item_scanned_into_two_bags_is_in_the_second_and_says_so(counter):
    notes = {}
    for language, first, second in (("vi", BAG, OTHER_BAG), ("en", OTHER_BAG, BAG)):
        await counter.scan(OFFICE, "pack", ITEM, container=first)
        told = await counter.scan(OFFICE, "pack", ITEM, language=language, container=second)
        assert "in_other_container" in told["flags"]
        notes[language] = told["notes"][told["flags"].index("in_other_container")]
        piece = await counter.client.get(f"/api/v1/pieces/{ITEM}", headers=counter.keys[OFFICE])
        assert piece.json()["container"] == second
    assert notes["vi"] != notes["en"]


async def test_a_manifest_where_pieces_are_meant_is_refused_with_the_place(counter):
    code = await counter.manifest(ITEM)

    async def send(headers):
        return await counter.client.post(
            "/api/v1/manifests",
            json={"receiver": DESK, "lines": [SECOND, code]},
            headers={**counter.keys[OFFICE], **headers},
        )

    answer = await send({})
    assert answer.json()["pointer"] == "/lines/1"
    await counter.refused(send, answer.status_code, answer.json()["code"])
    assert 400 <= answer.status_code < 500


async def test_receiving_after_closing_is_heard_piece_by_piece_and_looked_at_again(counter):
    code = await counter.manifest(ITEM)
    for step in ("seal", "dispatch"):
        await counter.step(code, step)
    # Longer than devices that were silent are waited for.
    counter.clock.advance(timedelta(days=4))
    await counter.step(code, "close", DESK)

    async def whole(headers):
        return await counter.client.post(
            f"/api/v1/manifests/{code}/receive", headers={**counter.keys[DESK], **headers}
        )

    await counter.refused(whole, 409, "manifest.closed")
    told = await counter.scan(DESK, "receive", ITEM, manifest=code)
    assert (told["verdict"], told["holder"]) == ("accepted", DESK)
    assert "after_closing" in told["flags"]
    lines = (
        await counter.client.get(f"/api/v1/manifests/{code}/reconciliation", headers=counter.keys[DESK])
    ).json()["lines"]
    assert [line["line_class"] for line in lines] == ["matched"]


@pytest.mark.parametrize("form", ["pdf", "zpl"])
async def test_a_label_for_an_item_that_is_not_yours_is_not_to_be_had(counter, form):
    sentences = []
    for code in (ITEM, "DH876543218VN"):

        async def send(headers, code=code):
            return await counter.client.get(
                f"/api/v1/items/{code}/label.{form}", headers={**counter.keys[OTHER], **headers}
            )

        answer = await send({})
        assert answer.status_code == 404
        sentences.append(await counter.refused(send, 404, answer.json()["code"]))
    assert sentences[0] == sentences[1]


async def test_a_photo_of_twenty_megabytes_is_refused_before_it_is_read(counter, office):
    taken = 0

    async def large():
        nonlocal taken
        for _ in range(320):
            taken += 65_536
            yield picture()[:1000] + b"\x00" * 64_536

    async def declared(headers):
        nonlocal taken
        taken = 0
        return await office.attach(large(), "piece", ITEM, **{"Content-Length": str(320 * 65_536)}, **headers)

    async def undeclared(headers):
        nonlocal taken
        taken = 0
        return await office.attach(large(), "piece", ITEM, **headers)

    sentences = await counter.refused(declared, 413, "file.too_large")
    assert "10 MiB" in sentences[0]
    assert taken <= 65_536
    await counter.refused(undeclared, 413, "file.too_large")
    assert taken <= 11 << 20

    async def keyed(headers):
        return await office.attach(b"\x00" * (20 << 20), "piece", ITEM, **{"Idempotency-Key": "k"}, **headers)

    await counter.refused(keyed, 413, "file.too_large")
    assert await fetch("SELECT id FROM file") == []


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"this is text, called photo.jpg\n" * 300, 415, "file.type"),
        (b"", 400, "file.empty"),
        (picture()[:-40], 422, "file.broken"),
        (b"%PDF-1.7\n", 415, "file.type"),
    ],
)
async def test_what_is_no_picture_is_refused_whatever_it_is_called(counter, office, data, status, code):
    async def send(headers):
        return await office.attach(data, "piece", ITEM, **headers)

    await counter.refused(send, status, code)
    assert await fetch("SELECT id FROM file") == []


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"about": "piece", "code": ITEM}, 400),
        ({"about": "piece", "code": ITEM, "kind": "selfie"}, 400),
        ({"about": "person", "code": ITEM, "kind": "photo"}, 400),
        ({"about": "piece", "code": "", "kind": "photo"}, 400),
        ({"about": "incident", "code": ITEM, "kind": "photo"}, 404),
    ],
)
async def test_a_photo_of_nothing_is_refused(counter, office, params, status):
    answer = await office.client.post("/api/v1/files", params=params, content=picture(), headers=office.by)
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]
