"""Pages of the post: orders to collect at home, and despatches announced and answered."""

from integrations.post.pages import despatches, orders
from integrations.post.rules.seeing import SEEING_DESPATCHES, SEEING_ORDERS
from postal.identity.rules import Role
from postal.web.navigation import NavigationLink

HANDLERS = (*orders.HANDLERS, *despatches.HANDLERS)
HOME_SECTIONS = despatches.HOME_SECTIONS
NAVIGATION = (
    NavigationLink(title=("Đơn gom", "Collections"), address="/orders", roles=SEEING_ORDERS, aside=True),
    NavigationLink(
        title=("Chuyến báo trước", "Announced despatches"),
        address="/despatches",
        roles=SEEING_DESPATCHES - {Role.AGENCY_HEAD},
        aside=True,
    ),
)
