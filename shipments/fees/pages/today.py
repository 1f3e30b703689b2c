"""What a signed-in person sees of money: today's, and the lists that somebody still has to count or explain."""

from datetime import datetime
from typing import Any

from postal.identity.rules import Actor, Role
from postal.network.rules import local_day
from postal.web.sections import HomeSection
from shipments.fees import repository, service
from shipments.fees.rules import Channel, Remittance, RemittanceState

SHOWN = 10
CHANNELS: dict[Channel, tuple[str, str]] = {
    Channel.CASH: ("Tiền mặt", "Cash"),
    Channel.TRANSFER: ("Chuyển khoản", "Transfer"),
    Channel.ONLINE: ("Trực tuyến", "Online"),
}
STATES: dict[RemittanceState, tuple[str, str]] = {
    RemittanceState.HANDED: ("Chờ kiểm đếm", "Waits to be counted"),
    RemittanceState.DIFFERING: ("Có chênh lệch", "Differs"),
}


async def todays_money(actor: Actor, now: datetime) -> dict[str, Any] | None:
    """Load today's accounts and the remittances that are not settled; nothing where there is neither."""
    today = await service.in_hand(None, local_day(now), actor=actor)
    waiting = [one for state in STATES for one in await _in_state(actor, state)]
    if not today.accounts and not waiting:
        return None
    return {"today": today, "waiting": waiting, "channels": CHANNELS, "states": STATES, "dong": dong}


async def _in_state(actor: Actor, state: RemittanceState) -> list[Remittance]:
    return await repository.list_remittances(actor, person=None, state=state, after=None, limit=SHOWN)


def dong(amount: int) -> str:
    """Write an amount as in Vietnam: thousands by a point."""
    return f"{amount:,}".replace(",", ".") + " đ"


HOME_SECTIONS = (
    HomeSection(
        title=("Tiền thu hộ hôm nay", "Today's money"),
        template="fees/today.html",
        load=todays_money,
        roles=frozenset({Role.CLERK, Role.COURIER, Role.POST_DESK, Role.SUPERVISOR, Role.DESK}),
    ),
)
