"""The law in a reader's words."""

from typing import Any

from postal.law.rules import Status, Zone, is_withdrawn
from postal.web.rendering import day

STATUSES: dict[str, tuple[str, str, str]] = {
    Status.FOUND: ("Theo văn bản", "Found in the text", "good"),
    Status.CONFIGURED: ("Cấu hình, chưa phải quy định", "Configured, not a regulation", "warn"),
    Status.TEST: ("Dữ liệu thử", "Test data", "bad"),
}
UNITS: dict[str, tuple[str, str]] = {
    "gio": ("giờ", "hours"),
    "gio_lam_viec": ("giờ làm việc", "working hours"),
    "ngay": ("ngày", "days"),
    "ngay_lam_viec": ("ngày làm việc", "working days"),
    "thang": ("tháng", "months"),
}
CONVENTIONS: dict[str, tuple[str, str]] = {
    "end_of_day": ("đến hết giờ làm việc của ngày cuối", "to closing time of the last day"),
    "same_hour": ("đến cùng giờ của ngày cuối", "to the same hour of the last day"),
}
READINGS: dict[str, tuple[str, str]] = {
    "handover": ("ký biên bản giao nhận", "the handover record is signed"),
    "complete": ("hồ sơ đã đủ", "the dossier is complete"),
    "slip": ("thời điểm trên Giấy tiếp nhận", "the moment on the receipt slip"),
    "authority": ("cơ quan có thẩm quyền nhận được", "the authority receives it"),
}
FORMS: dict[str, tuple[str, str]] = {
    "original": ("bản chính", "original"),
    "copy": ("bản sao", "copy"),
    "electronic": ("bản điện tử", "electronic"),
}
ZONES: dict[str, tuple[str, str]] = {
    Zone.INNER: ("Trong cùng xã, phường", "Within one commune"),
    Zone.INTER: ("Nội tỉnh", "Within one province"),
    Zone.METROPOLITAN: ("Liên tỉnh, giữa các đô thị lớn", "Between provinces, large cities"),
    Zone.INTERPROVINCE: ("Liên tỉnh", "Between provinces"),
}
KINDS: dict[str, tuple[str, str]] = {
    "desk": ("Bộ phận Một cửa", "One-stop desk"),
    "unit": ("Đơn vị chuyên môn", "Specialist unit"),
    "authority": ("Cơ quan giải quyết", "Authority"),
    "ministry": ("Bộ, ngành", "Ministry"),
    "post_office": ("Bưu cục", "Post office"),
}
ACTIONS: dict[str, tuple[str, str]] = {
    "added": ("thêm mới", "added"),
    "replaced": ("thay thế", "replaced"),
    "ended": ("chấm dứt hiệu lực", "ended"),
    "withdrawn": ("đã thu hồi", "withdrawn"),
}
SUBJECTS: dict[str, tuple[str, str]] = {
    "procedure": ("Thủ tục", "Procedure"),
    "constant": ("Hằng số", "Constant"),
    "transit": ("Chỉ tiêu J+n", "Transit standard"),
    "list": ("Danh mục", "List"),
    "pattern": ("Mẫu mã hồ sơ", "Code pattern"),
}

WORDS: dict[str, Any] = {
    "statuses": STATUSES,
    "units": UNITS,
    "conventions": CONVENTIONS,
    "readings": READINGS,
    "forms": FORMS,
    "zones": ZONES,
    "kinds": KINDS,
    "actions": ACTIONS,
    "subjects": SUBJECTS,
    "money": lambda amount: f"{amount:,}".replace(",", ".") + " đ",
    "span": lambda rule: f"{day(rule.valid_from)} – {day(rule.valid_to) if rule.valid_to else '…'}",
    "withdrawn": is_withdrawn,
    "upcoming": (),
    "withdrawing": None,
}
"""What every template of the law may ask for."""
