"""What is counted of dossiers: every figure is made of these, and each leads to the dossiers behind it."""

from enum import StrEnum


class Basis(StrEnum):
    """From which statement a measure comes."""

    SETTLED = "settled"
    """Dossiers that agencies had in settlement."""
    CARRIED = "carried"
    """Dossiers that the post accepted, handed over or brought home."""


SETTLED: dict[str, tuple[str, str]] = {
    "handled": ("Hồ sơ phải giải quyết trong kỳ", "Dossiers in settlement in the period"),
    "received": ("Hồ sơ tiếp nhận mới trong kỳ", "Dossiers received in the period"),
    "carried": ("Hồ sơ từ kỳ trước chuyển qua", "Dossiers carried over"),
    "done": ("Hồ sơ đã giải quyết", "Dossiers settled"),
    "done_on_time": ("Đã giải quyết đúng hạn, trước hạn", "Settled on time or early"),
    "done_late": ("Đã giải quyết quá hạn", "Settled late"),
    "open": ("Hồ sơ đang giải quyết", "Dossiers still open"),
    "open_on_time": ("Đang giải quyết, trong hạn", "Open and in time"),
    "open_late": ("Đang giải quyết, quá hạn", "Open and overdue"),
    "judged": ("Hồ sơ tính chỉ số đúng hạn", "Dossiers judged by the on-time indicator"),
    "on_time": ("Hồ sơ đúng hạn theo QĐ 766", "On time by Decision 766"),
    "late": ("Hồ sơ quá hạn theo QĐ 766", "Overdue by Decision 766"),
    "undecided": ("Chưa kết luận được do sai số đồng hồ", "Undecided: a clock's uncertainty could turn it"),
    "by_post": ("Tiếp nhận qua bưu chính công ích", "Received over the public post"),
    "online": ("Tiếp nhận trực tuyến", "Received online"),
    "result_by_post": ("Đăng ký nhận kết quả qua bưu chính", "Result to go home by post"),
    "supplemented": ("Có yêu cầu bổ sung", "With a request for supplement"),
    "supplemented_again": ("Yêu cầu bổ sung quá 01 lần", "With more than one request for supplement"),
    "apologised": ("Đã có văn bản xin lỗi", "With a letter of apology"),
    "unapologised": ("Quá hạn chưa xin lỗi", "Overdue without apology"),
    "paid": ("Có thu phí, lệ phí, cước", "With a payment"),
    "paid_online": ("Thanh toán trực tuyến", "Paid online"),
    "completed": ("Đã có kết quả trong kỳ", "Completed with a result"),
    "result_file": ("Có kết quả điện tử", "With an electronic result"),
    "digitised": ("Số hóa thành phần hồ sơ và kết quả", "Papers and result digitised"),
    "rated": ("Có đánh giá của người dân", "Rated by the citizen"),
    "satisfied": ("Đánh giá hài lòng", "Rated satisfied"),
    "complained": ("Có phản ánh, kiến nghị hoặc không hài lòng", "With a petition or dislike"),
    "synchronised": ("Đã đồng bộ lên Cổng Dịch vụ công quốc gia", "Synchronised to the national portal"),
}

CARRIED: dict[str, tuple[str, str]] = {
    "accepted": ("Hồ sơ nhận gửi", "Dossiers accepted from citizens"),
    "handed_over": ("Hồ sơ đã giao cơ quan", "Dossiers handed over to agencies"),
    "handed_over_judged": ("Hồ sơ đã giao có hạn toàn trình", "Handed over, with a transit limit"),
    "handed_over_on_time": ("Hồ sơ giao đúng thời gian toàn trình", "Handed over within the transit limit"),
    "taken_home": ("Kết quả nhận để chuyển trả", "Results collected"),
    "delivered": ("Kết quả đã phát", "Results delivered"),
    "delivered_judged": ("Kết quả đã phát có hạn toàn trình", "Delivered, with a transit limit"),
    "delivered_on_time": ("Kết quả phát đúng thời gian toàn trình", "Delivered within the transit limit"),
}

MEASURES: dict[str, tuple[str, str]] = SETTLED | CARRIED


def basis_of(measure: str) -> Basis:
    """Tell from which statement a measure comes."""
    return Basis.SETTLED if measure in SETTLED else Basis.CARRIED
