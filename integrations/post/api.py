"""JSON over HTTP: orders to collect at home, and despatches announced and answered."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Controller, Request, Response, get
from litestar.params import FromPath, PathParameter, QueryParameter

from integrations.post.repository import despatches, orders
from integrations.post.rules.orders import OrderState
from integrations.post.rules.seeing import SEEING_DESPATCHES, SEEING_ORDERS, SHOWN
from integrations.post.schemas import (
    PostDespatchAnswer,
    PostDespatchView,
    PostOrderAnswer,
    PostOrderView,
    despatch_answer,
    despatch_view,
    order_answer,
    order_view,
)
from integrations.post.service import orders as service
from integrations.post.service.reading import seen
from postal import clock
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.parameters import LONGEST_CODE, code_query
from postal.identity.access import roles
from postal.identity.rules import Actor, Role

Caller = Request[Actor, Any, Any]
PathOrder = Annotated[
    str, PathParameter(min_length=1, max_length=LONGEST_CODE, description="The code of the order, DG-…")
]
Which = Annotated[
    Literal["open", "collected", "off"] | None,
    QueryParameter(name="state", description="Only those to collect, collected, or given up"),
]
OfNumber = Annotated[str | None, code_query("Only despatches of this number")]


class PostController(Controller):
    """What the post's own system orders and announces, and what it is answered."""

    path = "/api/v1/post"
    tags = ("post",)

    @get(
        "/orders",
        operation_id="listPostOrders",
        summary="Orders to collect at home, those that wait longest first",
        opt=roles(Role.SYSTEM, *SEEING_ORDERS),
    )
    async def list_orders(
        self,
        request: Caller,
        which: Which = None,
        cursor: PageCursor = None,
        limit: PageLimit = DEFAULT_LIMIT,
    ) -> Response[Page[PostOrderView]]:
        """List the orders of the caller's offices and agencies; people stand in single orders alone."""
        found = await orders.page_of(
            request.user,
            states=tuple(OrderState) if which is None else SHOWN[which],
            after=decode_cursor(cursor, tuple[datetime, str]),
            limit=limit + 1,
        )
        views = [order_view(order) for order in found]
        return paged(request, views, limit, key=lambda order: (order.registered_at, order.code))

    @get(
        "/orders/{order:str}",
        operation_id="getPostOrder",
        summary="One order to collect at home",
        opt=roles(Role.SYSTEM, *SEEING_ORDERS),
    )
    async def read_order(self, order: PathOrder, request: Caller) -> PostOrderAnswer:
        """Give an order to the office that collects or the agency that it is for.

        Where it is collected is shown to clerks, couriers, supervisors and desks of the two, and noted as a look.
        """
        found = await orders.get(order, request.user)
        people = await service.people_of([found], request.user)
        return order_answer(found, people.get(found.code))

    @get(
        "/despatches",
        operation_id="listPostDespatches",
        summary="Announced despatches, newest first",
        opt=roles(Role.SYSTEM, *SEEING_DESPATCHES),
    )
    async def list_despatches(
        self,
        request: Caller,
        number: OfNumber = None,
        cursor: PageCursor = None,
        limit: PageLimit = DEFAULT_LIMIT,
    ) -> Response[Page[PostDespatchView]]:
        """List what was announced between the caller's organisations and partners of the post."""
        found = await despatches.page_of(
            request.user,
            number=number,
            after=decode_cursor(cursor, tuple[datetime, UUID]),
            limit=limit + 1,
        )
        views = [despatch_view(despatch) for despatch in found]
        return paged(request, views, limit, key=lambda despatch: (despatch.announced_at, despatch.id))

    @get(
        "/despatches/{despatch:uuid}",
        operation_id="getPostDespatch",
        summary="One despatch, with what was found and answered",
        opt=roles(Role.SYSTEM, *SEEING_DESPATCHES),
    )
    async def read_despatch(self, despatch: FromPath[UUID], request: Caller) -> PostDespatchAnswer:
        """Give a despatch to its giver and its receiver."""
        return despatch_answer(await seen(despatch, actor=request.user, now=await clock.now()))


HANDLERS = (PostController,)
