"""JSON over HTTP: exactly the national portal's fields, read and sent by agencies' systems."""

import hashlib
from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Annotated, Any

from litestar import Controller, Request, Response, get, post
from litestar.exceptions import InternalServerException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.params import QueryParameter

from integrations.inbox import service as inbox
from integrations.partners import service as partners
from integrations.partners.api import PathPartner
from integrations.portal.rules import SERVICES, PortalDossier, PortalProgress, service_of
from integrations.portal.schemas import PortalReply, row_reply
from integrations.portal.service import reading
from postal import clock
from postal.errors import Unprocessable
from postal.http.idempotency import OWN_IDS
from postal.http.limits import limited
from postal.http.paging import Page, PageCursor, decode_cursor, encode_cursor, link_to_next
from postal.http.parameters import code_query
from postal.http.problems import refuses
from postal.http.requests import RAW_BODY, refuse_other_media
from postal.identity.access import ANYONE, roles
from postal.identity.rules import Actor, Role
from postal.network.rules import start_of

Caller = Request[Actor, Any, Any]
READERS = {**roles(Role.SYSTEM, Role.DESK, Role.SPECIALIST, Role.AGENCY_HEAD), **refuses(404)}
CALLED = {**ANYONE, **limited("partner-messages", 12_000, 60)}
MOST_A_BODY = 8_388_608
EARLIEST, LATEST = date(1970, 1, 1), date(9999, 1, 1)

From = Annotated[date | None, QueryParameter(name="from", description="Registered on this day or later")]
To = Annotated[date | None, QueryParameter(name="to", description="Registered before this day")]
Of = Annotated[str | None, code_query("This dossier alone")]
Limit = Annotated[int, QueryParameter(ge=1, le=200, description="How many dossiers at most")]


class PortalFieldsController(Controller):
    """Our dossiers in the fields of DongBoHoSoMC and CapNhatTienDoHoSoMC."""

    path = "/api/v1/portal"
    tags = ("portal",)

    @get(
        "/dossiers",
        operation_id="listPortalDossiers",
        summary="Dossiers in the fields of DongBoHoSoMC",
        opt=READERS,
    )
    async def dossiers(
        self,
        request: Caller,
        begin: From = None,
        end: To = None,
        code: Of = None,
        limit: Limit = 50,
        cursor: PageCursor = None,
    ) -> Response[Page[PortalDossier]]:
        """Give the dossiers of your agency, as they stand, in the order of their registration.

        Texts as the portal's services write them: instants `yyyyMMddHHmmss` of Vietnam, states 1 to 10, an empty text
        for what is not known. They say whose a dossier is, so each reading of one is noted.
        """
        codes, following = await _page(request.user, begin, end, code, limit, cursor)
        return _paged(request, await reading.dossiers(codes), following)

    @get(
        "/progress",
        operation_id="listPortalProgress",
        summary="What happened, in the fields of CapNhatTienDoHoSoMC",
        opt=READERS,
    )
    async def progress(
        self,
        request: Caller,
        begin: From = None,
        end: To = None,
        code: Of = None,
        limit: Limit = 50,
        cursor: PageCursor = None,
    ) -> Response[Page[PortalProgress]]:
        """Give what happened to the same dossiers, dossier by dossier; `limit` counts dossiers, not rows."""
        codes, following = await _page(request.user, begin, end, code, limit, cursor)
        return _paged(request, await reading.progress(codes), following)


class PortalServiceController(Controller):
    """Where a one-stop system sends what it sends to the portal."""

    path = "/api/v1/partners/{partner:str}/portal"
    tags = ("portal",)

    @post(
        operation_id="sendPortalMessage",
        summary="Send DongBoHoSoMC or CapNhatTienDoHoSoMC",
        request_max_body_size=MOST_A_BODY,
        status_code=200,
        opt={**CALLED, **OWN_IDS, RAW_BODY: ("application/json",), **refuses(403, 404, 408, 413, 415)},
    )
    async def send(self, request: Caller, partner: PathPartner) -> PortalReply:
        """Nhận bản tin theo khuôn dạng Cổng Dịch vụ công. Take an envelope, and answer as the portal does.

        `{"session", "madonvi", "service", "isUpdating", "data": […]}`; whoever sends it is known as with
        `sendPartnerMessage`, and `session` counts for nothing. Without a message id the digest of the body is one, so
        the same bytes are the same message. `error_code` is "0" where every row was taken or is kept to be taken by
        itself; else it is the code of the first row that was not, and `data` says what became of each.
        """
        headers = {name.lower(): value for name, value in request.headers.items()}
        await partners.recognise(partner, request.user, headers)
        refuse_other_media(request)
        raw = await _read(request, headers.get("content-length", ""))
        inbox.refuse_broken("application/json", raw)
        kind = service_of(raw)
        if kind is None:
            raise Unprocessable(
                "portal.service",
                vi=f"Cần service là một trong: {', '.join(SERVICES.values())}",
                en=f"The service has to be one of {', '.join(SERVICES.values())}",
                pointer="/service",
            )
        if not {"webhook-id", "message-id", "idempotency-key"} & headers.keys():
            headers["message-id"] = f"sha256-{hashlib.sha256(raw).hexdigest()}"
        call = inbox.Call(partner=partner, headers=headers, stated=len(raw))
        answer = await inbox.receive(call, kind, _whole(raw), actor=request.user, now=await clock.now())
        return _reply(answer)


def _reply(answer: inbox.Answer) -> PortalReply:
    message = answer.message
    waiting = message.state == "waiting"
    refused = None if waiting or message.state == "done" else message.code or "portal.refused"
    return PortalReply(
        error_code=refused or "0",
        message=(message.message or "") if refused or waiting else "",
        message_id=message.message_id,
        state=message.state,
        data=[row_reply(row) for row in message.results],
    )


async def _read(request: Caller, stated: str) -> bytes:
    """Read the body as the inbox does: bounded in size and time, and whole."""
    length = int(stated) if stated.isascii() and stated.isdigit() else None
    return await inbox.read_body(_coming(request), length, inbox.bounds())


async def _coming(request: Caller) -> AsyncIterator[bytes]:
    try:
        async for piece in request.stream():
            yield piece
    except RequestEntityTooLarge as error:
        raise inbox.too_large(MOST_A_BODY) from error
    except InternalServerException as error:
        raise inbox.cut_off() from error


async def _whole(raw: bytes) -> AsyncIterator[bytes]:
    yield raw


async def _page(
    actor: Actor, begin: date | None, end: date | None, code: str | None, limit: int, cursor: str | None
) -> tuple[list[str], str | None]:
    if code is not None:
        await reading.refuse_stranger(code, actor)
        return [code], None
    after = decode_cursor(cursor, tuple[datetime, str])
    found = await reading.page(actor, start_of(begin or EARLIEST), start_of(end or LATEST), after, limit + 1)
    following = encode_cursor(found[limit - 1]) if len(found) > limit else None
    return [one for _, one in found[:limit]], following


def _paged(request: Caller, rows: list[Any], following: str | None) -> Response[Any]:
    headers = link_to_next(request, following) if following else {}
    return Response(Page(items=rows, next_cursor=following), headers={**headers, "Cache-Control": "no-store"})


HANDLERS = (PortalFieldsController, PortalServiceController)
