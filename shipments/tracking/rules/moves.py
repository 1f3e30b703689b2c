"""Whose move it is, and what the citizen can do now: the first things that somebody looks for on the page."""

from datetime import datetime
from zoneinfo import ZoneInfo

from shipments.tracking.rules.answers import Answer, HolderKind, Stage
from shipments.tracking.sentences import Words

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
WEEKDAYS = (
    Words("thứ Hai", "Monday"),
    Words("thứ Ba", "Tuesday"),
    Words("thứ Tư", "Wednesday"),
    Words("thứ Năm", "Thursday"),
    Words("thứ Sáu", "Friday"),
    Words("thứ Bảy", "Saturday"),
    Words("Chủ nhật", "Sunday"),
)
BRING = Words(
    "Nộp các giấy tờ được đề nghị bổ sung tại bưu cục hoặc Bộ phận Một cửa; kèm theo phiếu yêu cầu bổ sung.",
    "Hand in the papers that were asked for at a post office or at the one-stop desk, with the letter that asks.",
)
PAY = Words(
    "Nộp khoản tiền ghi trong thông báo của cơ quan, rồi giữ biên lai.",
    "Pay what the agency's notice states, and keep the receipt.",
)
COLLECT = Words(
    "Đến bưu cục nhận kết quả; mang theo giấy tờ tùy thân và phiếu gửi, người nhận thay mang thêm giấy ủy quyền.",
    "Collect it at the post office with an identity paper and the slip; a proxy also brings a letter of authority.",
)
AT_HOME = Words(
    "Để sẵn giấy tờ tùy thân và phiếu gửi; người nhận thay cần thêm giấy ủy quyền.",
    "Have an identity paper and the posting slip at hand; a proxy also needs a letter of authority.",
)
HAND_IN = Words("Mang giấy tờ đến bưu cục để gửi.", "Take the papers to a post office.")
WAIT = Words(
    "Không phải làm gì thêm; chúng tôi cập nhật trang này ngay khi có việc mới.",
    "Nothing for now; this page changes as soon as something happens.",
)
COMPLAIN = Words(
    "Đã quá hẹn: ông/bà có quyền phản ánh, khiếu nại và được cơ quan xin lỗi bằng văn bản.",
    "The promise has passed: you may complain, and the agency owes you a written apology.",
)
ASK = Words(
    "Liên hệ bưu cục nơi gửi, mang theo phiếu gửi; ông/bà có quyền khiếu nại và được bồi thường.",
    "Contact the office where it was posted, with the slip; you may complain and be compensated.",
)
RATE = Words("Kiểm tra kết quả và đánh giá sự phục vụ.", "Check the result, and rate our service.")


def moment_words(at: datetime) -> Words:
    """Say an instant with its weekday: `16:30 thứ Ba 25/11/2026`."""
    local = at.astimezone(ZONE)
    weekday = WEEKDAYS[local.weekday()]
    return Words(
        f"{local:%H:%M} {weekday.vi} {local:%d/%m/%Y}", f"{local:%H:%M} {weekday.en} {local:%d/%m/%Y}"
    )


def headline(answer: Answer) -> Words:
    """Say in one sentence where it stands and, while the agency owes a result, by when."""
    said = answer.sentence
    if answer.due is None or answer.overdue or answer.stage not in _OWED or _unsure(answer):
        return said
    due = moment_words(answer.due)
    return Words(f"{said.vi.rstrip('.')}, hạn trả {due.vi}.", f"{said.en.rstrip('.')}, due {due.en}.")


def mover(answer: Answer) -> HolderKind | None:
    """Tell whose move it is; nobody's once everything is handed over."""
    if answer.finished:
        return None
    if answer.waits_for is not None:
        return "citizen"
    if _unsure(answer) or answer.stage in _POSTS:
        return "post"
    return "agency"


def to_do(answer: Answer) -> tuple[Words, ...]:
    """Say what the citizen can do now, the most pressing first; never nothing."""
    pressing = _pressing(answer)
    if not answer.overdue or answer.finished:
        return (pressing,)
    return (COMPLAIN,) if pressing is WAIT else (pressing, COMPLAIN)


def _pressing(answer: Answer) -> Words:
    if answer.finished:
        return RATE
    if answer.lost:
        return ASK
    if answer.waits_for is not None:
        return _WAITED[answer.waits_for]
    if answer.calling:
        return AT_HOME
    return WAIT


def _unsure(answer: Answer) -> bool:
    return answer.contested or answer.undecided or answer.lost


_OWED = frozenset({Stage.AT_AGENCY, Stage.PROCESSING})
_POSTS = frozenset({Stage.ACCEPTED, Stage.TO_AGENCY, Stage.RESULT, Stage.TO_CITIZEN})
_WAITED = {"papers": HAND_IN, "supplement": BRING, "fee": PAY, "pickup": COLLECT}
