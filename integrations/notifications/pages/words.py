"""The words of notices' pages."""

KINDS: dict[str, tuple[str, str]] = {
    "confirm": ("Thư xác nhận", "Confirmation"),
    "due": ("Hẹn trả kết quả", "The date"),
    "moved": ("Ngày hẹn đã đổi", "The date moved"),
    "apology": ("Xin lỗi, hẹn lại", "Apology, new date"),
    "letter": ("Văn bản xin lỗi", "Letter of apology"),
    "supplement": ("Đề nghị bổ sung", "Papers asked for"),
    "result": ("Có kết quả", "Result ready"),
    "out_for_delivery": ("Bưu tá đi phát", "Out for delivery"),
    "attempt_failed": ("Phát chưa thành công", "Delivery failed"),
    "desk": ("Việc cần xử lý", "What is to be dealt with"),
}
STATES: dict[str, tuple[str, str, str]] = {
    "waiting": ("Chờ gửi", "Waiting", "warn"),
    "sending": ("Đang gửi", "Being sent", "warn"),
    "sent": ("Đã gửi", "Sent", "good"),
    "delivered": ("Đã đến máy người nhận", "Delivered", "good"),
    "failed": ("Không gửi được", "Could not be sent", "bad"),
    "withdrawn": ("Đã hủy", "Withdrawn", ""),
    "expired": ("Quá hạn, không gửi nữa", "Too late to be sent", "bad"),
}
OUTCOMES: dict[str, tuple[str, str]] = {
    "sent": ("bên nhận đã nhận", "taken by the other side"),
    "later": ("bên nhận hẹn thử lại", "to be tried again"),
    "refused": ("bên nhận từ chối", "refused"),
    "unknown": ("không rõ đã đến hay chưa", "nobody knows whether it arrived"),
}
SUBSCRIPTIONS: dict[str, tuple[str, str, str]] = {
    "pending": ("Chờ xác nhận qua thư", "To be confirmed by mail", "warn"),
    "active": ("Đang nhận tin", "Is told", "good"),
}
