"""What each flag tells whoever scanned: a sentence with what to do, in both languages.

A flag never refuses a scan. `{destination}` stands for where an instruction sends the piece.
"""

from collections.abc import Iterable

from shipments.custody.rules.model import Instruction, ScanKind
from shipments.deliveries.rules import TooEarly
from shipments.pieces.rules import CodeKind, kind_of

FLAGS: dict[str, tuple[str, str]] = {
    "after_closing": (
        "Bảng kê đã chốt: lượt quét được giữ, chênh lệch sẽ được xem lại.",
        "The manifest is closed: the scan is kept, and its discrepancies are looked at again.",
    ),
    "against_instruction": (
        "Đã phát trái với yêu cầu rút lại hoặc đổi nơi nhận của người gửi; báo kiểm soát viên.",
        "Delivered against the sender's recall or redirection; tell a supervisor.",
    ),
    "already_holder": ("Đơn vị đã giữ bưu gửi này rồi.", "You held this piece already."),
    "already_packed": ("Bưu gửi đã ở trong túi này.", "The piece was in this container already."),
    "by_manifest": (
        "Ghi theo mã bảng kê; hãy quét từng bưu gửi để kiểm.",
        "Recorded by the manifest's code; scan each piece to verify it.",
    ),
    "clock_in_doubt": (
        "Đồng hồ máy quét lệch trên 5 phút; hãy chỉnh lại.",
        "The device's clock is off by more than 5 minutes; set it right.",
    ),
    "container_unknown": (
        "Chưa biết túi này đã đi đâu; hãy kiểm mã túi.",
        "Nothing is known of this container's way; check its code.",
    ),
    "contains_recalled": (
        "Bên trong có bưu gửi bị rút lại hoặc đổi nơi nhận; hãy mở và tách ra.",
        "A piece inside was recalled or redirected; open it and take that piece out.",
    ),
    "contents_unverified": (
        "Đã nhận nguyên túi: bưu gửi bên trong chưa được kiểm từng cái.",
        "Accepted unopened: what is inside is unverified until each piece is scanned.",
    ),
    "deliver.identity_not_asked": (
        "Chưa hỏi giấy tờ tùy thân của người nhận (TT 17/2017 Điều 5); ghi loại giấy, không ghi số.",
        "No identity paper was asked for (Circular 17/2017, Article 5); state its kind, never its number.",
    ),
    "deliver.no_authorisation": (
        "Người nhận thay phải có giấy ủy quyền (TT 17/2017 Điều 5); hãy bổ sung số hoặc ảnh giấy.",
        "A proxy needs a giấy ủy quyền (Circular 17/2017, Article 5); add its number or a photo.",
    ),
    "disputed": (
        "Hai nội dung khác nhau dưới một mã lượt quét; chờ đính chính.",
        "Two contents under one scan id; waits for a correction.",
    ),
    "found_again": ("Bưu gửi từng báo mất nay đã thấy lại.", "A piece reported lost was found again."),
    "implied_receipt": (
        "Chưa quét nhận nhưng đã xử lý; coi như đã nhận.",
        "Handled without a receiving scan; taken as received.",
    ),
    "implied_unpack": (
        "Bưu gửi đang ở trong túi; coi như đã lấy ra.",
        "The piece was inside a container; taken as unpacked.",
    ),
    "in_future": ("Giờ quét ở tương lai.", "The scan's time is in the future."),
    "in_other_container": (
        "Bưu gửi đang ở túi khác; nay ghi vào túi này. Hãy kiểm cả hai túi.",
        "The piece was in another container and counts in this one now; check both.",
    ),
    "not_a_container": (
        "Mã nêu làm túi là mã bảng kê hoặc chuyến thư, không phải túi.",
        "The container named is a manifest or a trip, no bag or item.",
    ),
    "manifest_code": (
        "Đây là mã bảng kê, không phải bưu gửi; lượt quét được giữ nhưng không chuyển gì.",
        "This is a manifest's code, not a piece's; the scan is kept and moves nothing.",
    ),
    "no_container": (
        "Thiếu mã túi, hoặc túi tự chứa nó.",
        "The container is missing, or is the piece itself.",
    ),
    "no_destination": (
        "Yêu cầu đổi nơi nhận thiếu nơi nhận mới.",
        "The redirection does not name the new destination.",
    ),
    "not_aboard": ("Bưu gửi không có trên chuyến thư này.", "The piece was not on this trip."),
    "not_found_inside": (
        "Kiểm kê không thấy bưu gửi trong túi; hãy tìm và lập biên bản.",
        "The inventory did not find the piece inside; search for it and record it.",
    ),
    "not_from_holder": (
        "Bên giao nêu trong lượt quét không giữ bưu gửi; hai bên cùng nhận giữ.",
        "The giver named does not hold the piece; two parties claim it now.",
    ),
    "not_holder": (
        "Đơn vị không phải bên đang giữ; hai bên cùng nhận giữ.",
        "You are not the holder; two parties claim it now.",
    ),
    "not_latest": ("Đã có lượt quét mới hơn.", "There is a later scan."),
    "not_lost": ("Bưu gửi không bị báo mất.", "The piece was not reported lost."),
    "not_packed": (
        "Bưu gửi chưa từng được đóng vào túi; ghi là đơn vị đang giữ.",
        "The piece was never packed; recorded as in your hands.",
    ),
    "not_sender": (
        "Chỉ người gửi được rút lại hoặc đổi nơi nhận; yêu cầu được lưu, không có hiệu lực.",
        "Only the sender may recall or redirect; the request is kept and has no effect.",
    ),
    "nothing_offered": ("Không có bàn giao nào để từ chối.", "Nothing was offered that could be refused."),
    "offer_dropped": ("Bàn giao trước đó coi như bỏ.", "The handover begun before is given up."),
    "other_container": (
        "Bưu gửi được ghi ở túi khác: nhầm túi, hãy báo bên giao.",
        "The piece was recorded in another container: wrong bag, tell the giver.",
    ),
    "other_receiver": (
        "Bưu gửi được giao cho đơn vị khác.",
        "The piece was offered to another party.",
    ),
    "other_trip": (
        "Bưu gửi đang ghi trên chuyến thư khác; nay ghi vào chuyến này.",
        "The piece was on another trip and counts on this one now.",
    ),
    "recalled": (
        "Người gửi đã rút lại: chuyển về {destination}, không phát.",
        "Recalled by the sender: return it to {destination}, do not deliver.",
    ),
    "recipient_refused": (
        "Người nhận từ chối: giữ lại và hỏi người gửi, hoặc chuyển hoàn.",
        "Refused by the recipient: keep it and ask the sender, or return it.",
    ),
    "redirected": (
        "Đã đổi nơi nhận: chuyển đến {destination}.",
        "Redirected: bring it to {destination}.",
    ),
    "refused": ("Đã từ chối nhận; bên giao vẫn giữ.", "Refused; the giver still answers for it."),
    "return.too_early": (
        "Chuyển hoàn quá sớm: chưa mời người nhận đủ số lần theo quy định.",
        "Returned too early: the recipient was not invited as often as the rule asks.",
    ),
    "seal_broken": (
        "Niêm phong vỡ: kiểm kê, lập biên bản và gói lại (TT 17/2017 Điều 11).",
        "The seal is broken: count, record and repack it (Circular 17/2017, Article 11).",
    ),
    "seal_differs": (
        "Số hoặc tình trạng niêm phong khác lần trước; đối chiếu với bên giao.",
        "The seal's number or state differs from the hop before; compare with the giver.",
    ),
    "seal_missing": (
        "Mất niêm phong: kiểm kê, lập biên bản và gói lại (TT 17/2017 Điều 11).",
        "The seal is missing: count, record and repack it (Circular 17/2017, Article 11).",
    ),
    "too_late": (
        "Bưu gửi đã phát: không rút lại hay đổi nơi nhận được nữa; yêu cầu được lưu.",
        "Delivered already: it can be neither recalled nor redirected; the request is kept.",
    ),
    "trip_code": (
        "Đây là mã chuyến thư: chỉ quét khi đi và khi đến; lượt quét này không chuyển gì.",
        "This is a trip's code: scan it on departure and arrival only; this scan moves nothing.",
    ),
    "unconfirmed": (
        "Bên giao chưa quét giao; ghi theo lời bên nhận.",
        "The giver has not scanned it out; recorded on the receiver's word.",
    ),
    "very_late": ("Lượt quét cũ hơn 30 ngày.", "The scan is older than 30 days."),
    "voided": (
        "Lượt quét đã được đính chính, không còn tính.",
        "The scan was corrected and no longer counts.",
    ),
}


def sentences(flags: Iterable[str], language: str, instruction: Instruction | None = None) -> list[str]:
    """Say flags in a language; where the piece is bound is said only to who is given the instruction."""
    destination = instruction.destination if instruction else "…"
    at = 0 if language == "vi" else 1
    return [FLAGS[flag][at].format(destination=destination) for flag in flags]


def may_return(early: TooEarly, language: str) -> str:
    """Say from which day on a piece may be returned, and by which law."""
    made, needed, citation = early.invitations, early.needed, early.citation
    if language == "vi":
        return f"Mới mời {made}/{needed} lần; chuyển hoàn sớm nhất {early.earliest:%d/%m/%Y} ({citation})."
    return f"Invited {made} of {needed} times; may be returned from {early.earliest} on ({citation})."


OF_MANIFESTS = frozenset({"offer", "receive", "refuse", "depart", "arrive", "correct"})
"""What can be done to a manifest as a whole, by its barcode."""

OF_TRIPS = frozenset({"depart", "arrive", "correct"})


def of_codes(kind: ScanKind, code: str, container: str | None) -> list[str]:
    """Name what is odd about the codes of a scan, by their form alone."""
    flags = []
    named = kind_of(code)
    if named is CodeKind.MANIFEST and kind not in OF_MANIFESTS:
        flags.append("manifest_code")
    elif named is CodeKind.TRIP and kind not in OF_TRIPS:
        flags.append("trip_code")
    if container is not None and kind_of(container) in (CodeKind.MANIFEST, CodeKind.TRIP):
        flags.append("not_a_container")
    return flags
