"""What rows of other systems ask of a case: read leniently, judged strictly, wherever they come in the order."""

from datetime import timedelta

import msgspec
import pytest

from integrations.portal.rules import (
    DOSSIERS,
    MOVES,
    Fate,
    FieldError,
    Implied,
    PortalDossier,
    PortalProgress,
    answered_well,
    decide,
    event_id,
    fields_of,
    implied,
    implied_by,
    mode_of,
    new_dossier,
    reachable,
    read_instant,
    refusal,
    rows_of,
    service_of,
    told_kind,
    written,
)
from shipments.dossiers.rules import CaseKind, ServiceMode, Status
from tests.factories.portal import CODE, HISTORIES, at, events

BEGUN = HISTORIES["financial-duty"][:2]


def said(status: Status, when: str, kind: CaseKind | None = None) -> Implied:
    return Implied(status=status, at=at(when), kind=kind)


def test_the_moves_are_those_of_the_rule_and_no_others():
    found = {state.value: sorted(each.value for each in after) for state, after in MOVES.items()}
    assert found == {
        1: [2, 3, 7],
        2: [4, 5, 7, 8],
        3: [],
        4: [5, 6, 7, 8, 9],
        5: [2, 4, 7, 8],
        6: [4, 7, 8],
        7: [4],
        8: [],
        9: [10],
        10: [],
    }
    assert reachable(Status.REGISTERED, Status.RETURNED)
    assert not reachable(Status.REJECTED, Status.PROCESSING)


def test_instants_are_of_vietnam_and_seconds_survive():
    assert written(at("2026-11-28T09:12:34")) == "20261128091234"
    assert read_instant("20261128091234") == at("2026-11-28T09:12:34")
    assert read_instant("20261128") == at("2026-11-28T00:00:00")
    assert read_instant("") is None
    for odd in ("2026-11-28", "20261328000000", "2026112809123", "00010101000000", "２０２６１１２８"):
        with pytest.raises(ValueError, match=r".+"):
            read_instant(odd)


def test_what_the_post_carries_is_read_from_channel_and_way_back():
    assert mode_of("3", "1") is ServiceMode.BOTH
    assert mode_of("3", "0") is ServiceMode.SUBMIT
    assert mode_of("1", "1") is ServiceMode.RETURN
    assert mode_of("2", "0") is None


def test_rows_come_in_an_envelope_in_a_list_or_alone():
    row = {"MaHoSo": CODE}
    enveloped = {"session": "x", "madonvi": "G", "service": DOSSIERS, "isUpdating": "True", "data": [row]}
    for body in (enveloped, [row], row):
        assert rows_of(msgspec.json.encode(body), "portal.dossiers") == [row]
    assert service_of(msgspec.json.encode(enveloped)) == "portal.dossiers"
    for raw, code in (
        (b"{", "portal.not_json"),
        (msgspec.json.encode(enveloped | {"service": "LayThuTuc"}), "portal.service"),
        (msgspec.json.encode([row] * 1_001), "portal.too_many_rows"),
        (b"[" * 100_000, "portal.not_json"),
    ):
        with pytest.raises(FieldError) as refused:
            rows_of(raw, "portal.dossiers")
        assert refused.value.code == code


def test_fields_that_we_do_not_know_are_listed_and_numbers_are_read_as_texts():
    row = {
        "MaHoSo": CODE,
        "TrangThaiHoSo": 2,
        "Fax": None,
        "DuocThanhToanTrucTuyen": True,
        "MaMoi": "x",
        "TaiLieuNop": [{"TenTepDinhKem": " Đơn ", "Moi2": {}}],
        "DanhSachLePhi": None,
        "<b>": 1,
    }
    read, unknown = fields_of(PortalDossier, row)
    assert (read.trang_thai_ho_so, read.fax, read.duoc_thanh_toan_truc_tuyen) == ("2", "", "1")
    assert read.tai_lieu_nop[0].ten_tep_dinh_kem == "Đơn"
    assert unknown == ("MaMoi", "?b?", "TaiLieuNop[].Moi2")
    for odd in (
        {"Email": {}},
        {"TaiLieuNop": "x"},
        {"TaiLieuNop": [1]},
        {"ChuHoSo": "a\x00"},
        {"Fax": "1" * 5_000},
    ):
        with pytest.raises(FieldError):
            fields_of(PortalDossier, odd)
    with pytest.raises(FieldError):
        fields_of(PortalDossier, "x")


def test_a_reply_is_good_with_its_code_alone_and_its_text_is_not_kept():
    assert answered_well({"error_code": "0"}) == (True, "0")
    assert answered_well({"error_code": "00", "message": "ok"}) == (True, "00")
    assert answered_well({"error_code": 0}) == (True, "0")
    assert answered_well({"error_code": "07", "message": "ChuHoSo Nguyễn"}) == (False, "portal.answered.07")
    assert answered_well({"error_code": "lỗi <b>" * 40})[1].isascii()
    for odd in (None, [], {}, {"error_code": None}, {"error_code": True}, "0"):
        assert answered_well(odd) == (False, "portal.no_error_code")


def test_a_dossier_is_asked_to_be_registered_as_the_api_would_be_asked():
    row, _ = fields_of(
        PortalDossier,
        {
            "MaHoSo": CODE,
            "MaTTHC": "1.004873",
            "KenhThucHien": "3",
            "HinhThuc": "1",
            "ChuHoSo": "An",
            "SoDienThoai": "0912345678",
            "NgayNopHoSo": "20261123080000",
            "SoDinhDanh": "abc1",
            "TaiLieuNop": [{"TenTepDinhKem": "Đơn"}, {"TenTepDinhKem": "Bỏ", "IsDeleted": "True"}],
            "DanhSachTepDinhKemKhac": [{"TenGiayTo": "Sổ", "SoLuong": "2", "LoaiGiayTo": "0"}],
        },
    )
    asked = new_dossier(row, authority="H57.01", desk="MC-HUE", office="BC-530000")
    assert asked == {
        "code": CODE,
        "procedure": "1.004873",
        "authority": "H57.01",
        "desk": "MC-HUE",
        "office": "BC-530000",
        "service_mode": "both",
        "registered_at": "2026-11-23T01:00:00+00:00",
        "applicant": {"name": "An", "phone": "0912345678", "identity_number": "ABC1"},
        "lines": [{"name": "Đơn", "form": "electronic"}, {"name": "Sổ", "form": "original", "copies": 2}],
    }


def test_a_row_tells_the_states_that_it_has_instants_for():
    row, _ = fields_of(
        PortalDossier,
        {
            "MaHoSo": CODE,
            "TrangThaiHoSo": "9",
            "NgayTiepNhan": "20261123100000",
            "NgayHenTra": "20261130170000",
            "NgayYeuCauBoSung": "20261124090000",
            "NgayCongDanBoSung": "20261125090000",
            "NgayKetThucXuLy": "20261127160000",
            "NgayTra": "",
        },
    )
    assert [(each.status.value, written(each.at)) for each in implied(row)] == [
        (2, "20261123100000"),
        (5, "20261124090000"),
        (4, "20261125090000"),
        (9, "20261127160000"),
    ]
    with pytest.raises(FieldError):
        implied(PortalDossier(trang_thai_ho_so="11"))
    with pytest.raises(FieldError):
        implied_by(PortalProgress(trang_thai="4"))


def test_a_move_by_the_rule_is_stated_and_the_same_row_again_is_repeated():
    wanted = said(Status.PROCESSING, "2026-11-24T09:00:00")
    decided = decide(CODE, BEGUN, wanted, told=Status.RECEIVED)
    assert (decided.fate, decided.kind, decided.before) == (Fate.STATE, CaseKind.STEP_DONE, Status.RECEIVED)
    after = [
        *BEGUN,
        msgspec.structs.replace(BEGUN[0], id=event_id(CODE, wanted), kind=CaseKind.STEP_DONE, at=wanted.at),
    ]
    assert decide(CODE, after, wanted, told=Status.PROCESSING).fate is Fate.REPEATED


def test_a_gap_waits_and_a_move_against_the_rule_is_refused_with_both_states():
    early = decide(CODE, BEGUN, said(Status.DONE, "2026-11-27T09:00:00"), told=Status.RECEIVED)
    assert (early.fate, early.before) == (Fate.TOO_EARLY, Status.RECEIVED)
    over = events(("registered", "2026-11-23T08:00:00"), ("rejected", "2026-11-23T09:00:00"))
    refused = decide(CODE, over, said(Status.PROCESSING, "2026-11-24T09:00:00"), told=Status.REJECTED)
    assert refused.fate is Fate.REFUSED
    vi, en = refusal(refused.before, Status.PROCESSING)
    assert "3 (Không được tiếp nhận)" in vi
    assert "4 (Đang xử lý)" in vi
    assert "State 3" in en


def test_an_answer_that_overtook_its_question_waits_for_it():
    answer = said(Status.PROCESSING, "2026-11-25T09:00:00", CaseKind.SUPPLEMENTED)
    assert decide(CODE, BEGUN, answer, told=Status.RECEIVED).fate is Fate.TOO_EARLY
    worked = HISTORIES["financial-duty"][:3]
    paid = said(Status.PROCESSING, "2026-11-26T09:00:00", CaseKind.FEE_PAID)
    assert decide(CODE, worked, paid, told=Status.PROCESSING).fate is Fate.TOO_EARLY
    asked = HISTORIES["supplement"][:3]
    assert decide(CODE, asked, answer, told=Status.SUPPLEMENT).kind is CaseKind.SUPPLEMENTED


def test_an_older_state_never_takes_a_newer_one_away():
    history = HISTORIES["completed-by-post"]
    for state in (Status.RECEIVED, Status.PROCESSING, Status.SUPPLEMENT, Status.REJECTED):
        decided = decide(CODE, history, said(state, "2026-11-26T09:00:00"), told=Status.DONE)
        assert decided.fate in {Fate.STATE, Fate.STALE, Fate.UNCHANGED}
        if decided.fate is Fate.STATE:
            assert decided.at is not None
            assert decided.at < history[-1].at
    again = decide(CODE, history, said(Status.DONE, "2026-11-28T09:00:00"), told=Status.DONE)
    assert again.fate is Fate.UNCHANGED
    echo = decide(CODE, history, said(Status.RETURNED, "2026-11-28T10:00:00"), told=Status.RETURNED)
    assert echo.fate is Fate.UNCHANGED


def test_what_is_told_of_the_second_of_our_last_event_comes_after_it():
    half = [*BEGUN[:1], msgspec.structs.replace(BEGUN[1], at=BEGUN[1].at + timedelta(milliseconds=500))]
    decided = decide(CODE, half, said(Status.PROCESSING, "2026-11-23T10:00:00"), told=Status.RECEIVED)
    assert decided.fate is Fate.STATE
    assert decided.at == half[1].at


def test_our_own_sentences_are_recognised_and_those_of_others_are_not():
    assert told_kind("Xin lỗi và hẹn lại ngày trả kết quả, văn bản số 12/XL") == (CaseKind.EXTENDED, "12/XL")
    assert told_kind("Đã rút hồ sơ") == (CaseKind.WITHDRAWN, None)
    assert told_kind("Xin lỗi và hẹn lại ngày trả kết quả") == (None, None)
    assert told_kind("Trình lãnh đạo ký") == (None, None)
