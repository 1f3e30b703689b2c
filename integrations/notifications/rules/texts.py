"""The words of notices in both languages: nothing about a person, nothing that tells the kind of case."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from integrations.notifications.rules.facts import Kind
from integrations.notifications.rules.staff import STAFF_KINDS
from shipments.tracking.rules import moment_words


class Text(Struct, frozen=True, kw_only=True):
    """A notice in one language."""

    subject: str
    body: str


_SAID: dict[Kind, tuple[tuple[str, str], tuple[str, str]]] = {
    Kind.CONFIRM: (
        ("Xác nhận nhận tin báo về hồ sơ", "Confirm that you want to be told"),
        (
            (
                "Có người dùng phiếu gửi của hồ sơ này đăng ký gửi tin báo đến địa chỉ của ông/bà. "
                "Nếu đúng, hãy mở đường dẫn dưới đây và bấm nút xác nhận. Nếu không phải, xin bỏ qua thư này."
            ),
            (
                "Somebody with the slip of this dossier asked us to send news to your address. "
                "If that was you, open the link below and press the button. If not, ignore this message."
            ),
        ),
    ),
    Kind.DUE: (
        ("Hồ sơ đã được tiếp nhận", "The dossier was registered"),
        (
            "Cơ quan đã tiếp nhận hồ sơ, hẹn trả kết quả {due}.",
            "The agency registered the dossier; due {due}.",
        ),
    ),
    Kind.MOVED: (
        ("Ngày hẹn trả kết quả đã đổi", "The date has moved"),
        (
            "Ngày hẹn trả kết quả đổi theo quyết định về ngày làm việc: {due}.",
            "The date moved by a decision on working days: {due}.",
        ),
    ),
    Kind.APOLOGY: (
        ("Xin lỗi và hẹn lại ngày trả kết quả", "An apology, and a new date"),
        (
            "Cơ quan xin lỗi vì chậm trả kết quả và hẹn lại {due}. Văn bản xin lỗi: {letter}.",
            "The agency apologises for the delay; the new date is {due}. Letter: {letter}.",
        ),
    ),
    Kind.LETTER: (
        ("Văn bản xin lỗi của cơ quan", "A letter of apology"),
        (
            "Cơ quan xin lỗi vì đã trả kết quả chậm. Văn bản xin lỗi: {letter}.",
            "The agency apologises: the result was late. Letter: {letter}.",
        ),
    ),
    Kind.SUPPLEMENT: (
        ("Cơ quan đề nghị bổ sung giấy tờ", "Further papers are asked for"),
        (
            (
                "Cơ quan đề nghị bổ sung giấy tờ. Ông/bà nộp tại bưu cục hoặc Bộ phận Một cửa; "
                "thời gian chờ bổ sung không tính vào hạn giải quyết."
            ),
            (
                "The agency asks for further papers. Hand them in at a post office or the one-stop desk; "
                "the wait does not count against the limit."
            ),
        ),
    ),
    Kind.RESULT: (
        ("Đã có kết quả", "The result is ready"),
        (
            "Cơ quan đã có kết quả; bưu điện sẽ nhận và chuyển trả.",
            "The result is ready; the post will collect and bring it.",
        ),
    ),
    Kind.OUT: (
        ("Bưu tá đang đi phát kết quả", "The courier is on the way"),
        (
            "Bưu tá đang đi phát kết quả. Xin để sẵn giấy tờ tùy thân và phiếu gửi.",
            "The courier is out to deliver. Have an identity paper and the slip at hand.",
        ),
    ),
    Kind.ATTEMPT: (
        ("Chưa phát được kết quả", "The delivery failed"),
        (
            "Bưu tá đã đến nhưng chưa phát được. Lần phát tới: từ ngày {next_visit}.",
            "The courier came and could not deliver. Next visit: from {next_visit}.",
        ),
    ),
}
_STAFF_CONFIRM = (
    ("Xác nhận địa chỉ nhận tin công việc", "Confirm the address for messages about your work"),
    (
        (
            "Tài khoản của anh/chị vừa đăng ký nhận tin công việc qua địa chỉ này. "
            "Nếu đúng, hãy mở đường dẫn dưới đây và bấm nút xác nhận. Nếu không phải, xin bỏ qua thư này."
        ),
        (
            "Your account asked for messages about your work at this address. "
            "If that was you, open the link below and press the button. If not, ignore this message."
        ),
    ),
)
_UNKNOWN = ("theo thông báo của cơ quan, bưu cục", "as the agency or post office says")


def text_of(
    kind: Kind, language: str, dossier: str, facts: Mapping[str, Any], address: str, leave: str
) -> Text:
    """Write a notice: what happened, where to look, and how to end it."""
    english = language == "en"
    subject, body = (pair[english] for pair in _SAID[kind])
    said = body.format(**_filled(facts, english=english))
    if kind is Kind.CONFIRM:
        lines = [said, "", leave]
    else:
        look = "See" if english else "Xem"
        end = "To end these notices" if english else "Thôi nhận tin báo"
        lines = [said, "", f"{look}: {address}", "", f"{end}: {leave}"]
    about = "Dossier" if english else "Hồ sơ"
    return Text(subject=f"{subject} – {dossier}", body="\n".join([f"{about}: {dossier}", "", *lines, ""]))


def staff_text_of(kind: Kind, language: str, facts: Mapping[str, Any], address: str, leave: str) -> Text:
    """Write to a member of staff: to confirm an address, or what there is to act on, by sort and in order of time."""
    english = language == "en"
    if kind is Kind.CONFIRM:
        subject, body = (pair[english] for pair in _STAFF_CONFIRM)
        return Text(subject=subject, body=f"{body}\n\n{leave}\n")
    lines: list[dict[str, Any]] = facts.get("lines", [])
    more = int(facts.get("more", 0))
    number = len(lines) + more
    subject = (f"Có {number} việc cần xử lý", f"To be dealt with: {number}")[english]
    body_lines = []
    for sort, names in STAFF_KINDS.items():
        said = [_line(each, english=english) for each in lines if each["kind"] == sort]
        if said:
            body_lines += [f"{names[english]}:", *said, ""]
    if more:
        body_lines += [(f"… và {more} việc khác.", f"… and {more} more.")[english], ""]
    look, end = (("Xem", "See"), ("Đổi cách nhận tin hoặc thôi nhận", "Change or end these messages"))
    return Text(
        subject=subject,
        body="\n".join([*body_lines, f"{look[english]}: {address}", "", f"{end[english]}: {leave}", ""]),
    )


def _line(told: Mapping[str, Any], *, english: bool) -> str:
    words = moment_words(datetime.fromisoformat(told["at"]))
    when = words.en if english else words.vi
    limit = ("hạn ", "due ")[english] if told["kind"] in {"near_due", "late", "discrepancy"} else ""
    return f"- {told['code']}: {limit}{when}"


def _filled(facts: Mapping[str, Any], *, english: bool) -> dict[str, str]:
    unknown = _UNKNOWN[english]
    filled = {"due": unknown, "next_visit": unknown, "letter": str(facts.get("letter", unknown))}
    if facts.get("due"):
        words = moment_words(datetime.fromisoformat(facts["due"]))
        filled["due"] = words.en if english else words.vi
    if facts.get("next_visit"):
        filled["next_visit"] = f"{date.fromisoformat(facts['next_visit']):%d/%m/%Y}"
    return filled
