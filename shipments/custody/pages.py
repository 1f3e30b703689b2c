"""What a signed-in person sees of custody: the pieces that their organisation holds, and each with its history."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get

from postal.http.parameters import PathCode
from postal.identity.access import SIGNED_IN
from postal.identity.rules import Actor
from postal.web.rendering import page
from postal.web.sections import HomeSection
from shipments.custody import service
from shipments.custody.rules import Phase
from shipments.custody.rules.flags import FLAGS
from shipments.custody.schemas import view

SHOWN = 50

PHASE_NAMES: dict[Phase, tuple[str, str]] = {
    Phase.REGISTERED: ("Mới đăng ký", "Registered"),
    Phase.HELD: ("Đang giữ", "Held"),
    Phase.OFFERED: ("Đang bàn giao", "Offered"),
    Phase.IN_TRANSIT: ("Đang vận chuyển", "In transit"),
    Phase.OUT_FOR_DELIVERY: ("Đang phát", "Out for delivery"),
    Phase.AWAITING_PICKUP: ("Chờ người nhận đến lấy", "Awaiting pick-up"),
    Phase.RETURNING: ("Đang chuyển hoàn", "Returning"),
    Phase.DELIVERED: ("Đã phát", "Delivered"),
    Phase.RETURNED: ("Đã chuyển hoàn", "Returned"),
    Phase.LOST: ("Thất lạc", "Lost"),
}


async def held(actor: Actor, _now: datetime) -> dict[str, Any] | None:
    """Load the first pieces that the actor's organisation holds, contested ones included."""
    if actor.organisation is None:
        return None
    found = await service.list_pieces(
        actor=actor, holder=actor.organisation, phase=None, kind=None, after="", limit=SHOWN + 1
    )
    return {"pieces": found[:SHOWN], "more": len(found) > SHOWN, "names": PHASE_NAMES}


KIND_NAMES: dict[str, tuple[str, str]] = {
    "accept": ("Chấp nhận từ người gửi", "Accepted from the sender"),
    "offer": ("Giao", "Offered"),
    "receive": ("Nhận", "Received"),
    "refuse": ("Từ chối nhận", "Refused"),
    "pack": ("Đóng vào túi", "Packed"),
    "unpack": ("Lấy ra khỏi túi", "Unpacked"),
    "depart": ("Rời đi", "Departed"),
    "arrive": ("Đến", "Arrived"),
    "out_for_delivery": ("Đi phát", "Out for delivery"),
    "attempt_failed": ("Phát không thành công", "Delivery failed"),
    "hold": ("Lưu tại đơn vị", "Held"),
    "deliver": ("Đã phát", "Delivered"),
    "return": ("Chuyển hoàn", "Sent back"),
    "recall": ("Người gửi rút lại", "Recalled by the sender"),
    "redirect": ("Đổi nơi nhận", "Redirected"),
    "recover": ("Thu hồi giấy tờ cũ", "Old papers recovered"),
    "report": ("Báo tình trạng", "Condition reported"),
    "correct": ("Đính chính", "Corrected"),
    "manifest.dispatched": ("Bảng kê giao đi", "Manifest dispatched"),
    "manifest.cancelled": ("Bảng kê bị hủy", "Manifest cancelled"),
    "container.closed": ("Niêm phong", "Sealed"),
    "container.inventoried": ("Kiểm kê, gói lại", "Inventory and repacking"),
    "loss.stated": ("Kết luận là mất", "Settled as lost"),
    "loss.withdrawn": ("Rút lại kết luận mất", "No longer settled as lost"),
    "trip.loaded": ("Xếp lên chuyến thư", "Loaded on a trip"),
    "trip.unloaded": ("Dỡ khỏi chuyến thư", "Unloaded from a trip"),
}

SEAL_STATES: dict[str, tuple[str, str]] = {
    "intact": ("nguyên vẹn", "intact"),
    "broken": ("vỡ", "broken"),
    "missing": ("mất", "missing"),
}

CONDITION_NAMES: dict[str, tuple[str, str]] = {
    "intact": ("nguyên vẹn", "intact"),
    "damaged": ("hư hỏng", "damaged"),
    "opened": ("bị mở", "opened"),
    "seal_broken": ("vỡ niêm phong", "seal broken"),
}


@get("/pieces/{code:str}", opt=SIGNED_IN, include_in_schema=False, summary="Page: a piece")
async def show(request: Request[Actor, Any, Any], code: PathCode) -> Response[str]:
    """Show a piece to who may see it: who answers for it, what is odd, its seal hop by hop, all that happened."""
    piece, custody, contents = await service.piece_history(code, actor=request.user)
    return page(
        request,
        "custody/piece.html",
        title=(f"Bưu gửi {code}", f"Piece {code}"),
        piece=view(piece, custody, contents),
        moving=custody.awaits_instruction,
        phases=PHASE_NAMES,
        kinds=KIND_NAMES,
        seal_states=SEAL_STATES,
        conditions=CONDITION_NAMES,
        flags=FLAGS,
    )


PAGE_HANDLERS = (show,)

HOME_SECTIONS = (
    HomeSection(title=("Bưu gửi, hồ sơ đang giữ", "Pieces held"), template="custody/held.html", load=held),
)
