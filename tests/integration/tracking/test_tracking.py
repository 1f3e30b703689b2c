"""What strangers learn from a code, and what the second factor opens."""

from datetime import timedelta
from statistics import median
from time import perf_counter

import pytest

from postal.db import count_statements, fetch
from postal.errors import NotFound
from postal.network.rules import Kind
from shipments.tracking import service
from tests.factories import identity
from tests.factories.dossiers import AUTHORITY, DESK, OFFICE, Desks
from tests.factories.network import organisation
from tests.factories.pages import check_page
from tests.factories.pieces import scan

SECRETS = (
    "Nguy",
    "Hằng",
    "0912",
    "5678",
    "Lê Lợi",
    "Huế",
    "046090001234",
    "9.000001",
    DESK,
    AUTHORITY,
    OFFICE,
)
UNKNOWN = "H57.01-20261123-0000000"


@pytest.fixture
async def desks(client, clock):
    return await Desks(client, clock.instant).prepare()


async def track(desks, code, expected=200):
    answer = await desks.client.get(f"/api/v1/track/{code}")
    assert answer.status_code == expected, answer.text
    return answer.json()


async def unlock(desks, code, last4):
    return await desks.client.post(f"/api/v1/track/{code}", json={"last4": last4})


async def test_a_dossier_is_followed_from_hand_to_hand(desks, clock):
    code = await desks.dossier()
    assert (await track(desks, code))["stage"] == 0
    await scan("accept", code, OFFICE, clock.advance(timedelta(minutes=5)))
    told = await track(desks, code)
    assert (told["stage"], told["holder"], told["stage_vi"]) == (1, "post", "Bưu điện đã nhận")
    item = (
        await desks.client.post(
            "/api/v1/items", json={"destination": DESK, "pieces": [code]}, headers=desks.clerk
        )
    ).json()["code"]
    await scan("depart", item, OFFICE, clock.advance(timedelta(minutes=5)))
    assert (await track(desks, code))["stage"] == 2
    assert (await track(desks, item))["stage"] == 2
    await scan("receive", item, DESK, clock.advance(timedelta(hours=1)))
    told = await track(desks, code)
    assert (told["stage"], told["holder"]) == (3, "agency")
    await desks.states(code, "received", "step_done")
    told = await track(desks, code)
    assert (told["stage"], told["due"], told["overdue"]) == (4, "2026-12-01T10:00:00Z", False)
    await desks.states(code, "completed")
    assert (await track(desks, code))["stage"] == 5
    await scan("receive", f"{code}-KQ", OFFICE, clock.advance(timedelta(hours=1)), counterparty=DESK)
    assert (await track(desks, f"{code}-KQ"))["stage"] == 6
    await scan("out_for_delivery", f"{code}-KQ", OFFICE, clock.advance(timedelta(hours=1)))
    assert "Bưu tá" in (await track(desks, code))["sentence_vi"]
    await scan("deliver", f"{code}-KQ", OFFICE, clock.advance(timedelta(hours=1)), counted={"originals": 1})
    told = await track(desks, code)
    assert (told["stage"], told["finished"], told["holder"]) == (7, True, "citizen")


async def test_nothing_in_an_anonymous_answer_tells_who_or_what(desks, clock):
    code = await desks.dossier(code="000.00.01.H99-261123-0001")
    await scan("accept", code, OFFICE, clock.advance(timedelta(minutes=5)))
    await desks.states(code, "received", "step_done")
    for path in (f"/api/v1/track/{code}", f"/t/{code}"):
        answer = await desks.client.get(path)
        assert answer.status_code == 200
        for secret in SECRETS:
            assert secret not in answer.text, (path, secret)


async def test_the_data_are_as_old_as_the_holders_last_sync(desks, clock):
    code = await desks.dossier()
    await scan("accept", code, OFFICE, clock.advance(timedelta(minutes=5)))
    told = await track(desks, code)
    assert told["data_as_of"] == told["updated_at"]
    key = await identity.device("hy-0012", OFFICE, now=clock.instant)
    synced = clock.advance(timedelta(hours=2))
    sync = {"device": "hy-0012", "epoch": "e1", "sent_at": synced.isoformat(), "last_seq": 0}
    answer = await desks.client.post("/api/v1/scans", json=sync, headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200, answer.text
    told = await track(desks, code)
    assert told["data_as_of"] == synced.isoformat().replace("+00:00", "Z")
    assert told["updated_at"] < told["data_as_of"]


async def test_contested_papers_are_told_as_such(desks, clock):
    code = await desks.dossier()
    await organisation("BC-HUB", kind=Kind.HUB)
    await scan("accept", code, OFFICE, clock.advance(timedelta(minutes=5)))
    await scan("receive", code, "BC-HUB", clock.advance(timedelta(minutes=5)), counterparty="BC-000001")
    told = await track(desks, code)
    assert (told["contested"], told["holder"]) == (True, None)
    assert "Hai nơi" in told["sentence_vi"]


async def test_an_item_of_several_people_tells_nothing_of_their_cases(desks, clock):
    codes = [await desks.dossier(), await desks.dossier()]
    await desks.states(codes[0], "received")
    item = (
        await desks.client.post(
            "/api/v1/items", json={"destination": DESK, "pieces": codes}, headers=desks.clerk
        )
    ).json()["code"]
    told = await track(desks, item)
    assert (told["stage"], told["due"]) == (1, None)
    bag = (
        await desks.client.post(
            "/api/v1/bags", json={"destination": DESK, "pieces": [item]}, headers=desks.clerk
        )
    ).json()["code"]
    await track(desks, bag, 404)


async def test_the_second_factor_opens_every_step_and_a_masked_name(desks, clock):
    code = await desks.dossier()
    await scan("accept", code, OFFICE, clock.advance(timedelta(minutes=5)))
    clock.advance(timedelta(minutes=5))
    await desks.states(code, "received")
    answer = await unlock(desks, code, "5678")
    assert answer.status_code == 200
    opened = answer.json()
    assert opened["name"] == "N••••• T•• H•••"
    assert [entry["vi"] for entry in opened["timeline"]] == [
        "Cơ quan tiếp nhận",
        "Bưu điện nhận",
        "Đăng ký hồ sơ",
    ]
    assert opened["timeline"][1]["place"] == f"Bưu cục {OFFICE}"
    for secret in ("Hằng", "Lê Lợi", "0912", "9.000001", "Thủ tục thử"):
        assert secret not in answer.text.replace(code, "")
    item = (
        await desks.client.post(
            "/api/v1/items", json={"destination": DESK, "pieces": [code]}, headers=desks.clerk
        )
    ).json()["code"]
    assert (await unlock(desks, item, "5678")).status_code == 200


async def test_unknown_wrong_and_locked_are_alike_in_answer_and_work(desks, clock):
    known, locked = await desks.dossier(), await desks.dossier()
    for _ in range(5):
        assert (await unlock(desks, locked, "0000")).status_code == 404
    answers, works = [], []
    for code, digits in ((UNKNOWN, "5678"), (known, "0000"), (locked, "0000"), (locked, "5678")):
        with count_statements() as counted:
            answer = await unlock(desks, code, digits)
        answers.append((answer.status_code, {**answer.json(), "instance": None}, sorted(answer.headers)))
        works.append(counted.texts)
    assert answers[0][0] == 404
    assert answers == [answers[0]] * 4
    assert works == [works[0]] * 4
    with count_statements() as asked:
        await track(desks, UNKNOWN, 404)
    with count_statements() as found:
        await track(desks, known)
    assert asked.texts == found.texts


async def test_a_code_is_locked_for_a_day_and_guessing_on_prolongs_nothing(desks, clock):
    code = await desks.dossier()
    for _ in range(5):
        await unlock(desks, code, "0000")
    clock.advance(timedelta(hours=23))
    assert (await unlock(desks, code, "5678")).status_code == 404
    clock.advance(timedelta(hours=1, seconds=1))
    assert (await unlock(desks, code, "5678")).status_code == 200
    kept = await fetch("SELECT counted, count(*) AS n FROM track_failure GROUP BY counted ORDER BY counted")
    assert [(row["counted"], row["n"]) for row in kept] == [(False, 1), (True, 5)]
    rows = await fetch("SELECT track_failure::text AS row FROM track_failure")
    assert all(code not in row["row"] for row in rows)


async def test_alike_takes_alike_long(desks, clock):
    """Medians of the three refusals lie within a few milliseconds of each other."""
    known, locked = await desks.dossier(), await desks.dossier()
    now = clock.instant
    for _ in range(5):
        with pytest.raises(NotFound):
            await service.unlock(locked, "0000", now)
    spans = {"unknown": [], "wrong": [], "locked": []}
    for turn in range(40):
        later = now + timedelta(days=2 * turn + 2)
        asked = {"unknown": (UNKNOWN, later), "wrong": (known, later), "locked": (locked, now)}
        for name, (code, at) in asked.items():
            began = perf_counter()
            with pytest.raises(NotFound):
                await service.unlock(code, "0000", at)
            spans[name].append(perf_counter() - began)
    medians = [median(values) for values in spans.values()]
    assert max(medians) - min(medians) < 0.005 + 0.5 * min(medians)


async def test_a_miswritten_code_is_told_so_without_candidates(desks):
    await desks.dossier()
    told = await track(desks, "dh123456785vn", 422)
    assert (told["code"], told["reason"]) == ("track.code_unreadable", "lower_case")
    assert "candidates" not in told
    assert (await unlock(desks, UNKNOWN, "12")).status_code == 400


async def test_asking_too_often_is_refused(desks):
    statuses = [(await desks.client.get(f"/api/v1/track/{UNKNOWN}")).status_code for _ in range(22)]
    assert statuses[:20] == [404] * 20
    assert statuses[20:] == [429] * 2


async def test_the_page_needs_no_script_and_keeps_the_digits_out_of_the_address(desks, clock):
    code = await desks.dossier()
    asked = await desks.client.get("/t", params={"code": code})
    assert (asked.status_code, asked.headers["location"]) == (303, f"/t/{code}")
    shown = await desks.client.get(asked.headers["location"])
    assert shown.status_code == 200
    assert "<script" not in shown.text
    assert 'aria-current="step"' not in shown.text
    assert "bưu điện chưa nhận giấy tờ" in shown.text
    await scan("accept", code, OFFICE, clock.advance(timedelta(minutes=5)))
    english = await desks.client.get(f"/t/{code}?lang=en")
    assert "The post office has accepted the dossier." in english.text
    assert 'aria-current="step"' in english.text
    wrong = await desks.client.post(f"/t/{code}", data={"last4": "0000"})
    absent = await desks.client.post(f"/t/{UNKNOWN}", data={"last4": "0000"})
    assert wrong.status_code == absent.status_code == 404
    assert check_page(wrong, "en").replace(code, "") == check_page(absent, "en").replace(UNKNOWN, "")
    opened = await desks.client.post(f"/t/{code}", data={"last4": "5678"})
    assert opened.status_code == 200
    assert "N••••• T•• H•••" in opened.text
    assert "Hằng" not in opened.text
    lower = await desks.client.get("/t", params={"code": "dh 123-456-785 vn"})
    assert (lower.status_code, lower.headers["location"]) == (303, "/t/DH123456785VN")
    posted = await desks.client.post("/t", data={"code": f"  {code.lower()} "})
    assert (posted.status_code, posted.headers["location"]) == (303, f"/t/{code}")
    assert (await desks.client.get(f"/t/{code.lower()}")).status_code == 200
    wrong_digit = await desks.client.get("/t", params={"code": "dh123456786vn"})
    assert wrong_digit.status_code == 422
    assert "dh123456786vn" in wrong_digit.text
    assert (await desks.client.get("/t")).status_code == 200
