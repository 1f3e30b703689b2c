"""One scan in, one holder out: uploads of devices, over HTTP, on a real database."""

import asyncio
import random
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from postal.db import count_statements, fetch, fetch_value
from postal.identity.rules import Role
from tests.factories.custody import DESK, HUB, OFFICE, OTHER, Scanner, network, organisation_key, pieces

ITEM = "DH123456785VN"
SECOND = "DH473124829VN"


@pytest.fixture
async def now(clock: Any, client: httpx.AsyncClient) -> datetime:
    await network(clock.instant)
    return clock.instant


@pytest.fixture
async def office(client: httpx.AsyncClient, clock: Any, now: datetime) -> Scanner:
    return await Scanner.at(client, clock, OFFICE)


@pytest.fixture
async def desk(client: httpx.AsyncClient, clock: Any, now: datetime) -> Scanner:
    return await Scanner.at(client, clock, DESK)


async def test_one_scan_in_one_holder_out(office: Scanner, desk: Scanner, now: datetime) -> None:
    await pieces(ITEM, now=now)
    [offered] = await office.results([office.scan("offer", ITEM, now, counterparty=DESK)], now)
    assert (offered["verdict"], offered["holder"]) == ("accepted", OFFICE)
    [received] = await desk.results(
        [desk.scan("receive", ITEM, now + timedelta(seconds=9))], now + timedelta(seconds=9)
    )
    assert (received["verdict"], received["holder"], received["flags"]) == ("accepted", DESK, [])
    assert received["message"] == "Đã nhận"


async def test_the_same_scan_again_changes_nothing(office: Scanner, now: datetime) -> None:
    await pieces(ITEM, now=now)
    scan = office.scan("hold", ITEM, now)
    await office.results([scan], now)
    [again, twice] = await office.results([scan, scan], now + timedelta(minutes=1))
    assert (again["verdict"], again["first"], again["holder"]) == ("repeated", "accepted", OFFICE)
    assert twice["verdict"] == "repeated"
    assert await fetch_value("SELECT count(*) FROM ledger WHERE stream = 1") == 1


async def test_the_same_id_with_other_content_is_disputed_and_moves_nothing(
    office: Scanner, now: datetime
) -> None:
    await pieces(ITEM, now=now)
    scan = office.scan("offer", ITEM, now, counterparty=DESK)
    [first] = await office.results([scan], now)
    assert first["verdict"] == "accepted"
    [second] = await office.results([{**scan, "counterparty": HUB}], now)
    assert second["verdict"] == "disputed"
    held = await fetch("SELECT offer FROM custody WHERE code = $1", ITEM)
    assert held[0]["offer"] is None
    assert await fetch_value("SELECT count(*) FROM ledger_dispute") == 2


async def test_a_bad_scan_never_blocks_good_ones_and_is_kept_as_evidence(
    office: Scanner, now: datetime
) -> None:
    await pieces(ITEM, now=now)
    good = office.scan("hold", ITEM, now)
    bad = {**office.scan("hold", ITEM, now), "kind": "teleport"}
    naive = {**office.scan("hold", ITEM, now), "occurred_at": "2026-11-23T08:00:00"}
    stranger = {**office.scan("hold", ITEM, now), "by": "NV-NOBODY"}
    verdicts = [result["verdict"] for result in await office.results([bad, good, naive, stranger, 7], now)]
    assert verdicts == ["refused", "accepted", "refused", "refused", "refused"]
    assert await fetch_value("SELECT count(*) FROM scan_evidence") == 4
    assert await fetch_value("SELECT count(*) FROM ledger WHERE stream = 1") == 1


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("DH123456784VN", "scan.code."),
        ("dh123456785vn", "scan.code."),
        ("DH 123456785 VN", "scan.code."),
        ("ĐH123456785VN", "scan.code."),
    ],
)
async def test_a_mistyped_code_is_refused_with_help_and_candidates(
    office: Scanner, now: datetime, typed: str, code: str
) -> None:
    await pieces(ITEM, SECOND, now=now)
    [result] = await office.results([office.scan("hold", typed, now)], now)
    assert result["verdict"] == "refused"
    assert result["code"].startswith(code)
    assert result["help"]
    assert result["candidates"] == [ITEM]


async def test_an_unknown_code_is_kept_and_folded_in_once_registered(office: Scanner, now: datetime) -> None:
    [result] = await office.results([office.scan("offer", ITEM, now, counterparty=DESK)], now)
    assert (result["verdict"], result["holder"]) == ("unknown", None)
    await pieces(ITEM, now=now + timedelta(minutes=5))
    assert await fetch_value("SELECT phase FROM custody WHERE code = $1", ITEM) == "offered"


async def test_odd_clocks_are_accepted_flagged_and_folded_in_their_place(
    office: Scanner, now: datetime
) -> None:
    await pieces(ITEM, now=now)
    future = office.scan("hold", ITEM, now + timedelta(days=2))
    ancient = office.scan("hold", ITEM, now - timedelta(days=50))
    results = await office.results([future, ancient], now)
    assert [result["verdict"] for result in results] == ["accepted", "accepted"]
    assert "in_future" in results[0]["flags"]
    assert "very_late" in results[1]["flags"]


async def test_a_wrong_device_clock_is_measured_and_undone(
    office: Scanner, desk: Scanner, now: datetime
) -> None:
    await pieces(ITEM, now=now)
    desk.skew = timedelta(hours=-3)
    await office.results([office.scan("offer", ITEM, now, counterparty=DESK)], now)
    answer = await desk.upload(
        [desk.scan("receive", ITEM, now + timedelta(minutes=1))], now + timedelta(minutes=2)
    )
    body = answer.json()
    assert body["clock_skew_ms"] == -3 * 3600 * 1000
    assert body["results"][0]["holder"] == DESK
    stored = await fetch("SELECT corrected_at, received_at FROM ledger WHERE kind = 'receive'")
    assert stored[0]["corrected_at"] == now + timedelta(minutes=1)
    assert stored[0]["received_at"] == now + timedelta(minutes=2)


async def test_missing_sequence_numbers_are_named_also_by_an_empty_sync(
    office: Scanner, now: datetime
) -> None:
    await pieces(ITEM, now=now)
    scans = [office.scan("hold", ITEM, now) for _ in range(6)]
    answer = await office.upload([scans[0], scans[4]], now)
    assert answer.json()["missing_seq"] == [[2, 4], [6, 6]]
    empty = await office.upload([], now)
    assert empty.json()["missing_seq"] == [[2, 4], [6, 6]]
    rest = await office.upload([scans[1], scans[2], scans[3], scans[5]], now)
    assert rest.json()["missing_seq"] == []


async def test_a_restarted_counter_is_a_new_epoch(office: Scanner, now: datetime) -> None:
    await pieces(ITEM, now=now)
    await office.results([office.scan("hold", ITEM, now)], now)
    office.epoch, office.seq = "epoch-2", 0
    [result] = await office.results([office.scan("offer", ITEM, now, counterparty=DESK)], now)
    assert result["verdict"] == "accepted"


async def test_the_number_of_statements_does_not_depend_on_the_batch(office: Scanner, now: datetime) -> None:
    codes = [f"TUI-{number:04d}" for number in range(1000)]
    await pieces(*codes, now=now)
    counts = []
    for size in (1, 100, 1000):
        scans = [office.scan("hold", code, now) for code in codes[:size]]
        with count_statements() as counted:
            answer = await office.upload(scans, now)
        assert answer.status_code == 200
        counts.append(counted.total)
    # Recognising the key and BEGIN and COMMIT among them.
    assert counts == [9, 9, 9]


async def test_a_contained_dossier_goes_where_its_bag_goes(
    office: Scanner, desk: Scanner, now: datetime
) -> None:
    await pieces(ITEM, "TUI-01", now=now)
    packed = office.scan("pack", ITEM, now, container="TUI-01")
    offered = office.scan("offer", "TUI-01", now + timedelta(minutes=1), counterparty=DESK)
    await office.results([packed, offered], now + timedelta(minutes=1))
    later = now + timedelta(minutes=9)
    await desk.results([desk.scan("receive", "TUI-01", later)], later)
    answer = await desk.client.get(
        f"/api/v1/pieces/{ITEM}", headers=await organisation_key(DESK, Role.DESK, now=now)
    )
    body = answer.json()
    assert (body["holder"], body["container"]) == (DESK, "TUI-01")
    assert [step["via"] for step in body["timeline"]] == [None, "TUI-01", "TUI-01"]


async def test_any_order_of_uploads_gives_the_same_holders(
    client: httpx.AsyncClient, office: Scanner, desk: Scanner, now: datetime
) -> None:
    await pieces(ITEM, now=now)
    hub = await Scanner.at(client, office.clock, HUB)
    moves = [
        (office, office.scan("offer", ITEM, now, counterparty=HUB)),
        (hub, hub.scan("receive", ITEM, now + timedelta(minutes=10))),
        (hub, hub.scan("offer", ITEM, now + timedelta(minutes=40), counterparty=DESK)),
        (desk, desk.scan("receive", ITEM, now + timedelta(minutes=60))),
    ]
    random.Random(7).shuffle(moves)
    later = now + timedelta(hours=3)
    for scanner, scan in [*moves, *moves]:
        await scanner.results([scan], later)
    held = await fetch("SELECT claims, undecided FROM custody WHERE code = $1", ITEM)
    assert (held[0]["claims"], held[0]["undecided"]) == ([DESK], None)


async def test_what_one_may_not_see_is_not_found(
    client: httpx.AsyncClient, office: Scanner, now: datetime
) -> None:
    await pieces(ITEM, now=now)
    await office.results([office.scan("hold", ITEM, now)], now)
    stranger = await organisation_key(OTHER, Role.CLERK, now=now)
    hidden = await client.get(f"/api/v1/pieces/{ITEM}", headers=stranger)
    absent = await client.get(f"/api/v1/pieces/{SECOND}", headers=stranger)
    assert hidden.status_code == absent.status_code == 404
    assert hidden.json()["code"] == absent.json()["code"]
    listed = await client.get("/api/v1/pieces", headers=stranger)
    assert listed.json()["items"] == []


async def test_a_key_sends_only_its_own_devices_scans(office: Scanner, desk: Scanner, now: datetime) -> None:
    answer = await office.upload([], now, device=desk.code)
    assert answer.status_code == 403
    assert answer.json()["code"] == "scan.other_device"


async def test_a_batch_over_the_limit_stores_nothing(office: Scanner, now: datetime) -> None:
    scans = [office.scan("hold", ITEM, now) for _ in range(1001)]
    answer = await office.upload(scans, now)
    assert answer.status_code in (400, 413)
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert await fetch_value("SELECT count(*) FROM ledger WHERE stream = 1") == 0


async def test_a_scanner_is_not_told_who_holds_what_it_may_not_see(
    client: httpx.AsyncClient, office: Scanner, now: datetime
) -> None:
    await pieces(ITEM, now=now)
    stranger = await Scanner.at(client, office.clock, OTHER)
    [passing] = await stranger.results([stranger.scan("arrive", ITEM, now)], now)
    assert (passing["verdict"], passing["holder"]) == ("accepted", None)


async def test_scans_of_a_bag_and_of_its_contents_at_once_neither_deadlock_nor_forget(
    client: httpx.AsyncClient, office: Scanner, desk: Scanner, now: datetime
) -> None:
    bags = [f"TUI-{number:02d}" for number in range(4)]
    items = {bag: [f"{bag}-{number:02d}" for number in range(5)] for bag in bags}
    await pieces(*bags, *(item for inside in items.values() for item in inside), now=now)
    packed = [office.scan("pack", item, now, container=bag) for bag in bags for item in items[bag]]
    await office.results(packed, now)
    later = now + timedelta(minutes=30)
    uploads = []
    for number in range(12):
        at = later + timedelta(minutes=number)
        bag = bags[number % 4]
        uploads.append(office.upload([office.scan("hold", bag, at)], later + timedelta(hours=1)))
        inside = items[bags[-1 - number % 4]]
        uploads.append(
            desk.upload(
                [desk.scan("report", item, at, condition="damaged") for item in inside],
                later + timedelta(hours=1),
            )
        )
    answers = await asyncio.gather(*uploads)
    assert {answer.status_code for answer in answers} == {200}
    held = await fetch("SELECT claims, condition FROM custody WHERE container IS NOT NULL")
    assert {tuple(row["claims"]) for row in held} == {(OFFICE,)}
    assert {row["condition"] for row in held} == {"damaged"}
