"""The sentences of tracking: what is true at each point, in both languages."""

from msgspec import Struct

from shipments.custody.rules import Phase
from shipments.dossiers.rules import Status


class Words(Struct, frozen=True):
    """A text in Vietnamese and in English."""

    vi: str
    en: str


REGISTERED = Words(
    "Hồ sơ đã đăng ký gửi qua bưu điện; bưu điện chưa nhận giấy tờ.",
    "The dossier is registered; the post does not have the papers yet.",
)
REGISTERED_FOR_RETURN = Words(
    "Hồ sơ đã đăng ký; kết quả sẽ được trả qua bưu điện.",
    "The dossier is registered; its result will come by post.",
)
ACCEPTED = Words("Bưu điện đã nhận hồ sơ tại bưu cục.", "The post office has accepted the dossier.")
TO_AGENCY = Words(
    "Hồ sơ đang trên đường đến cơ quan giải quyết.",
    "The dossier is on its way to the agency.",
)
AT_AGENCY = Words(
    "Cơ quan đã nhận hồ sơ từ bưu điện.",
    "The agency has received the dossier from the post.",
)
RESULT = Words(
    "Đã có kết quả; bưu điện chưa nhận để chuyển trả.",
    "The result is ready; the post has not collected it yet.",
)
TO_CITIZEN = Words("Kết quả đang trên đường chuyển trả.", "The result is on its way to you.")
SENT_BACK = Words(
    "Bưu điện đã mời nhận nhưng chưa phát được; kết quả đã chuyển hoàn về cơ quan.",
    "The post could not deliver after inviting you; the result went back to the agency.",
)
RETURNED = Words("Kết quả đã được trả.", "The result has been handed over.")
PAPERS_BACK = Words("Hồ sơ đã được trả lại.", "The papers have been handed back.")
WITHDRAWN = Words("Hồ sơ đã được rút theo yêu cầu.", "The dossier was withdrawn as asked.")
CONTESTED = Words(
    "Hai nơi cùng ghi nhận đang giữ; bưu điện đang đối chiếu.",
    "Two places both say they hold it; the post is checking which one does.",
)
UNDECIDED = Words(
    "Chưa xác định chắc chắn đang ở đâu vì dữ liệu máy quét chưa đủ.",
    "Where it is cannot be said for sure yet: scanner data are incomplete.",
)
LOST = Words(
    "Bưu điện báo chưa tìm thấy và đang truy tìm; hãy liên hệ bưu cục nơi gửi.",
    "The post reports it missing and is searching; please contact the office where it was posted.",
)

HOMEWARD: dict[Phase, Words] = {
    Phase.IN_TRANSIT: TO_CITIZEN,
    Phase.OUT_FOR_DELIVERY: Words(
        "Bưu tá đang đi phát kết quả.", "The courier is out to deliver the result."
    ),
    Phase.AWAITING_PICKUP: Words(
        "Kết quả đang chờ tại bưu cục; mời đến nhận.",
        "The result waits at the post office; please collect it.",
    ),
    Phase.RETURNING: Words(
        "Chưa phát được; kết quả đang chuyển hoàn về cơ quan.",
        "It could not be delivered; the result is on its way back to the agency.",
    ),
}

RUNNING: dict[Status, Words] = {
    Status.RECEIVED: Words("Cơ quan đã tiếp nhận hồ sơ.", "The agency has registered the dossier."),
    Status.PROCESSING: Words(
        "Hồ sơ của ông/bà đang được cơ quan giải quyết.", "The agency is working on your dossier."
    ),
    Status.SUPPLEMENT: Words(
        "Cơ quan đề nghị bổ sung giấy tờ; thời gian chờ bổ sung không tính vào hạn.",
        "The agency asks for further papers; waiting for them does not count against the limit.",
    ),
    Status.FEE: Words(
        "Hồ sơ chờ thực hiện nghĩa vụ tài chính.",
        "The dossier waits for a payment that is due.",
    ),
    Status.WITHDRAWAL: Words("Đã có yêu cầu rút hồ sơ.", "Withdrawal of the dossier was asked for."),
    Status.DONE: RESULT,
}

ENDED: dict[Status, Words] = {
    Status.REJECTED: Words(
        "Cơ quan không tiếp nhận hồ sơ; giấy tờ sẽ được trả lại.",
        "The agency did not accept the dossier; the papers will come back.",
    ),
    Status.STOPPED: Words(
        "Cơ quan dừng giải quyết hồ sơ; giấy tờ sẽ được trả lại.",
        "The agency stopped the case; the papers will come back.",
    ),
}

HOLDERS: dict[str, Words] = {
    "citizen": Words("Người dân", "You"),
    "post": Words("Bưu điện", "The post"),
    "agency": Words("Cơ quan giải quyết", "The agency"),
}

STEPS: dict[str, Words] = {
    "accept": Words("Bưu điện nhận", "Accepted by the post"),
    "offer": Words("Bàn giao, chờ bên nhận xác nhận", "Handed over, waiting for the receiver"),
    "receive": Words("Đã nhận bàn giao", "Received"),
    "refuse": Words("Bên nhận chưa nhận", "Not accepted by the receiver"),
    "pack": Words("Đóng gói, niêm phong", "Packed and sealed"),
    "unpack": Words("Mở gói, kiểm đếm", "Opened and counted"),
    "depart": Words("Rời đi", "Departed"),
    "arrive": Words("Đến nơi", "Arrived"),
    "out_for_delivery": Words("Bưu tá đi phát", "Out for delivery"),
    "attempt_failed": Words("Phát chưa thành công", "Delivery attempt failed"),
    "hold": Words("Chờ nhận tại bưu cục", "Waiting at the post office"),
    "deliver": Words("Đã phát", "Delivered"),
    "return": Words("Chuyển hoàn", "On its way back"),
    "recall": Words("Rút lại theo yêu cầu", "Recalled"),
    "redirect": Words("Đổi địa chỉ nhận", "Redirected"),
    "recover": Words("Thu lại giấy tờ cũ", "Old papers taken back"),
    "report": Words("Ghi nhận tình trạng", "Condition noted"),
    "registered": Words("Đăng ký hồ sơ", "Dossier registered"),
    "received": Words("Cơ quan tiếp nhận", "Registered by the agency"),
    "supplement_requested": Words("Đề nghị bổ sung giấy tờ", "Further papers asked for"),
    "supplemented": Words("Đã bổ sung giấy tờ", "Further papers received"),
    "rejected": Words("Không tiếp nhận", "Not accepted"),
    "fee_due": Words("Chờ nghĩa vụ tài chính", "Payment due"),
    "fee_paid": Words("Đã thực hiện nghĩa vụ tài chính", "Payment received"),
    "withdrawal_requested": Words("Yêu cầu rút hồ sơ", "Withdrawal asked for"),
    "withdrawn": Words("Đã rút hồ sơ", "Withdrawn"),
    "stopped": Words("Dừng giải quyết", "Case stopped"),
    "extended": Words("Hẹn lại ngày trả, kèm văn bản xin lỗi", "Promise moved, with an apology"),
    "completed": Words("Có kết quả", "Result ready"),
    "result_at_desk": Words("Kết quả về Bộ phận Một cửa", "Result at the one-stop desk"),
    "closed": Words("Kết thúc hồ sơ", "Case closed"),
}


def overdue(said: Words) -> Words:
    """Say also that the promised day has passed and the agency has not finished."""
    return Words(f"{said.vi} Đã quá hẹn trả kết quả.", f"{said.en} The promised day has passed.")
