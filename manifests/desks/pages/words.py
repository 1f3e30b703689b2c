"""Words of the desk's pages."""

from manifests.desks.rules.tasks import Task
from shipments.clocks.repository import Standing
from shipments.dossiers.rules import CaseKind, Channel, Consent, ServiceMode, Status

Words = tuple[str, str]

TASKS: dict[Task, tuple[str, str, str]] = {
    Task.OVERDUE: ("Quá hạn, chưa xin lỗi", "Overdue, no apology", "late"),
    Task.TODAY: ("Hạn hôm nay", "Due today", "today"),
    Task.NEAR: ("Sắp đến hạn", "Near due", "soon"),
    Task.ANSWERED: ("Đã nộp bổ sung", "Supplement came in", "soon"),
    Task.ARRIVED: ("Đã đến, chưa tiếp nhận", "Arrived, not taken in", "soon"),
    Task.READY: ("Kết quả chờ bưu điện", "Result waits for the post", "fine"),
    Task.LATE: ("Quá hạn, đã xin lỗi", "Overdue, apologised", "late"),
    Task.WAITING: ("Chờ người dân", "Waits for the citizen", "paused"),
    Task.RUNNING: ("Trong hạn", "In time", "fine"),
}

ACTS: dict[CaseKind, Words] = {
    CaseKind.REGISTERED: ("Đăng ký", "Registered"),
    CaseKind.RECEIVED: ("Tiếp nhận", "Take in"),
    CaseKind.SUPPLEMENT_REQUESTED: ("Yêu cầu bổ sung", "Ask for a supplement"),
    CaseKind.SUPPLEMENTED: ("Ghi nhận bổ sung", "Supplement came in"),
    CaseKind.REJECTED: ("Từ chối tiếp nhận", "Refuse"),
    CaseKind.TRANSFERRED: ("Chuyển xử lý", "Pass on"),
    CaseKind.STEP_DONE: ("Xong một bước", "A step is done"),
    CaseKind.FEE_DUE: ("Yêu cầu nộp phí, lệ phí", "A fee is due"),
    CaseKind.FEE_PAID: ("Đã nộp phí, lệ phí", "The fee is paid"),
    CaseKind.WITHDRAWAL_REQUESTED: ("Người nộp đề nghị rút", "The applicant withdraws"),
    CaseKind.WITHDRAWN: ("Đồng ý cho rút", "Let it be withdrawn"),
    CaseKind.STOPPED: ("Dừng giải quyết", "Stop"),
    CaseKind.EXTENDED: ("Xin lỗi, hẹn lại", "Apologise, set a new date"),
    CaseKind.COMPLETED: ("Hoàn thành, có kết quả", "Complete, there is a result"),
    CaseKind.RESULT_AT_DESK: ("Kết quả đã về Một cửa", "The result is at the desk"),
    CaseKind.CLOSED: ("Kết thúc hồ sơ", "Close"),
}

STATUSES: dict[Status, Words] = {
    Status.REGISTERED: ("Mới đăng ký", "Registered"),
    Status.RECEIVED: ("Được tiếp nhận", "Received"),
    Status.REJECTED: ("Không được tiếp nhận", "Rejected"),
    Status.PROCESSING: ("Đang xử lý", "In work"),
    Status.SUPPLEMENT: ("Yêu cầu bổ sung giấy tờ", "Waits for a supplement"),
    Status.FEE: ("Yêu cầu thực hiện nghĩa vụ tài chính", "Waits for a fee"),
    Status.WITHDRAWAL: ("Công dân yêu cầu rút", "Being withdrawn"),
    Status.STOPPED: ("Dừng xử lý", "Stopped"),
    Status.DONE: ("Đã xử lý xong", "Completed"),
    Status.RETURNED: ("Đã trả kết quả", "Returned"),
}

MODES: dict[ServiceMode, Words] = {
    ServiceMode.SUBMIT: ("Gửi hồ sơ", "Brings the dossier in"),
    ServiceMode.RETURN: ("Trả kết quả tận nơi", "Brings the result home"),
    ServiceMode.BOTH: ("Gửi hồ sơ và trả kết quả", "Both ways"),
}

CHANNELS: dict[Channel, Words] = {
    Channel.DIRECT: ("Trực tiếp tại Một cửa", "In person at the desk"),
    Channel.ONLINE: ("Trực tuyến", "Online"),
    Channel.POST: ("Qua bưu chính", "By post"),
}

CONSENTS: dict[Consent, Words] = {
    Consent.SIGNED: ("Ký trên phiếu", "Signed on the form"),
    Consent.SPOKEN: ("Nói tại quầy", "Spoken at the counter"),
    Consent.ONLINE: ("Chọn khi nộp trực tuyến", "Chosen online"),
}

FORMS: dict[str, Words] = {
    "original": ("Bản chính", "Original"),
    "copy": ("Bản sao", "Copy"),
    "electronic": ("Bản điện tử", "Electronic"),
}

STANDINGS: dict[Standing, tuple[str, str, str]] = {
    Standing.OVERDUE: ("Quá hạn", "Overdue", "late"),
    Standing.NEAR_DUE: ("Sắp đến hạn", "Near due", "soon"),
    Standing.RUNNING: ("Trong hạn", "In time", "fine"),
    Standing.PAUSED: ("Tạm dừng", "Paused", "paused"),
}
