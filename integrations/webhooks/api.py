"""JSON over HTTP: subscriptions."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, delete, get, patch, post
from litestar.params import FromPath, JSONBody, QueryParameter

from integrations.deliveries.rules import State
from integrations.feed.rules import Cursor
from integrations.webhooks import service
from integrations.webhooks.rules import INTEGRATORS, SubscriptionChange
from integrations.webhooks.schemas import (
    CallView,
    ChangedSubscription,
    Enabling,
    NewSubscription,
    PingSent,
    Replaying,
    Rotating,
    SubscriptionIssued,
    SubscriptionRead,
    SubscriptionView,
    view,
    view_delivery,
    view_issued,
    view_read,
)
from postal import clock
from postal.http.idempotency import ONCE_ONLY
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.problems import refuses
from postal.identity.access import roles
from postal.identity.rules import Actor

MANAGING = roles(*INTEGRATORS)

InState = Annotated[State | None, QueryParameter(name="state", description="Only messages that stand so")]


class SubscriptionController(Controller):
    """Programs that are called with what happens (Standard Webhooks 1.0.0)."""

    path = "/api/v1/subscriptions"
    tags = ("feed",)

    @get(opt=MANAGING, operation_id="listSubscriptions", summary="Subscriptions, newest first")
    async def list_subscriptions(
        self, request: Request[Actor, Any, Any], cursor: PageCursor = None, limit: PageLimit = DEFAULT_LIMIT
    ) -> Response[Page[SubscriptionView]]:
        """List the subscriptions of your organisation; administrators see those below it too."""
        after = decode_cursor(cursor, tuple[UUID])
        found = await service.list_subscriptions(request.user, after[0] if after else None, limit + 1)
        return paged(request, [view(one) for one in found], limit, key=lambda one: (one.id,))

    @post(
        opt={**MANAGING, **ONCE_ONLY, **refuses(409, 422)},
        operation_id="createSubscription",
        summary="Have a program called with what happens",
    )
    async def create(
        self, request: Request[Actor, Any, Any], data: JSONBody[NewSubscription]
    ) -> SubscriptionIssued:
        """Make a subscription of your organisation; its secret is shown this once.

        Each event that your organisation may see and that fits the filters comes once as `{type, timestamp, data}`;
        `data` is what `GET /events` shows of it, and the `cursor` behind which to read on there. Calls of one item
        come one after the other, in the order of the feed; each is repeated until you answer 2xx, for about three
        days, with the same `webhook-id`: know it again. 410 ends the subscription.
        """
        made = await service.create(
            name=data.name.strip(),
            url=data.url,
            wanted=data.filters.wanted(),
            after=decode_cursor(data.after, Cursor, name="after"),
            actor=request.user,
            now=await clock.now(),
        )
        return view_issued(made.subscription, made.secret)

    @get("/{id:uuid}", opt=MANAGING, operation_id="getSubscription", summary="A subscription")
    async def get_one(self, request: Request[Actor, Any, Any], id: FromPath[UUID]) -> SubscriptionRead:  # noqa: A002 - the name in the address
        """Read a subscription, and how far its calls are behind the feed."""
        found = await service.get(id, request.user)
        return view_read(found, await service.behind_of(found))

    @patch(
        "/{id:uuid}",
        opt={**MANAGING, **refuses(422)},
        operation_id="changeSubscription",
        summary="Change or disable a subscription",
    )
    async def change(
        self,
        request: Request[Actor, Any, Any],
        id: FromPath[UUID],  # noqa: A002 - the name in the address
        data: JSONBody[ChangedSubscription],
    ) -> SubscriptionView:
        """Change what you send; new filters hold for what was not handed on yet."""
        change = SubscriptionChange(
            name=data.name.strip() if data.name is not None else None,
            url=data.url,
            wanted=data.filters.wanted() if data.filters else None,
            disabled=bool(data.disabled),
        )
        return view(await service.change(id, change, actor=request.user, now=await clock.now()))

    @delete("/{id:uuid}", opt=MANAGING, operation_id="endSubscription", summary="End a subscription")
    async def delete(self, request: Request[Actor, Any, Any], id: FromPath[UUID]) -> None:  # noqa: A002 - the name in the address
        """End it for good: its secrets are forgotten, and what waits is not sent."""
        await service.delete(id, actor=request.user, now=await clock.now())

    @post(
        "/{id:uuid}/rotate",
        opt={**MANAGING, **ONCE_ONLY, **refuses(422)},
        operation_id="rotateSubscriptionSecret",
        summary="Make a new secret",
        status_code=200,
    )
    async def rotate(
        self,
        request: Request[Actor, Any, Any],
        id: FromPath[UUID],  # noqa: A002 - the name in the address
        data: JSONBody[Rotating],
    ) -> SubscriptionIssued:
        """Make a new secret, shown this once; until the overlap ends each call carries a signature by either."""
        overlap = timedelta(hours=data.overlap_hours)
        made = await service.rotate(id, overlap, actor=request.user, now=await clock.now())
        return view_issued(made.subscription, made.secret)

    @post(
        "/{id:uuid}/test",
        opt={**MANAGING, **refuses(409)},
        operation_id="sendTestEvent",
        summary="Send a signed ping",
        status_code=202,
    )
    async def test(self, request: Request[Actor, Any, Any], id: FromPath[UUID]) -> PingSent:  # noqa: A002 - the name in the address
        """Send a message of type `ping`; the log says what came of it."""
        return PingSent(message=await service.ping(id, actor=request.user, now=await clock.now()))

    @get("/{id:uuid}/deliveries", opt=MANAGING, operation_id="listSubscriptionDeliveries", summary="The log")
    async def list_deliveries(
        self,
        request: Request[Actor, Any, Any],
        id: FromPath[UUID],  # noqa: A002 - the name in the address
        in_state: InState = None,
        cursor: PageCursor = None,
        limit: PageLimit = DEFAULT_LIMIT,
    ) -> Response[Page[CallView]]:
        """List messages with every try, newest first."""
        before = decode_cursor(cursor, tuple[int])
        states = (in_state.value,) if in_state else ()
        found = await service.deliveries_of(
            id, request.user, states, before[0] if before else None, limit + 1
        )
        numbers = {one.message: one.number for one in found}
        shown = [view_delivery(one) for one in found]
        return paged(request, shown, limit, key=lambda one: (numbers[one.message],))

    @post(
        "/{id:uuid}/replay",
        opt={**MANAGING, **refuses(409)},
        operation_id="replaySubscription",
        summary="Send a range again",
        status_code=202,
    )
    async def replay(
        self,
        request: Request[Actor, Any, Any],
        id: FromPath[UUID],  # noqa: A002 - the name in the address
        data: JSONBody[Replaying],
    ) -> SubscriptionView:
        """Send again what stands behind a cursor, or what was received in a range; what is newer comes after it."""
        found = await service.replay(
            id,
            after=decode_cursor(data.after, Cursor, name="after"),
            since=data.since,
            before=data.before,
            actor=request.user,
            now=await clock.now(),
        )
        return view(found)

    @post(
        "/{id:uuid}/enable",
        opt={**MANAGING, **refuses(409)},
        operation_id="resumeSubscription",
        summary="Go on with a disabled subscription",
        status_code=200,
    )
    async def enable(
        self,
        request: Request[Actor, Any, Any],
        id: FromPath[UUID],  # noqa: A002 - the name in the address
        data: JSONBody[Enabling],
    ) -> SubscriptionView:
        """Go on from the first event that has not arrived, or from now; `behind` says how much that is."""
        return view(await service.enable(id, data.begin, actor=request.user, now=await clock.now()))


HANDLERS = (SubscriptionController,)
