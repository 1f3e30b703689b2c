"""Exceptions of the road over HTTP: recall, redirect, seals hop by hop, inventories, bags accepted unopened."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from postal.config import DatabaseSettings
from postal.db import as_owner, fetch, fetch_value
from postal.identity.rules import Role
from postal.ledger.projections import export, rebuild
from shipments.pieces.rules import PieceKind
from tests.factories.custody import DESK, HUB, OFFICE, OTHER, Scanner, network, organisation_key, pieces

ITEM, SECOND, THIRD = "DH123456785VN", "DH473124829VN", "DH000000014VN"
BAG = "TUI-01"


class Road:
    """Offices with scanners and keys, and pieces on their way."""

    def __init__(self, client: httpx.AsyncClient, clock: Any) -> None:
        self.client, self.clock = client, clock
        self.scanners: dict[str, Scanner] = {}
        self.keys: dict[str, dict[str, str]] = {}

    async def build(self) -> "Road":
        await network(self.clock.instant)
        for code in (OFFICE, HUB, DESK, OTHER):
            self.scanners[code] = await Scanner.at(self.client, self.clock, code)
            self.keys[code] = await organisation_key(
                code, Role.CLERK, Role.DESK, Role.SUPERVISOR, now=self.clock.instant
            )
        return self

    async def scan(self, party: str, kind: str, code: str, **fields: Any) -> dict[str, Any]:
        """Scan something ten minutes after whatever was done before, and upload at once."""
        at = self.clock.advance(timedelta(minutes=10))
        scanner = self.scanners[party]
        [result] = await scanner.results([scanner.scan(kind, code, at, **fields)], at)
        return result

    async def post(self, party: str, path: str, body: Any) -> httpx.Response:
        self.clock.advance(timedelta(minutes=10))
        return await self.client.post(f"/api/v1/pieces/{path}", json=body, headers=self.keys[party])

    async def piece(self, code: str, party: str = OFFICE) -> dict[str, Any]:
        answer = await self.client.get(f"/api/v1/pieces/{code}", headers=self.keys[party])
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
async def road(client: httpx.AsyncClient, clock: Any) -> Road:
    built = await Road(client, clock).build()
    await pieces(ITEM, SECOND, now=clock.instant)
    await pieces(BAG, now=clock.instant, kind=PieceKind.BAG)
    return built


async def test_a_recalled_item_tells_the_next_scanner_and_is_returned_at_its_origin(road: Road) -> None:
    await road.scan(OFFICE, "offer", ITEM, counterparty=HUB)
    answer = await road.post(OFFICE, f"{ITEM}/recall", {"voucher": "PG-00017", "reason": "sender_wish"})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["bound_for"], body["instruction"]["kind"]) == (OFFICE, "recall")
    told = await road.scan(HUB, "receive", ITEM)
    assert told["flags"] == ["recalled"]
    assert told["message"] == f"Rút lại: về {OFFICE}"
    assert told["notes"] == [f"Người gửi đã rút lại: chuyển về {OFFICE}, không phát."]
    assert told["instruction"]["destination"] == OFFICE
    await road.scan(HUB, "offer", ITEM, counterparty=OFFICE)
    back = await road.scan(OFFICE, "receive", ITEM)
    assert back["flags"] == []
    assert (await road.piece(ITEM))["phase"] == "returned"


async def test_only_the_sender_recalls_and_only_before_delivery(road: Road) -> None:
    await road.scan(OFFICE, "offer", ITEM, counterparty=DESK)
    stranger = await road.post(OTHER, f"{ITEM}/recall", {"voucher": "X"})
    assert (stranger.status_code, stranger.json()["code"]) == (404, "piece.not_found")
    addressee = await road.post(DESK, f"{ITEM}/recall", {"voucher": "X"})
    assert (addressee.status_code, addressee.json()["code"]) == (403, "piece.not_sender")
    await road.scan(DESK, "receive", ITEM)
    late = await road.post(OFFICE, f"{ITEM}/recall", {"voucher": "X"})
    assert (late.status_code, late.json()["code"]) == (409, "piece.already_delivered")
    assert late.json()["detail"].startswith("Bưu gửi đã phát đến người nhận")


async def test_a_redirected_item_is_planned_and_seen_by_its_new_destination(road: Road) -> None:
    hidden = await road.client.get(f"/api/v1/pieces/{ITEM}", headers=road.keys[OTHER])
    assert hidden.status_code == 404
    answer = await road.post(DESK, f"{ITEM}/redirect", {"destination": OTHER, "voucher": "PG-1"})
    assert answer.status_code == 200, answer.text
    assert (await road.piece(ITEM, OTHER))["bound_for"] == OTHER
    told = await road.scan(OFFICE, "hold", ITEM)
    assert (told["flags"], told["message"]) == (["redirected"], f"Đổi nơi nhận: {OTHER}")
    stored = await fetch_value("SELECT instruction ->> 'destination' FROM custody WHERE code = $1", ITEM)
    assert stored == OTHER


@pytest.mark.parametrize(
    ("destination", "code"),
    [("BC-404", "piece.destination_unknown"), (DESK, "piece.same_destination")],
)
async def test_a_redirection_names_another_place_that_exists(road: Road, destination: str, code: str) -> None:
    answer = await road.post(OFFICE, f"{ITEM}/redirect", {"destination": destination, "voucher": "X"})
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["pointer"]) == (422, code, "/destination")


async def test_after_a_redirection_the_new_addressee_speaks_and_the_sender_may_change_his_mind(
    road: Road,
) -> None:
    async def redirect(party: str, destination: str) -> tuple[int, str | None]:
        answer = await road.post(party, f"{ITEM}/redirect", {"destination": destination, "voucher": "PG-1"})
        return answer.status_code, answer.json().get("code" if answer.is_error else "bound_for")

    assert await redirect(OFFICE, OTHER) == (200, OTHER)
    assert await redirect(DESK, HUB) == (403, "piece.not_sender")
    assert await redirect(OFFICE, OTHER) == (422, "piece.same_destination")
    assert await redirect(OTHER, HUB) == (200, HUB)
    assert await redirect(OFFICE, DESK) == (200, DESK)


async def test_a_device_that_recalls_for_others_is_heard_and_changes_nothing(road: Road) -> None:
    told = await road.scan(HUB, "recall", ITEM)
    assert (told["verdict"], told["flags"]) == ("accepted", ["not_sender"])
    assert (await road.piece(ITEM))["bound_for"] == DESK


async def test_who_scans_a_bag_learns_that_something_inside_was_recalled(road: Road) -> None:
    await road.scan(OFFICE, "pack", ITEM, container=BAG)
    await road.post(OFFICE, f"{ITEM}/recall", {"voucher": "X"})
    told = await road.scan(OFFICE, "offer", BAG, counterparty=DESK)
    assert "contains_recalled" in told["flags"]


async def test_a_bag_received_unopened_leaves_its_items_unverified_until_each_is_scanned(road: Road) -> None:
    for item in (ITEM, SECOND):
        await road.scan(OFFICE, "pack", item, container=BAG)
    await road.scan(OFFICE, "offer", BAG, counterparty=DESK)
    told = await road.scan(DESK, "receive", BAG)
    assert told["flags"] == ["contents_unverified"]
    assert "chưa được kiểm từng cái" in told["notes"][0]
    inside = await road.piece(ITEM, DESK)
    assert (inside["holder"], inside["unverified"]) == (DESK, BAG)
    assert (await road.piece(BAG, DESK))["contents"] == sorted([ITEM, SECOND])
    await road.scan(DESK, "unpack", ITEM, container=BAG)
    assert (await road.piece(ITEM, DESK))["unverified"] is None
    assert (await road.piece(SECOND, DESK))["unverified"] == BAG


async def test_the_seal_of_a_bag_is_followed_hop_by_hop(road: Road) -> None:
    await road.scan(OFFICE, "pack", ITEM, container=BAG)
    closed = await road.post(OFFICE, f"{BAG}/close", {"seal": "NP-17"})
    assert closed.status_code == 200, closed.text
    await road.scan(OFFICE, "offer", BAG, counterparty=HUB, seal={"number": "NP-17"})
    told = await road.scan(HUB, "receive", BAG, seal={"number": "NP-71"})
    assert "seal_differs" in told["flags"]
    broken = await road.scan(HUB, "depart", BAG, seal={"number": "NP-71", "state": "broken"})
    assert "seal_broken" in broken["flags"]
    history = (await road.piece(BAG, HUB))["seals"]
    said = [(one["kind"], one["number"], one["state"], one["was_number"], one["flag"]) for one in history]
    assert said == [
        ("container.closed", "NP-17", "intact", None, None),
        ("offer", "NP-17", "intact", "NP-17", None),
        ("receive", "NP-71", "intact", "NP-17", "seal_differs"),
        ("depart", "NP-71", "broken", "NP-71", "seal_broken"),
    ]


async def test_a_bag_sealed_at_its_making_has_its_seal_from_then_on(road: Road) -> None:
    made = await road.client.post(
        "/api/v1/bags",
        json={"destination": DESK, "pieces": [ITEM], "seal": "NP-1"},
        headers=road.keys[OFFICE],
    )
    assert made.status_code == 201, made.text
    bag = await road.piece(made.json()["code"])
    assert (bag["seal"]["number"], bag["contents"]) == ("NP-1", [ITEM])


async def test_the_page_of_a_piece_says_where_it_must_go_and_what_is_unverified(road: Road) -> None:
    await road.scan(OFFICE, "pack", ITEM, container=BAG)
    await road.post(OFFICE, f"{BAG}/close", {"seal": "NP-17"})
    await road.scan(OFFICE, "offer", BAG, counterparty=HUB)
    await road.scan(HUB, "receive", BAG, seal={"number": "NP-71", "state": "broken"})
    await road.post(OFFICE, f"{ITEM}/recall", {"voucher": "X"})
    pages = {}
    for code in (ITEM, BAG):
        answer = await road.client.get(f"/pieces/{code}", headers={**road.keys[HUB], "Accept-Language": "vi"})
        assert answer.status_code == 200, answer.text
        pages[code] = answer.text
    assert f"Người gửi đã rút lại: chuyển về {OFFICE}, không phát." in pages[ITEM]
    assert "Chưa kiểm: chỉ nhận theo mã" in pages[ITEM]
    assert "Niêm phong qua từng chặng" in pages[BAG]
    assert "trước là NP-17" in pages[BAG]
    hidden = await road.client.get(f"/pieces/{ITEM}", headers=road.keys[OTHER])
    assert hidden.status_code == 404


async def test_a_seal_is_put_on_by_the_holder_and_once(road: Road) -> None:
    await road.post(OFFICE, f"{BAG}/close", {"seal": "NP-1"})
    again = await road.post(OFFICE, f"{BAG}/close", {"seal": "NP-1"})
    assert (again.status_code, again.json()["code"]) == (409, "piece.seal_used")
    other = await road.post(DESK, f"{BAG}/close", {"seal": "NP-2"})
    assert (other.status_code, other.json()["code"]) == (403, "piece.not_holder")


async def test_an_inventory_repacks_what_was_found_and_lets_go_what_was_not(road: Road) -> None:
    await pieces(THIRD, now=road.clock.instant)
    for item in (ITEM, SECOND):
        await road.scan(OFFICE, "pack", item, container=BAG, counted={"documents": 5})
    await road.post(OFFICE, f"{BAG}/close", {"seal": "NP-1"})
    await road.scan(OFFICE, "offer", BAG, counterparty=DESK)
    await road.scan(DESK, "receive", BAG, seal={"number": "NP-1", "state": "broken"})
    answer = await road.post(
        DESK,
        f"{BAG}/inventory",
        {
            "found": [ITEM, THIRD],
            "seal": "NP-2",
            "condition": "seal_broken",
            "counted": {"documents": 7},
            "witness": "NV-BC-1",
        },
    )
    assert answer.status_code == 200, answer.text
    counted = answer.json()
    assert (counted["missing"], counted["extra"]) == ([SECOND], [THIRD])
    assert (counted["old_seal"], counted["seal"], counted["listed_documents"]) == ("NP-1", "NP-2", 10)
    kept = await road.piece(ITEM, DESK)
    assert (kept["container"], kept["holder"], kept["unverified"]) == (BAG, DESK, None)
    gone = await road.piece(SECOND, DESK)
    assert (gone["container"], gone["holder"]) == (None, DESK)
    assert gone["timeline"][-1]["flags"] == ["not_found_inside"]
    assert (await road.piece(THIRD, DESK))["container"] == BAG
    assert (await road.piece(BAG, DESK))["seal"]["number"] == "NP-2"


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        (f"{BAG}/inventory", {"found": [ITEM, ITEM]}, 422, "piece.found_twice"),
        (f"{BAG}/inventory", {"found": ["DH123456780VN"]}, 422, "piece.found_code"),
        (f"{BAG}/inventory", {"found": [BAG]}, 422, "piece.found_twice"),
    ],
)
async def test_a_bad_inventory_is_refused_with_the_place(
    road: Road, path: str, body: dict[str, Any], status: int, code: str
) -> None:
    answer = await road.post(OFFICE, path, {"seal": "NP-9", "condition": "opened"} | body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("kind", "code", "fields", "flag"),
    [
        ("hold", "BK-261123-K7M2QX", {}, "manifest_code"),
        ("pack", "BK-261123-K7M2QX", {"container": BAG}, "manifest_code"),
        ("receive", "CT-261123-K7M2QX", {}, "trip_code"),
        ("pack", ITEM, {"container": "BK-261123-K7M2QX"}, "not_a_container"),
        ("unpack", ITEM, {"container": BAG}, "not_packed"),
    ],
)
async def test_a_scan_of_the_wrong_code_is_kept_and_told_what_it_is(
    road: Road, kind: str, code: str, fields: dict[str, Any], flag: str
) -> None:
    told = await road.scan(OFFICE, kind, code, **fields)
    assert told["verdict"] in {"accepted", "unknown"}
    assert flag in told["flags"]
    assert len(told["notes"]) == len(told["flags"])
    assert await fetch_value("SELECT count(*) FROM ledger WHERE kind = $1 AND code = $2", kind, code) == 1


async def test_an_item_packed_into_two_bags_is_in_the_second_and_both_are_told(road: Road) -> None:
    await pieces("TUI-02", now=road.clock.instant, kind=PieceKind.BAG)
    await road.scan(OFFICE, "pack", ITEM, container=BAG)
    told = await road.scan(OFFICE, "pack", ITEM, container="TUI-02")
    assert "in_other_container" in told["flags"]
    assert (await road.piece(ITEM))["container"] == "TUI-02"
    wrong = await road.scan(OFFICE, "unpack", ITEM, container=BAG)
    assert "other_container" in wrong["flags"]


async def test_what_was_stored_on_the_road_comes_back_from_the_ledger(
    road: Road, database: DatabaseSettings
) -> None:
    await road.scan(OFFICE, "pack", ITEM, container=BAG)
    await road.post(OFFICE, f"{BAG}/close", {"seal": "NP-1"})
    await road.post(OFFICE, f"{ITEM}/recall", {"voucher": "X"})
    await road.scan(OFFICE, "offer", BAG, counterparty=DESK)
    await road.scan(DESK, "receive", BAG, seal={"number": "NP-1", "state": "missing"})
    await road.post(DESK, f"{BAG}/inventory", {"found": [], "seal": "NP-2", "condition": "opened"})
    rows = await fetch("SELECT count(*) AS n FROM custody WHERE instruction IS NOT NULL OR seal IS NOT NULL")
    assert rows[0]["n"] == 2
    before = await export()
    async with as_owner(database):
        await rebuild()
    assert await export() == before
