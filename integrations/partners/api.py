"""JSON over HTTP: the registry of programs of others."""

from typing import Annotated, Any

from litestar import Controller, Request, Response, get, patch, post
from litestar.params import PathParameter

from integrations.partners import service
from integrations.partners.rules import ADMINISTERING, SEEING, NewPartner, PartnerChange
from integrations.partners.schemas import (
    EndPartner,
    IssuedView,
    PartnerView,
    RotateSecret,
    issued_view,
    view,
)
from postal import clock
from postal.http.idempotency import ONCE_ONLY
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.identity.access import roles
from postal.identity.rules import Actor

Caller = Request[Actor, Any, Any]
PathPartner = Annotated[
    str, PathParameter(min_length=2, max_length=40, description="The code of the partner")
]

GOVERNING = roles(*ADMINISTERING)
READING = roles(*SEEING)


class PartnerController(Controller):
    """Programs of others: whom they speak for, where they are called, what they sign with."""

    path = "/api/v1/partners"
    tags = ("partners",)

    @get(opt=READING, operation_id="listPartners", summary="List partners")
    async def list_partners(
        self, request: Caller, limit: PageLimit = DEFAULT_LIMIT, cursor: PageCursor = None
    ) -> Response[Page[PartnerView]]:
        """List the partners of organisations that you administer, by code."""
        found = await service.list_partners(request.user, decode_cursor(cursor, str), limit + 1)
        return paged(request, [view(each) for each in found], limit, key=lambda each: each.code)

    @post(opt={**GOVERNING, **ONCE_ONLY}, operation_id="createPartner", summary="Register a partner")
    async def create(self, request: Caller, data: NewPartner) -> IssuedView:
        """Register a program of an organisation; its two secrets are shown this once.

        It authenticates either with an API key of that organisation with the role `system`, or by signing its messages
        as the Standard Webhooks specification says, with the inbound secret; we sign ours with the outbound one.
        """
        issued = await service.create(data, actor=request.user, now=await clock.now())
        return issued_view(issued)

    @get("/{partner:str}", opt=READING, operation_id="getPartner", summary="Read a partner")
    async def read(self, request: Caller, partner: PathPartner) -> PartnerView:
        """Give a partner, without its secrets."""
        return view(await service.get(partner, request.user))

    @patch("/{partner:str}", opt=GOVERNING, operation_id="changePartner", summary="Change or pause a partner")
    async def change(self, request: Caller, partner: PathPartner, data: PartnerChange) -> PartnerView:
        """Change its name, address or settings; pause it or let it go on, saying why."""
        return view(await service.change(partner, data, actor=request.user, now=await clock.now()))

    @post(
        "/{partner:str}/secrets",
        opt={**GOVERNING, **ONCE_ONLY},
        operation_id="rotatePartnerSecret",
        summary="Make a new secret",
        status_code=200,
    )
    async def rotate(self, request: Caller, partner: PathPartner, data: RotateSecret) -> IssuedView:
        """Make a new secret of one direction, shown this once; the one before it counts until `old_until`.

        Two count at a time. A message signed with the old secret after that instant is refused.
        """
        issued = await service.rotate(
            partner, data.direction, data.old_until, actor=request.user, now=await clock.now()
        )
        return issued_view(issued)

    @post(
        "/{partner:str}/end",
        opt=GOVERNING,
        operation_id="endPartner",
        summary="End a partner",
        status_code=200,
    )
    async def end(self, request: Caller, partner: PathPartner, data: EndPartner) -> PartnerView:
        """End a partner for good, saying why; its secrets are forgotten at once. Ending it again changes nothing."""
        return view(await service.end(partner, data.why, actor=request.user, now=await clock.now()))


HANDLERS: tuple[Any, ...] = (PartnerController,)
