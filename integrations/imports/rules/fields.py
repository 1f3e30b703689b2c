"""The fields of each kind of file: what their columns are called, and what may stand in them."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from integrations.imports.rules.model import Kind
from shipments.dossiers.rules import CaseKind

Holds = Literal["text", "code", "moment", "promise", "choice", "numbers", "papers", "phone", "truth"]


class Field(Struct, frozen=True, kw_only=True):
    """A field of ours: its headings, Vietnamese first, an example, and the words for each of its codes."""

    name: str
    headings: tuple[str, ...]
    holds: Holds = "text"
    required: bool = False
    example: str = ""
    words: Mapping[str, tuple[str, ...]] = {}


SERVICE = {
    "submit": ("Gửi hồ sơ", "Nộp hồ sơ", "Submit"),
    "return": ("Trả kết quả", "Nhận kết quả", "Return"),
    "both": ("Gửi hồ sơ và trả kết quả", "Cả hai", "Hai chiều", "Both"),
}
CHANNELS = {
    "direct": ("Trực tiếp", "Direct"),
    "online": ("Trực tuyến", "Online"),
    "post": ("Bưu chính", "Qua bưu chính", "Post"),
}
CONSENTS = {
    "signed": ("Ký trên phiếu", "Signed"),
    "spoken": ("Nói tại quầy", "Spoken"),
    "online": ("Đồng ý trực tuyến", "Online"),
}
TRUTHS = {"true": ("Có", "x", "1", "Yes"), "false": ("Không", "0", "No")}
EVENTS = {
    CaseKind.RECEIVED.value: ("Tiếp nhận", "Đã tiếp nhận"),
    CaseKind.SUPPLEMENT_REQUESTED.value: ("Yêu cầu bổ sung",),
    CaseKind.SUPPLEMENTED.value: ("Đã bổ sung",),
    CaseKind.REJECTED.value: ("Từ chối tiếp nhận", "Không được tiếp nhận"),
    CaseKind.TRANSFERRED.value: ("Chuyển xử lý", "Đang xử lý"),
    CaseKind.STEP_DONE.value: ("Xong bước",),
    CaseKind.FEE_DUE.value: ("Yêu cầu nộp phí",),
    CaseKind.FEE_PAID.value: ("Đã nộp phí",),
    CaseKind.WITHDRAWAL_REQUESTED.value: ("Công dân xin rút",),
    CaseKind.WITHDRAWN.value: ("Đã rút hồ sơ",),
    CaseKind.STOPPED.value: ("Dừng xử lý",),
    CaseKind.EXTENDED.value: ("Gia hạn", "Hẹn lại"),
    CaseKind.COMPLETED.value: ("Có kết quả", "Đã xử lý xong"),
    CaseKind.RESULT_AT_DESK.value: ("Kết quả tại Một cửa",),
    CaseKind.CLOSED.value: ("Kết thúc", "Đã trả kết quả"),
}

CODE = Field(
    name="code",
    headings=("Mã hồ sơ", "Dossier code", "Số hồ sơ"),
    holds="code",
    required=True,
    example="H57.01-20261123-0000001",
)
FIELDS: dict[Kind, tuple[Field, ...]] = {
    Kind.DOSSIERS: (
        CODE,
        Field(
            name="procedure",
            headings=("Mã thủ tục", "Procedure code", "Mã TTHC"),
            holds="code",
            required=True,
            example="1.004873",
        ),
        Field(
            name="authority",
            headings=("Mã cơ quan giải quyết", "Authority code", "Mã cơ quan"),
            holds="code",
            required=True,
            example="H57.01",
        ),
        Field(
            name="desk",
            headings=("Mã Bộ phận Một cửa", "Desk code", "Mã Một cửa"),
            holds="code",
            required=True,
            example="MC-HUE",
        ),
        Field(
            name="office",
            headings=("Mã bưu cục", "Post office code"),
            holds="code",
            example="BC-530000",
        ),
        Field(
            name="service_mode",
            headings=("Hình thức bưu chính", "Service mode", "Hình thức phục vụ"),
            holds="choice",
            required=True,
            example="Cả hai",
            words=SERVICE,
        ),
        Field(
            name="registered_at",
            headings=("Ngày đăng ký", "Registered at", "Ngày nộp"),
            holds="moment",
            example="23/11/2026 08:30",
        ),
        Field(name="channel", headings=("Cách nộp", "Channel"), holds="choice", words=CHANNELS),
        Field(name="consent", headings=("Cách đồng ý", "Consent"), holds="choice", words=CONSENTS),
        Field(
            name="applicant.name",
            headings=("Họ tên người nộp", "Applicant name", "Chủ hồ sơ"),
            required=True,
            example="Nguyễn Thị Mẫu",
        ),
        Field(
            name="applicant.phone",
            headings=("Số điện thoại", "Phone", "Điện thoại"),
            holds="phone",
            required=True,
            example="0912 345 678",
        ),
        Field(name="applicant.address", headings=("Địa chỉ", "Address"), example="12 Lê Lợi, Huế"),
        Field(name="applicant.email", headings=("Thư điện tử", "E-mail")),
        Field(name="applicant.identity_type", headings=("Loại giấy tờ tùy thân", "Identity type")),
        Field(
            name="applicant.identity_number",
            headings=("Số giấy tờ tùy thân", "Identity number", "Số CCCD"),
            holds="phone",
        ),
        Field(
            name="originals",
            headings=("Bản chính phải trả lại", "Originals to return"),
            holds="papers",
            example="Giấy chứng nhận; Sổ đỏ",
        ),
        Field(name="copies", headings=("Bản sao", "Copies"), holds="papers", example="Tờ khai"),
    ),
    Kind.EVENTS: (
        CODE,
        Field(
            name="kind",
            headings=("Sự kiện", "Event", "Trạng thái"),
            holds="choice",
            required=True,
            example="Tiếp nhận",
            words=EVENTS,
        ),
        Field(
            name="occurred_at",
            headings=("Thời điểm", "Occurred at", "Ngày thực hiện"),
            holds="moment",
            required=True,
            example="23/11/2026 08:30",
        ),
        Field(
            name="due",
            headings=("Ngày hẹn trả", "Due", "Hẹn trả kết quả"),
            holds="promise",
            example="30/11/2026",
        ),
        Field(name="reason", headings=("Mã lý do", "Reason code")),
        Field(name="apology", headings=("Số văn bản xin lỗi", "Apology number"), holds="code"),
        Field(name="unit", headings=("Mã đơn vị xử lý", "Unit code"), holds="code"),
        Field(name="step", headings=("Bước", "Step")),
        Field(name="items", headings=("Số mục cần bổ sung", "Items"), holds="numbers"),
        Field(name="override", headings=("Lãnh đạo cho phép", "Override"), holds="truth", words=TRUTHS),
        Field(name="decision", headings=("Số văn bản cho phép", "Decision"), holds="code"),
    ),
    Kind.RESULTS: (
        CODE,
        Field(
            name="completed_at",
            headings=("Ngày có kết quả", "Completed at"),
            holds="moment",
            example="30/11/2026 15:00",
        ),
        Field(
            name="result_at_desk_at",
            headings=("Ngày kết quả tại Một cửa", "Result at desk at"),
            holds="moment",
            example="30/11/2026 16:00",
        ),
    ),
}


def folded(text: str) -> str:
    """Fold a heading or a word as people vary it: case, diacritics, composition, spaces and signs."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return re.sub(r"[^a-z0-9]", "", plain.casefold())


def field_of(kind: Kind, name: str) -> Field | None:
    """Find a field of a kind by its name."""
    return next((each for each in FIELDS[kind] if each.name == name), None)
