"""Facts of a letter into the data of its printed form (Mẫu số 04)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from postal.law.rules import Status
from postal.network.rules import LOCAL
from postal.printing.barcodes import code_128, qr

FINEST_MM = 0.27
ROOM_MM = 90


class Paper(Struct, frozen=True, kw_only=True):
    """What the form is filled with; `addressee` is personal data, and comes here at the moment of printing alone."""

    code: str
    number: str | None
    issuer: Mapping[str, str]
    addressee: str | None
    procedure: str
    received_at: datetime | None
    due: datetime | None
    due_new: datetime | None
    reason: str | None
    text_vi: str
    text_en: str
    signed_at: datetime | None
    draft: bool


def paper_data(paper: Paper, words: Mapping[str, Any], citation: str, status: Status) -> dict[str, Any]:
    """Fill the form; what nobody has said yet is a blank."""
    source = f"Mẫu thử: {citation}" if status is Status.TEST else f"Mẫu: {citation}"
    bars = code_128(paper.code)
    return {
        "title": f"{words['title']} {paper.code}",
        "author": paper.issuer["name"],
        "issuer": dict(paper.issuer),
        "number": paper.number or "……",
        "words": dict(words),
        "footer": f"{paper.code} · {source}",
        "barcode": {"bars": bars, "qr": qr(paper.code), "wide": bars.modules * FINEST_MM > ROOM_MM},
        "day": day(paper.signed_at) if paper.signed_at else "ngày …… tháng …… năm ……",
        "draft": paper.draft,
        "addressee": paper.addressee,
        "facts": [
            ["Mã hồ sơ", paper.code],
            ["Nội dung giải quyết", paper.procedure],
            ["Ngày tiếp nhận", moment(paper.received_at)],
            ["Ngày hẹn trả kết quả", moment(paper.due)],
            ["Lý do chưa giải quyết xong", paper.reason],
        ],
        "text": paper.text_vi,
        "text_en": paper.text_en,
        "new_label": "Ngày hẹn trả kết quả mới",
        "due_new": moment(paper.due_new),
        "sides": [{"role": "", "name": ""}, {"role": "Thủ trưởng cơ quan", "name": ""}],
    }


def day(at: datetime) -> str:
    """Write the local day as papers are dated."""
    local = at.astimezone(LOCAL)
    return f"ngày {local:%d} tháng {local:%m} năm {local:%Y}"


def moment(at: datetime | None) -> str | None:
    """Write a local moment in full, or leave it open."""
    return f"{at.astimezone(LOCAL):%H} giờ {at.astimezone(LOCAL):%M} phút, {day(at)}" if at else None
