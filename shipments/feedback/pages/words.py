"""Words of feedback, in both languages."""

from shipments.feedback.rules import Category, Channel, Part, State

CATEGORIES: dict[Category, tuple[str, str]] = {
    Category.DELAY: ("Chậm trễ", "Delay"),
    Category.ATTITUDE: ("Thái độ phục vụ", "Attitude of the staff"),
    Category.PROCEDURE: ("Thủ tục, giấy tờ", "Procedure and papers"),
    Category.FEE: ("Phí, lệ phí, cước", "Fees and fares"),
    Category.LOSS: ("Mất, hư hỏng giấy tờ", "Lost or damaged papers"),
    Category.SUGGESTION: ("Góp ý, kiến nghị", "Suggestion or petition"),
    Category.OTHER: ("Việc khác", "Something else"),
    Category.VIOLATION: ("Tố giác vi phạm của cán bộ, nhân viên", "Violation by staff or officials"),
}
CHANNELS: dict[Channel, tuple[str, str]] = {
    Channel.ONLINE: ("Trực tuyến", "Online"),
    Channel.HOTLINE: ("Đường dây nóng", "Hotline"),
    Channel.LETTER: ("Thư, công văn", "Letter"),
    Channel.IN_PERSON: ("Trực tiếp", "In person"),
}
STATES: dict[State, tuple[str, str, str]] = {
    State.RECEIVED: ("Đã nhận", "Received", "warn"),
    State.ACCEPTED: ("Đang xử lý", "Being looked into", "warn"),
    State.SUPPLEMENT: ("Chờ người gửi bổ sung", "Waits for its author", "warn"),
    State.REFUSED: ("Từ chối tiếp nhận", "Refused", "bad"),
    State.ANSWERED: ("Đã trả lời", "Answered", "good"),
    State.PUBLISHED: ("Đã trả lời, đã công khai", "Answered and published", "good"),
}
PARTS: dict[Part, tuple[str, str]] = {
    Part.SAID: ("Nội dung phản ánh", "What was said"),
    Part.ASKED: ("Yêu cầu bổ sung", "Question to its author"),
    Part.SUPPLEMENT: ("Nội dung bổ sung", "What was added"),
    Part.ANSWER: ("Trả lời", "Answer"),
}
LATE: dict[str, tuple[str, str]] = {
    "refuse": ("từ chối muộn", "refused late"),
    "supplement": ("yêu cầu bổ sung muộn", "asked late"),
    "resolve": ("trả lời muộn", "answered late"),
    "publish": ("công khai muộn", "published late"),
}
