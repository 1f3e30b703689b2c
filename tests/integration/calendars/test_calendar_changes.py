"""A decision on a calendar after the fact: who may enter it, what is refused, and what it moves."""

from datetime import datetime, timedelta, timezone

import pytest

from postal.db import as_owner, fetch, fetch_row
from postal.identity.rules import Role
from postal.ledger.projections import export, rebuild
from postal.network.rules import OPERATOR
from postal.outbox.service import drain
from tests.factories.dossiers import DESK, OFFICE, Desks
from tests.factories.identity import headers
from tests.factories.pages import check_page
from tests.factories.pieces import scan

VIETNAM = timezone(timedelta(hours=7))
STORM = {
    "number": "1201/CĐ-TTG",
    "decided_on": "2026-11-30",
    "title": "Nghỉ làm việc để ứng phó bão",
    "days": [{"day": "2026-12-01", "change": "off", "name": "Nghỉ tránh bão"}],
}


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=VIETNAM)


@pytest.fixture
async def desks(client, clock):
    clock.set(at(23, 8))
    return await Desks(client, clock.instant).prepare()


@pytest.fixture
async def national(clock, desks):
    return await headers(OPERATOR, Role.CONTROL, now=clock.instant)


async def told(desks, clock, code, kind, when, **fields):
    clock.set(when)
    answer = await desks.state(code, kind, **fields)
    assert answer.status_code == 201, answer.text


async def statutory(desks, code, **query):
    answer = await desks.client.get(f"/api/v1/dossiers/{code}/clocks", params=query, headers=desks.desk)
    assert answer.status_code == 200, answer.text
    return next(each for each in answer.json()["clocks"] if each["clock"] == "C3")


def entering(desks, by, calendar="VN-HC", **different):
    return desks.client.post(f"/api/v1/calendars/{calendar}/decisions", json=STORM | different, headers=by)


async def test_an_open_deadline_moves_both_dates_stay_and_what_has_ended_does_not_change(
    desks, clock, national, database
):
    finished, running = await desks.dossier(), await desks.dossier()
    for code in (finished, running):
        await scan("accept", code, OFFICE, at(23, 8, 30))
        await scan("receive", code, DESK, at(25, 9), counterparty=OFFICE)
        await told(desks, clock, code, "received", at(25, 10))
    await told(desks, clock, finished, "step_done", at(26, 10))
    await told(desks, clock, finished, "completed", at(30, 9))
    await drain()
    before = await fetch_row("SELECT * FROM dossier_clock WHERE dossier = $1 AND clock = 'C3'", finished)
    clock.set(at(30, 16))
    entered = await entering(desks, national)
    assert entered.status_code == 201, entered.text
    await drain()

    moved = await statutory(desks, running)
    assert (moved["due"], moved["due_before"]) == ("2026-12-03T10:00:00Z", "2026-12-02T10:00:00Z")
    assert moved["calendar_version"] == 2
    storm = next(line for line in moved["derivation"]["steps"] if line["day"] == "2026-12-01")
    assert (
        storm["vi"] == "Thứ Ba 01/12/2026: Nghỉ tránh bão (1201/CĐ-TTG, 30/11/2026), ngày nghỉ, không tính."
    )
    earlier = await statutory(desks, running, as_of="2026-11-30T12:00:00+07:00")
    assert (earlier["due"], earlier["calendar_version"]) == ("2026-12-02T10:00:00Z", 1)
    assert (
        await fetch_row("SELECT * FROM dossier_clock WHERE dossier = $1 AND clock = 'C3'", finished) == before
    )
    assert (await statutory(desks, finished))["calendar_version"] == 1

    mine = (await desks.client.get("/api/v1/deadline-moves", headers=desks.desk)).json()["items"]
    assert {(each["dossier"], each["clock"], each["due_before"], each["due_after"]) for each in mine} >= {
        (running, "C3", "2026-12-02T10:00:00Z", "2026-12-03T10:00:00Z")
    }
    assert (finished, "C3") not in {(each["dossier"], each["clock"]) for each in mine}
    hidden = (await desks.client.get("/api/v1/deadline-moves", headers=desks.stranger)).json()
    assert hidden["items"] == []
    record = await fetch_row(
        "SELECT code, kind FROM ledger WHERE kind = 'clock.recomputed' AND code = $1", running
    )
    assert record is not None
    state = await fetch_row("SELECT looked_at, moved, done_at FROM calendar_recount")
    assert (state["looked_at"], state["done_at"] is not None) == (2, True)

    again = await entering(desks, national)
    assert again.json()["id"] == entered.json()["id"], "the same decision twice is one"
    await drain()
    kept = await export()
    async with as_owner(database):
        await rebuild()
    assert await export() == kept


async def test_a_slip_that_promises_the_limit_is_counted_again_and_another_promise_only_moves_from_a_closed_day(
    desks, clock, national
):
    promised = {"limit": "2026-12-02T17:00:00+07:00", "storm": "2026-12-01T17:00:00+07:00"}
    codes = {}
    for name, due in promised.items():
        clock.set(at(25, 8))
        codes[name] = await desks.dossier()
        await told(desks, clock, codes[name], "received", at(25, 10), due=due)
    clock.set(at(30, 16))
    assert (await entering(desks, national)).status_code == 201
    await drain()
    counted, sooner = [await statutory(desks, codes[name]) for name in ("limit", "storm")]
    assert (counted["due_before"], counted["due"]) == ("2026-12-02T10:00:00Z", "2026-12-03T10:00:00Z")
    assert (sooner["due_before"], sooner["due"]) == ("2026-12-01T10:00:00Z", "2026-12-02T10:00:00Z")
    assert "phiên bản 2" in " ".join(line["vi"] for line in counted["derivation"]["steps"])
    # The citizen is told the day that holds, also when the first one has passed, and that it moved.
    clock.set(at(3, 9, month=12))
    told_to_anybody = (await desks.client.get(f"/api/v1/track/{codes['limit']}")).json()
    shown = [told_to_anybody[name] for name in ("due", "due_first", "moved", "overdue")]
    assert shown == ["2026-12-03T10:00:00Z", "2026-12-02T10:00:00Z", True, False]
    own = (await desks.client.get(f"/api/v1/dossiers/{codes['limit']}", headers=desks.desk)).json()
    assert [own[name] for name in ("due_now", "due_first", "overdue")] == [*shown[:2], False]


@pytest.mark.parametrize(
    ("different", "code"),
    [
        ({"decided_on": "2026-12-20"}, "calendar.decided_in_future"),
        ({"days": [STORM["days"][0]] * 2}, "calendar.day_twice"),
        ({"days": [{"day": "2026-11-29", "change": "off", "name": "Chủ nhật"}]}, "calendar.day_unchanged"),
        ({"days": [{"day": "2026-12-05", "change": "work", "name": "Làm bù"}]}, "calendar.weekday_missing"),
        ({"days": [{"day": "2029-12-05", "change": "off", "name": "Nhầm năm"}]}, "calendar.day_far_away"),
        ({"days": [{"day": "2026-12-01", "change": "hours", "name": "Thiếu giờ"}]}, "calendar.hours_missing"),
        (
            {
                "days": [
                    {
                        "day": "2026-12-01",
                        "change": "hours",
                        "name": "Ngược giờ",
                        "hours": [{"opens": "11:00", "closes": "08:00"}],
                    }
                ]
            },
            "calendar.hours_wrong",
        ),
    ],
)
async def test_a_bad_decision_is_refused_with_a_sentence(desks, clock, national, different, code):
    clock.set(at(30, 16))
    answer = await entering(desks, national, **different)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["detail"]
    assert await fetch("SELECT FROM calendar_decision") == []


async def test_only_the_national_level_decides_and_a_number_is_used_once(desks, clock, national):
    clock.set(at(30, 16))
    assert (await entering(desks, desks.desk)).status_code == 403
    local = await headers(DESK, Role.ADMIN, now=clock.instant)
    assert (await entering(desks, local)).json()["code"] == "calendar.national_only"
    assert (await entering(desks, national, calendar="VN-X")).status_code == 404
    assert (await entering(desks, national)).status_code == 201
    other = await entering(desks, national, title="Nội dung khác")
    assert (other.status_code, other.json()["code"]) == (409, "calendar.number_taken")
    listed = (await desks.client.get("/api/v1/calendars/VN-BC/decisions", headers=desks.clerk)).json()
    assert [each["number"] for each in listed["items"]] == [STORM["number"]], (
        "a base's decision holds below it"
    )
    versions = (await desks.client.get("/api/v1/calendars", headers=desks.clerk)).json()
    assert {each["code"]: each["version"] for each in versions}["VN-BC"] == 2


async def test_the_pages_say_why_show_both_dates_and_take_a_decision_line_by_line(desks, clock, national):
    code = await desks.dossier()
    await told(desks, clock, code, "received", at(25, 10))
    await drain()
    clock.set(at(30, 16))
    form = {
        "calendar": "VN-HC",
        "number": "1201/CĐ-TTG",
        "decided_on": "2026-11-30",
        "title": "Ứng phó bão",
        "days": "2026-12-01 nghỉ Nghỉ tránh bão\n2026-12-05 làm bù T3 Làm bù ngày 01/12\n"
        "2026-12-07 giờ 07:30-11:00 Nghỉ buổi chiều",
    }
    bad = await desks.client.post("/calendars", data=form | {"days": "ngày mai nghỉ"}, headers=national)
    assert bad.status_code == 400
    assert "Không đọc được dòng" in bad.text
    assert "ngày mai nghỉ" in bad.text
    assert (await desks.client.post("/calendars", data=form, headers=desks.desk)).status_code == 403
    assert (await desks.client.post("/calendars", data=form, headers=national)).status_code == 303
    await drain()
    shown = (await desks.client.get("/calendars", headers=desks.desk)).text
    assert "1201/CĐ-TTG" in shown
    assert "Ghi một quyết định" not in shown
    assert "07:30–11:00" in (await desks.client.get("/calendars", headers=national)).text
    why = (await desks.client.get(f"/dossiers/{code}/clocks", headers=desks.desk)).text
    assert "Nghỉ tránh bão (1201/CĐ-TTG, 30/11/2026), ngày nghỉ, không tính." in why
    assert "17:00, 03/12/2026" in why
    assert code in (await desks.client.get("/deadline-moves", headers=desks.desk)).text
    assert "was" not in (await desks.client.get(f"/dossiers/{code}/clocks", headers=desks.clerk)).text
    assert (await desks.client.get(f"/dossiers/{code}/clocks", headers=desks.stranger)).status_code == 404


UNDONE = {"number": "1305/CĐ-TTG", "decided_on": "2026-11-30", "reason": "Bão đã đổi hướng"}


async def test_a_withdrawn_decision_moves_deadlines_back_and_the_past_still_sees_it(
    desks, clock, national, database
):
    code = await desks.dossier()
    await told(desks, clock, code, "received", at(25, 10))
    await drain()
    clock.set(at(30, 15))
    storm = (await entering(desks, national)).json()
    await drain()
    clock.set(at(30, 17))

    def withdrawing(by=national, decision=storm["id"], calendar="VN-HC", **different):
        path = f"/api/v1/calendars/{calendar}/decisions/{decision}/withdraw"
        return desks.client.post(path, json=UNDONE | different, headers=by)

    local = await headers(DESK, Role.ADMIN, now=clock.instant)
    for refused, status, said in (
        (withdrawing(desks.desk), 403, "identity.role_missing"),
        (withdrawing(local), 403, "calendar.national_only"),
        (withdrawing(calendar="VN-BC"), 404, "calendar.decision_unknown"),
        (withdrawing(decision="00000000-0000-7000-8000-000000000000"), 404, "calendar.decision_unknown"),
        (withdrawing(decided_on="2026-12-20"), 422, "calendar.decided_in_future"),
        (withdrawing(number=STORM["number"]), 409, "calendar.number_taken"),
    ):
        answer = await refused
        assert answer.status_code == status, answer.text
        assert status == 403 or answer.json()["code"] == said, answer.text
    undone = await withdrawing()
    assert undone.status_code == 201, undone.text
    assert undone.json()["withdraws"] == storm["id"]
    assert (await withdrawing()).json()["id"] == undone.json()["id"], "the same withdrawal twice is one"
    again = await withdrawing(number="1306/CĐ-TTG")
    assert (again.status_code, again.json()["code"]) == (409, "calendar.withdrawn_already")
    of_itself = await withdrawing(number="1307/CĐ-TTG", decision=undone.json()["id"])
    assert (of_itself.status_code, of_itself.json()["code"]) == (409, "calendar.is_withdrawal")
    await drain()

    now = await statutory(desks, code)
    assert (now["due"], now["due_before"], now["calendar_version"]) == ("2026-12-02T10:00:00Z", None, 3)
    between = await statutory(desks, code, as_of="2026-11-30T16:00:00+07:00")
    assert (between["due"], between["calendar_version"]) == ("2026-12-03T10:00:00Z", 2)
    moves = await desks.client.get(
        "/api/v1/deadline-moves", params={"decision": undone.json()["id"]}, headers=desks.desk
    )
    assert ("C3", "2026-12-03T10:00:00Z", "2026-12-02T10:00:00Z") in {
        (each["clock"], each["due_before"], each["due_after"]) for each in moves.json()["items"]
    }
    listed = (await desks.client.get("/api/v1/calendars/VN-HC/decisions", headers=desks.clerk)).json()
    assert [(each["number"], each["withdrawn_by"]) for each in listed["items"]] == [
        (UNDONE["number"], None),
        (STORM["number"], undone.json()["id"]),
    ]
    assert len(await fetch("SELECT FROM calendar_decision_day")) == 1, "nothing is deleted"
    kept = await export()
    async with as_owner(database):
        await rebuild()
    assert await export() == kept


async def test_a_decision_in_force_is_replaced_and_the_page_withdraws_what_is_yet_to_come(
    desks, clock, national
):
    clock.set(at(30, 16))
    storm = (await entering(desks, national)).json()
    form = UNDONE | {"calendar": "VN-HC", "decision": storm["id"]}
    own = check_page(await desks.client.get("/calendars", headers=national))
    assert f'id="reason-{storm["id"]}"' in own
    assert "Thu hồi quyết định này" not in check_page(
        await desks.client.get("/calendars", headers=desks.desk)
    )
    bad = await desks.client.post("/calendars/withdrawals", data=form | {"reason": " "}, headers=national)
    assert bad.status_code == 400
    assert "Nêu lý do thu hồi" in bad.text
    clock.set(at(1, 7, month=12))
    late = await desks.client.post("/calendars/withdrawals", data=form, headers=national)
    assert late.status_code == 409
    assert "đã có hiệu lực từ ngày 01/12/2026 nên không thu hồi được" in late.text
    assert "Thu hồi quyết định này" not in check_page(await desks.client.get("/calendars", headers=national))
    clock.set(at(30, 17))
    done = await desks.client.post("/calendars/withdrawals", data=form, headers=national)
    assert done.status_code == 303, done.text
    shown = check_page(await desks.client.get("/calendars", headers=desks.desk))
    assert "Đã thu hồi" in shown
    assert UNDONE["reason"] in shown
