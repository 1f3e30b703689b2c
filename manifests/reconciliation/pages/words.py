"""What classes, reasons and deeds are called on pages, in both languages."""

from manifests.reconciliation.rules import LineClass

CLASS_WORDS: dict[LineClass, tuple[str, str]] = {
    LineClass.CONTESTED: ("Tranh chấp", "Contested"),
    LineClass.MISROUTED: ("Lạc tuyến", "Misrouted"),
    LineClass.EXTRA: ("Thừa", "Extra"),
    LineClass.DAMAGED: ("Hư hỏng", "Damaged"),
    LineClass.MATCHED: ("Khớp", "Matched"),
    LineClass.UNVERIFIED: ("Chưa kiểm từng cái", "Unverified"),
    LineClass.AWAITING_DEVICE: ("Chờ máy quét", "Awaiting a device"),
    LineClass.MISSING: ("Thiếu", "Missing"),
}

TONES = {LineClass.MATCHED: "good", LineClass.UNVERIFIED: "warn", LineClass.AWAITING_DEVICE: "warn"}

REASON_WORDS: dict[str, tuple[str, str]] = {
    "unseen": ("bên nhận không quét thấy", "the receiver did not see it"),
    "not_arrived": ("bên nhận chưa quét gì", "the receiver has scanned nothing yet"),
    "not_offered": ("bên giao không quét giao", "the giver did not hand it out"),
    "refused": ("bên nhận từ chối", "refused by the receiver"),
    "lost": ("đã báo mất", "reported lost"),
    "waiting_limit_over": ("máy quét im lặng quá hạn chờ", "a device stayed silent past the limit"),
    "barcode": ("chỉ nhận theo mã túi hoặc bảng kê", "accepted by bag or manifest barcode only"),
    "damaged": ("hư hỏng", "damaged"),
    "opened": ("bị mở", "opened"),
    "seal_broken": ("vỡ niêm phong", "seal broken"),
    "seal_differs": ("số niêm phong khác lúc đóng", "another seal than it was closed with"),
    "seal_missing": ("mất niêm phong", "the seal is missing"),
    "third_party": ("đơn vị khác đã nhận", "another party has taken it in"),
    "other_manifest": ("thuộc bảng kê khác", "belongs to another manifest"),
    "other_destination": ("gửi đi nơi khác", "bound for elsewhere"),
    "not_listed": ("không có trong bảng kê", "not on the list"),
    "claims": ("hai bên cùng nhận giữ", "two parties claim it"),
    "contradicted": (
        "lượt quét đến muộn trái với cách đã giải quyết",
        "a late scan contradicts how it was settled",
    ),
}

SCAN_WORDS: dict[str, tuple[str, str]] = {
    "accept": ("nhận của dân", "accepted"),
    "offer": ("giao", "offered"),
    "receive": ("nhận", "received"),
    "refuse": ("từ chối", "refused"),
    "pack": ("đóng túi", "packed"),
    "unpack": ("mở túi lấy ra", "unpacked"),
    "depart": ("chuyển đi", "departed"),
    "arrive": ("đến nơi", "arrived"),
    "out_for_delivery": ("đi phát", "out for delivery"),
    "attempt_failed": ("phát không được", "attempt failed"),
    "hold": ("lưu giữ", "held"),
    "deliver": ("phát", "delivered"),
    "return": ("chuyển hoàn", "returned"),
    "recall": ("rút lại", "recalled"),
    "redirect": ("đổi địa chỉ", "redirected"),
    "recover": ("thu hồi giấy tờ", "recovered papers"),
    "report": ("báo sự cố", "reported"),
}

DEED_WORDS: dict[str, tuple[str, str]] = {
    "opened": ("Mở vụ việc", "Opened"),
    "assigned": ("Giao xử lý", "Assigned"),
    "evidence": ("Bổ sung chứng cứ", "Evidence added"),
    "resolved": ("Giải quyết", "Resolved"),
    "reopened": ("Mở lại", "Reopened"),
}
