"""Who sees orders and despatches, on pages and as programs, and which orders are shown together."""

from integrations.post.rules.orders import OrderState
from postal.identity.rules import Role

SEEING_ORDERS = frozenset(
    {
        Role.CLERK,
        Role.COURIER,
        Role.SUPERVISOR,
        Role.POST_DESK,
        Role.DESK,
        Role.ADMIN,
        Role.CONTROL,
        Role.REGULATOR,
    }
)
SEEING_DESPATCHES = frozenset(
    {
        Role.CLERK,
        Role.SORTER,
        Role.SUPERVISOR,
        Role.POST_DESK,
        Role.DESK,
        Role.AGENCY_HEAD,
        Role.ADMIN,
        Role.CONTROL,
        Role.REGULATOR,
    }
)
SHOWN = {
    "open": (OrderState.REGISTERED, OrderState.COLLECTING),
    "collected": (OrderState.COLLECTED,),
    "off": (OrderState.CANCELLED, OrderState.UNUSED),
}
