"""Codes that only a station knows, and what their paper says; `codes.js` has the same, and a test holds both equal."""

from msgspec import Struct

Pair = tuple[str, str]

COMMANDS: dict[str, str] = {
    "LNH-NHN": "receive",
    "LNH-MTK": "open",
    "LNH-CHT": "load",
    "LNH-PHT": "deliver",
    "LNH-KMK": "count",
    "LNH-BQC": "undo",
    "LNH-KTT": "finish",
    "LNH-HNG": "damaged",
    "LNH-BMK": "opened",
    "LNH-NPV": "seal_broken",
}
"""Letters that neither Telex nor VNI changes: no vowels, no D, W, nor the keys of tones."""

COMMAND_WORDS: dict[str, Pair] = {
    "receive": ("Nhận", "Receive"),
    "open": ("Mở túi", "Open a bag"),
    "load": ("Xếp lên xe", "Load"),
    "deliver": ("Phát", "Deliver"),
    "count": ("Kiểm kê", "Count"),
    "undo": ("Bỏ lượt quét cuối", "Take back the last scan"),
    "finish": ("Xong việc này", "Finish this work"),
    "damaged": ("Lượt sau: hư hỏng", "Next one: damaged"),
    "opened": ("Lượt sau: bị mở", "Next one: opened"),
    "seal_broken": ("Lượt sau: niêm phong vỡ", "Next one: seal broken"),
}

PLACE_PREFIX = "VT."
"""Before an organisation's code: the label of a place."""

TEST_CODE = "THU.DDAW-A1O6-0123456789\x1dQ"
"""What an input method, a layout or a wrong case makes of it tells which is on; GS stands before the Q."""


class Setting(Struct, frozen=True):
    """One thing to set on a scanner: what, how, and why."""

    what: Pair
    how: Pair
    why: Pair


SETTINGS: tuple[Setting, ...] = (
    Setting(
        ("Kiểu kết nối", "Connection"),
        ("Bàn phím USB (USB-HID), không phải cổng COM", "USB keyboard (HID), not a serial port"),
        ("Trình duyệt chỉ thấy máy quét gõ như bàn phím", "The browser sees a scanner only if it types"),
    ),
    Setting(
        ("Ký tự kết thúc", "Terminator"),
        ("Enter (CR) sau mỗi mã", "Enter (CR) after each code"),
        (
            "Trả lời ngay; không có thì phải chờ thêm 0,25 giây",
            "Answers at once; without it each scan waits 0.25 s",
        ),
    ),
    Setting(
        ("Quốc gia bàn phím", "Keyboard country"),
        ("Tiếng Anh, Hoa Kỳ (US)", "English, United States (US)"),
        (
            "Bàn phím nước khác đổi chỗ chữ, số và dấu",
            "Other layouts have letters, digits and signs elsewhere",
        ),
    ),
    Setting(
        ("Chữ hoa, chữ thường", "Case"),
        ("Giữ nguyên, không đảo", "As it is, not inverted"),
        ("Mã của hệ thống luôn viết hoa", "Our codes are always capitals"),
    ),
    Setting(
        ("Độ trễ giữa các ký tự", "Delay between characters"),
        ("0 đến 10 ms; tăng dần nếu mất ký tự", "0 to 10 ms; raise it if characters get lost"),
        (
            "Chậm hơn 30 ms thì giống người gõ và không được nhận",
            "Slower than 30 ms looks like a person and is not taken",
        ),
    ),
    Setting(
        ("Tiền tố, hậu tố", "Prefix, suffix"),
        ("Không đặt; mã AIM (]C0, ]Q1) thì được", "None; an AIM id (]C0, ]Q1) is fine"),
        ("Chữ thêm vào làm sai mã", "Other additions spoil the code"),
    ),
    Setting(
        ("Loại mã được đọc", "Kinds of codes"),
        ("Bật Code 128 và QR; tắt các loại khác", "Code 128 and QR on; all others off"),
        ("Đọc nhanh hơn, không đọc nhầm mã của hàng hoá", "Faster, and no codes of goods by mistake"),
    ),
    Setting(
        ("Đọc lặp", "Reading again"),
        (
            "Tắt đọc liên tục cùng một mã, hoặc chờ ít nhất 1 giây",
            "Off for the same code, or at least 1 s apart",
        ),
        ("Bóp cò một lần là một lượt quét", "One pull of the trigger is one scan"),
    ),
    Setting(
        ("Bộ gõ trên máy tính", "Input method of the computer"),
        (
            "Tắt: Unikey, EVKey chuyển sang E; bàn phím Windows chọn ENG",
            "Off: Unikey, EVKey to E; Windows keyboard to ENG",
        ),
        (
            "Telex và VNI đổi DD thành Đ, AW thành Ă, A1 thành Á",
            "Telex and VNI turn DD into Đ, AW into Ă, A1 into Á",
        ),
    ),
)
