"""What happened to a case in the fields of CapNhatTienDoHoSoMC, and what such a row says of ours, read back."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from integrations.portal.rules.codes import written
from integrations.portal.rules.fields import PortalProgress
from shipments.dossiers.rules import Case, CaseEvent, CaseKind, Status, course

TEXTS: dict[CaseKind, str] = {
    CaseKind.REGISTERED: "Đăng ký gửi qua bưu chính công ích",
    CaseKind.RECEIVED: "Tiếp nhận hồ sơ",
    CaseKind.SUPPLEMENT_REQUESTED: "Yêu cầu bổ sung, hoàn thiện hồ sơ",
    CaseKind.SUPPLEMENTED: "Đã bổ sung đủ hồ sơ",
    CaseKind.REJECTED: "Từ chối tiếp nhận hồ sơ",
    CaseKind.TRANSFERRED: "Chuyển đơn vị xử lý",
    CaseKind.STEP_DONE: "Hoàn thành bước xử lý",
    CaseKind.FEE_DUE: "Yêu cầu thực hiện nghĩa vụ tài chính",
    CaseKind.FEE_PAID: "Đã thực hiện nghĩa vụ tài chính",
    CaseKind.WITHDRAWAL_REQUESTED: "Công dân yêu cầu rút hồ sơ",
    CaseKind.WITHDRAWN: "Đã rút hồ sơ",
    CaseKind.STOPPED: "Dừng giải quyết hồ sơ",
    CaseKind.EXTENDED: "Xin lỗi và hẹn lại ngày trả kết quả",
    CaseKind.COMPLETED: "Đã có kết quả giải quyết",
    CaseKind.RESULT_AT_DESK: "Kết quả đã về Bộ phận Một cửa",
    CaseKind.CLOSED: "Kết thúc hồ sơ",
}
DELIVERED = "Đã phát kết quả cho người nhận qua bưu chính công ích"
_KINDS = {text: kind for kind, text in TEXTS.items()}
_APOLOGY = re.compile(rf"{TEXTS[CaseKind.EXTENDED]}, văn bản số ([A-Z0-9][A-Z0-9./\-Đ]{{0,39}})")


def told_kind(text: str) -> tuple[CaseKind | None, str | None]:
    """Recognise a sentence of ours, with the number of a letter of apology; another system writes other ones."""
    if apology := _APOLOGY.fullmatch(text):
        return CaseKind.EXTENDED, apology[1]
    kind = _KINDS.get(text)
    return (None, None) if kind is CaseKind.EXTENDED else (kind, None)


def progress_fields(
    code: str,
    events: Iterable[CaseEvent],
    *,
    names: Mapping[str, str],
    delivered_at: datetime | None = None,
    about: frozenset[object] | None = None,
) -> tuple[PortalProgress, ...]:
    """Write the events of a case in order, those `about` alone if that is given, and the delivery of its result.

    Who worked on it (`NguoiXuLy`, `ChucDanh`) is personal data that our ledger does not hold.
    """
    rows, done = [], False
    for event, case in course(events):
        done = case.status in {Status.DONE, Status.RETURNED}
        if about is None or event.id in about:
            rows.append(_row(code, event, case, names))
    if delivered_at is not None and done and (about is None or None in about):
        rows.append(
            PortalProgress(
                ma_ho_so=code,
                thoi_diem_xu_ly=written(delivered_at),
                noi_dung_xu_ly=DELIVERED,
                trang_thai=str(Status.RETURNED.value),
                ngay_bat_dau=written(delivered_at),
            )
        )
    return tuple(rows)


def _row(code: str, event: CaseEvent, case: Case, names: Mapping[str, str]) -> PortalProgress:
    place = event.body.get("unit") or event.organisation or ""
    return PortalProgress(
        ma_ho_so=code,
        thoi_diem_xu_ly=written(event.at),
        phong_ban_xu_ly=names.get(place, place),
        noi_dung_xu_ly=_text(event),
        trang_thai=str(case.status.value),
        ngay_bat_dau=written(event.at),
        ngay_ket_thuc_theo_quy_dinh=written(case.due_now),
    )


def _text(event: CaseEvent) -> str:
    text = TEXTS[event.kind]
    apology = event.body.get("apology")
    return f"{text}, văn bản số {apology}" if event.kind is CaseKind.EXTENDED and apology else text
