"""An agency's one-stop system speaks the portal's fields to us: taken once, in any order, and a bad row alone."""

from datetime import timedelta

import msgspec
import pytest

from integrations.inbox.service import work_off
from tests.factories.dossiers import AUTHORITY, DESK, OFFICE, PROCEDURE, Desks
from tests.factories.partners import Sender

CODE = "H57.01-20261123-0000001"
OTHER = "H57.01-20261123-0000022"


def a_row(code=CODE, **different):
    return {
        "MaHoSo": code,
        "MaTTHC": PROCEDURE,
        "KenhThucHien": "3",
        "HinhThuc": "1",
        "ChuHoSo": "Trần Văn Ân",
        "SoDienThoai": "0912345678",
        "NgayNopHoSo": "20261123080000",
        "TrangThaiHoSo": "1",
        "DanhSachTepDinhKemKhac": [{"TenGiayTo": "Tờ khai", "SoLuong": "1", "LoaiGiayTo": "1"}],
    } | different


def moved(status, at, code=CODE, **different):
    return {
        "MaHoSo": code,
        "TrangThai": str(status),
        "ThoiDiemXuLy": at,
        "NoiDungXuLy": "Cán bộ xử lý",
    } | different


def enveloped(service, *rows, updating="False"):
    return {"session": "", "madonvi": "H57", "service": service, "isUpdating": updating, "data": list(rows)}


@pytest.fixture
async def desks(client, clock):
    return await Desks(client, clock.instant).prepare()


@pytest.fixture
async def agency(client, clock, desks):
    settings = {"authority": AUTHORITY, "office": OFFICE}
    return await Sender.of(client, clock, "mot-cua-hue", "agency", DESK, settings=settings)


class Speaking:
    def __init__(self, agency):
        self.agency = agency

    async def say(self, service, *rows, status=200):
        body = msgspec.json.encode(enveloped(service, *rows))
        answer = await self.agency.client.post(
            f"/api/v1/partners/{self.agency.code}/portal",
            content=body,
            headers={"Content-Type": "application/json", **self.agency.key},
        )
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture
def speak(agency):
    return Speaking(agency).say


async def status_of(desks, code=CODE):
    found = await desks.client.get(f"/api/v1/dossiers/{code}", headers=desks.desk)
    return found.json()["status"]


async def test_a_dossier_and_its_progress_are_taken_once_and_refused_rows_stand_alone(desks, speak, clock):
    clock.advance(timedelta(days=5))
    said = await speak("DongBoHoSoMC", a_row(Moi="x"), a_row(OTHER, SoDienThoai=""), {"TrangThaiHoSo": "1"})
    assert said["error_code"] == "portal.field"
    assert [row["error_code"] for row in said["data"]] == ["0", "portal.field", "portal.no_code"]
    assert said["data"][0]["outcome"] == "registered"
    assert said["data"][0]["unknown_fields"] == ["Moi"]
    assert said["data"][1]["field"] == "SoDienThoai"
    view = (await desks.client.get(f"/api/v1/dossiers/{CODE}", headers=desks.desk)).json()
    assert (view["service_mode"], view["office"], view["status"]) == ("both", OFFICE, 1)
    assert view["applicant"]["name"] == "Trần Văn Ân"
    assert view["registered_at"] == "2026-11-23T01:00:00Z"

    rows = [
        moved(2, "20261123100000", NgayKetThucTheoQuyDinh="20261130170000"),
        moved(4, "20261124090000"),
        moved(9, "20261127160000"),
    ]
    said = await speak("CapNhatTienDoHoSoMC", *rows)
    assert (said["error_code"], [row["outcome"] for row in said["data"]]) == ("0", ["stated"] * 3), said
    view = (await desks.client.get(f"/api/v1/dossiers/{CODE}", headers=desks.desk)).json()
    assert (view["status"], view["due_now"]) == (9, "2026-11-30T10:00:00Z")
    assert [event["kind"] for event in view["events"]] == ["registered", "received", "step_done", "completed"]

    again = await speak("CapNhatTienDoHoSoMC", *reversed(rows))
    assert [row["outcome"] for row in again["data"]] == ["repeated"] * 3
    again = await speak("DongBoHoSoMC", a_row(TrangThaiHoSo="4", NgayTiepNhan="20261123100000"))
    assert again["data"][0]["outcome"] == "repeated"
    stale = await speak("CapNhatTienDoHoSoMC", moved(5, "20261127100000"))
    assert stale["data"][0]["outcome"] == "stale", stale
    assert await status_of(desks) == 9


async def test_a_move_against_the_rule_is_refused_with_both_states(desks, speak, clock):
    clock.advance(timedelta(days=1))
    await speak("DongBoHoSoMC", a_row())
    await speak("CapNhatTienDoHoSoMC", moved(3, "20261123090000"))
    said = await speak("CapNhatTienDoHoSoMC", moved(4, "20261123100000"))
    (row,) = said["data"]
    assert (row["error_code"], row["from"], row["to"]) == ("portal.move_not_allowed", 3, 4)
    assert "3 (Không được tiếp nhận)" in row["message"]
    assert await status_of(desks) == 3


async def test_what_comes_before_what_it_needs_waits_and_is_then_taken(desks, speak, clock):
    clock.advance(timedelta(days=5))
    early = await speak("CapNhatTienDoHoSoMC", moved(2, "20261123100000"))
    assert (early["error_code"], early["state"]) == ("0", "waiting")
    assert early["data"][0]["error_code"] == "inbox.too_early"
    assert (await speak("DongBoHoSoMC", a_row()))["error_code"] == "0"
    await work_off(clock.advance(timedelta(minutes=2)))
    assert await status_of(desks) == 2
    # A step that overtook the one before it.
    gap = await speak("CapNhatTienDoHoSoMC", moved(9, "20261127160000"))
    assert (gap["data"][0]["error_code"], gap["state"]) == ("portal.move_not_allowed", "waiting")
    assert await status_of(desks) == 2
    await speak("CapNhatTienDoHoSoMC", moved(4, "20261124090000"))
    await work_off(clock.advance(timedelta(minutes=2)))
    assert await status_of(desks) == 9


async def test_what_came_too_late_to_count_holds_up_nothing_that_came_with_it(desks, speak, clock):
    clock.advance(timedelta(days=5))
    await speak("DongBoHoSoMC", a_row())
    await speak("CapNhatTienDoHoSoMC", moved(2, "20261123100000"), moved(4, "20261125090000"))
    # The work that was done allows no supplement before it any more, and the case stands where it stood.
    said = await speak("CapNhatTienDoHoSoMC", moved(5, "20261124090000"), moved(9, "20261127160000"))
    assert [row.get("outcome") for row in said["data"]] == ["stale", "stated"], said
    assert await status_of(desks) == 9


async def test_an_answer_and_an_end_wait_for_the_question_and_all_are_taken(desks, speak, clock):
    clock.advance(timedelta(days=5))
    await speak("DongBoHoSoMC", a_row())
    answered = moved(4, "20261125090000", NoiDungXuLy="Đã bổ sung đủ hồ sơ")
    said = await speak(
        "CapNhatTienDoHoSoMC", moved(9, "20261127160000"), answered, moved(2, "20261123100000")
    )
    assert [row.get("outcome") for row in said["data"]] == ["too_early", "too_early", "stated"], said
    await speak("CapNhatTienDoHoSoMC", moved(5, "20261124090000"))
    for _ in range(2):
        await work_off(clock.advance(timedelta(minutes=10)))
    view = (await desks.client.get(f"/api/v1/dossiers/{CODE}", headers=desks.desk)).json()
    assert [event["kind"] for event in view["events"]] == [
        "registered", "received", "supplement_requested", "supplemented", "completed",
    ]  # fmt: skip


async def test_what_the_post_does_not_carry_and_what_is_none_of_theirs_is_refused(
    desks, speak, client, clock
):
    said = await speak("DongBoHoSoMC", a_row(KenhThucHien="1", HinhThuc="0"))
    assert said["data"][0]["error_code"] == "portal.not_by_post"
    foreign = await Sender.of(client, clock, "mot-cua-khac", "agency", "MC-999999", settings={})
    await speak("DongBoHoSoMC", a_row())
    theirs = Speaking(foreign)
    said = await theirs.say("CapNhatTienDoHoSoMC", moved(2, "20261123100000"))
    assert said["data"][0]["error_code"] == "inbox.too_early"
    assert await status_of(desks) == 1
    await speak("LayThuTuc", status=422)
