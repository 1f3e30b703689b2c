"""What a signed-in person sees of custody: the pieces that their organisation answers for."""

from datetime import datetime
from typing import Any

from postal.identity.rules import Actor
from postal.web.sections import HomeSection
from shipments.custody import service
from shipments.custody.rules import Phase

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


HOME_SECTIONS = (
    HomeSection(title=("Bưu gửi, hồ sơ đang giữ", "Pieces held"), template="custody/held.html", load=held),
)
