"""JSON over HTTP: what goes to programs of others, and sending it again."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from integrations.deliveries import service
from integrations.deliveries.rules import Listed, State
from integrations.deliveries.schemas import DeliveryView, Replay, view
from postal import clock
from postal.http.paging import (
    DEFAULT_LIMIT,
    Page,
    PageCursor,
    PageLimit,
    decode_cursor,
    encode_cursor,
    link_to_next,
)
from postal.identity.access import roles
from postal.identity.rules import Actor, Role

SEEING = roles(Role.ADMIN, Role.SYSTEM, Role.CONTROL, Role.REGULATOR)
SENDING = roles(Role.ADMIN)

OfDestination = Annotated[UUID | None, QueryParameter(description="Only those to this destination")]
InState = Annotated[State | None, QueryParameter(name="state", description="Only those that stand so")]


class DeliveryController(Controller):
    """What waits, what went, what was given up."""

    path = "/api/v1/deliveries"
    tags = ("deliveries",)

    @get(operation_id="listDeliveries", summary="Messages to programs of others, newest first", opt=SEEING)
    async def list_deliveries(
        self,
        request: Request[Actor, Any, Any],
        destination: OfDestination = None,
        in_state: InState = None,
        cursor: PageCursor = None,
        limit: PageLimit = DEFAULT_LIMIT,
    ) -> Response[Page[DeliveryView]]:
        """List messages to the programs of the caller's organisations, with every try."""
        found = await service.listed_for(
            request.user,
            destination=destination,
            states=() if in_state is None else (in_state,),
            before=decode_cursor(cursor, int),
            limit=limit + 1,
        )
        return _page(request, found, limit)

    @get("/{delivery:uuid}", operation_id="getDelivery", summary="One message, with its tries", opt=SEEING)
    async def read(self, delivery: FromPath[UUID], request: Request[Actor, Any, Any]) -> DeliveryView:
        """Give a message to those who administer its destination."""
        return view(await service.get_delivery(delivery, request.user))

    @post(
        "/{delivery:uuid}/replay",
        operation_id="replayDelivery",
        summary="Send it again",
        status_code=200,
        opt=SENDING,
    )
    async def replay(
        self, delivery: FromPath[UUID], data: JSONBody[Replay], request: Request[Actor, Any, Any]
    ) -> DeliveryView:
        """Send a message again that went or was given up, under the same id."""
        now = await clock.now()
        await service.replay_one(delivery, actor=request.user, reason=data.reason, now=now)
        return view(await service.get_delivery(delivery, request.user))


def _page(request: Request[Actor, Any, Any], found: list[Listed], limit: int) -> Response[Page[DeliveryView]]:
    shown = found[:limit]
    following = encode_cursor(shown[-1].number) if len(found) > limit else None
    headers = link_to_next(request, following) if following else {}
    return Response(Page(items=[view(each) for each in shown], next_cursor=following), headers=headers)


HANDLERS = (DeliveryController,)
