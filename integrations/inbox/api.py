"""JSON over HTTP: messages of partners in, and what became of them."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.exceptions import InternalServerException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import PathParameter, QueryParameter

from integrations.inbox import service
from integrations.inbox.rules import MEDIA, SEEING
from integrations.inbox.schemas import (
    InboxEntryView,
    MessageView,
    OutcomeView,
    Replayed,
    ReplayOrder,
    listed_view,
    message_view,
    outcome_view,
)
from integrations.partners.api import GOVERNING, PathPartner
from postal import clock
from postal.http.idempotency import OWN_IDS
from postal.http.limits import limited
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.parameters import code_query
from postal.http.problems import refuses
from postal.http.requests import RAW_ANSWER, RAW_BODY
from postal.identity.access import ANYONE, roles
from postal.identity.rules import Actor

Caller = Request[Actor, Any, Any]
MOST_EVER = 67_108_864
"""Above what the setting may allow; the body is bounded by the setting as it is read."""

CALLED = {**ANYONE, **limited("partner-messages", 12_000, 60)}
SEALED_OFF = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

Kind = Annotated[
    str,
    PathParameter(
        min_length=1, max_length=128, description="The kind of the message, or its sender's own id"
    ),
]
OfPartner = Annotated[str | None, code_query("Only messages of this partner")]
OfState = Annotated[
    Literal["waiting", "done", "partly", "failed"] | None,
    QueryParameter(name="state", description="Only in this state"),
]


class MessageController(Controller):
    """What partners send."""

    path = "/api/v1/partners/{partner:str}/messages"
    tags = ("partners",)

    @post(
        "/{name:str}",
        operation_id="sendPartnerMessage",
        summary="Send a message of a kind",
        request_max_body_size=MOST_EVER,
        status_code=200,
        responses={202: ResponseSpec(OutcomeView, description="Taken for good; it waits to be understood")},
        opt={**CALLED, **OWN_IDS, RAW_BODY: MEDIA, **refuses(403, 404, 408, 413, 415)},
    )
    async def send(self, request: Caller, partner: PathPartner, name: Kind) -> Response[OutcomeView]:
        """Nhận tin của đối tác. Take a message; it is kept, committed, before anything of it is understood.

        The sender is known by an API key of the partner's organisation with the role `system`, or by `webhook-id`,
        `webhook-timestamp` and `webhook-signature` (Standard Webhooks 1.0.0) over the very bytes of the body. The
        message's own id is `webhook-id`, `Message-Id` or `Idempotency-Key`.

        - **200**: understood; `state` is `done`, `partly` (some rows were refused, see `results`) or `failed`.
        - **202**: taken for good; ask for the outcome by its id.
        - The same id with the same bytes: the outcome of the first, and no second effect. With other bytes or as
          another kind: 409 `inbox.other_content`, also where both come at one moment; the first to be kept stays.
        - Messages of one partner are understood in the order of receipt. One that came before what it needs
          (`inbox.too_early`) waits and is tried again by itself for a week; then it fails, and a person looks.
        - Refused, with nothing kept: no credentials, a wrong signature (also one of an old secret after its overlap) or
          a time of signing over 5 minutes from ours: 401; another partner's key, or no such partner: 404; a paused
          partner: 403; an unknown kind: 404; no id: 400 `inbox.message_id`; another media type: 415; JSON that is
          broken or cut off, or a body shorter than its Content-Length: 400; over the limit (8 MiB): 413; slower than
          30 seconds: 408.
        """
        answer = await service.receive(
            _call(request, partner), name, _body(request), actor=request.user, now=await clock.now()
        )
        return Response(
            outcome_view(answer.partner.code, answer.message),
            status_code=202 if answer.message.state == "waiting" else 200,
        )

    @get(
        "/{name:str}",
        operation_id="getPartnerMessage",
        summary="What became of a message",
        opt={**CALLED, **refuses(403)},
    )
    async def read(self, request: Caller, partner: PathPartner, name: Kind) -> OutcomeView:
        """Tell a partner what became of a message, by the id that it gave; who signs signs an empty body."""
        answer = await service.outcome(
            _call(request, partner), name, actor=request.user, now=await clock.now()
        )
        return outcome_view(answer.partner.code, answer.message)


class InboxController(Controller):
    """The inbox, for whoever administers the organisations that partners speak for."""

    path = "/api/v1/inbox"
    tags = ("partners",)

    @get(operation_id="listInbox", summary="List messages of partners", opt=roles(*SEEING))
    async def list_messages(
        self,
        request: Caller,
        partner: OfPartner = None,
        in_state: OfState = None,
        limit: PageLimit = DEFAULT_LIMIT,
        cursor: PageCursor = None,
    ) -> Response[Page[InboxEntryView]]:
        """List messages, newest first."""
        before = decode_cursor(cursor, int)
        found = await service.list_messages(
            request.user, partner=partner, state=in_state, before=before, limit=limit + 1
        )
        shown = [(each.message.seq, listed_view(each)) for each in found]
        answered = paged(request, shown, limit, key=lambda each: each[0])
        page = answered.content
        return Response(
            Page(items=[view for _, view in page.items], next_cursor=page.next_cursor),
            headers=answered.headers,
        )

    @get("/{message:uuid}", operation_id="getInboxMessage", summary="Read a message", opt=roles(*SEEING))
    async def read(self, request: Caller, message: UUID) -> MessageView:
        """Give what became of a message and its tries; not its content."""
        return message_view(await service.get(message, request.user))

    @get(
        "/{message:uuid}/content",
        operation_id="getInboxContent",
        summary="The bytes of a message",
        opt={**GOVERNING, RAW_ANSWER: ("application/octet-stream",), **refuses(410)},
    )
    async def content(self, request: Caller, message: UUID) -> Response[bytes]:
        """Give a message as it came, to whoever administers its organisation; each look is noted."""
        _, raw = await service.content(message, request.user)
        return content_answer(message, raw)

    @post(
        "/{message:uuid}/replay",
        operation_id="replayInboxMessage",
        summary="Understand a message again",
        opt={**GOVERNING, **refuses(410)},
        status_code=202,
    )
    async def replay(self, request: Caller, message: UUID) -> MessageView:
        """Have a message understood again, after a fix; what it did before it does not do twice."""
        await service.replay(message, actor=request.user, now=await clock.now())
        return message_view(await service.get(message, request.user))

    @post(
        "/replays",
        operation_id="replayInbox",
        summary="Understand many again",
        opt=GOVERNING,
        status_code=202,
    )
    async def replay_many(self, request: Caller, data: ReplayOrder) -> Replayed:
        """Have a partner's messages of a state, all or those received in a time, understood again."""
        again = await service.replay_many(
            data.partner,
            state=data.state,
            first=data.received_from,
            last=data.received_before,
            actor=request.user,
            now=await clock.now(),
        )
        return Replayed(messages=again)


def content_answer(message: UUID, raw: bytes) -> Response[bytes]:
    """Hand out bytes of others so that nothing in them runs or loads anything."""
    named = {"Content-Disposition": f'attachment; filename="{message}.bin"'}
    return Response(raw, media_type="application/octet-stream", headers={**SEALED_OFF, **named})


def _call(request: Caller, partner: str) -> service.Call:
    headers = {name.lower(): value for name, value in request.headers.items()}
    stated = headers.get("content-length", "")
    return service.Call(
        partner=partner,
        headers=headers,
        stated=int(stated) if stated.isascii() and stated.isdigit() else None,
    )


async def _body(request: Caller) -> AsyncIterator[bytes]:
    """Give the body as it comes; a sender that goes away leaves no whole one, whatever length it stated."""
    try:
        async for piece in request.stream():
            yield piece
    except RequestEntityTooLarge as error:
        raise service.too_large(MOST_EVER) from error
    except InternalServerException as error:
        raise service.cut_off() from error


HANDLERS: tuple[Any, ...] = (MessageController, InboxController)
