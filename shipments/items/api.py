"""Items and bags over HTTP."""

from typing import Any

from litestar import Controller, Request, get, post
from litestar.params import FromQuery

from postal import clock
from postal.config import code_key
from postal.http.parameters import PathCode
from postal.identity.access import SIGNED_IN, roles
from postal.identity.rules import Actor, Role
from postal.instants import Instant
from shipments.custody import service as custody
from shipments.custody.schemas import PieceView, view
from shipments.items import service
from shipments.items.rules import Packed, Packing
from shipments.items.schemas import ContainerView, NewContainer
from shipments.pieces.rules import CITIZEN, PieceKind

PACKERS = roles(
    Role.CLERK,
    Role.POST_DESK,
    Role.COURIER,
    Role.SORTER,
    Role.SUPERVISOR,
    Role.DESK,
    Role.SPECIALIST,
    Role.SYSTEM,
)
BAGGERS = roles(Role.CLERK, Role.POST_DESK, Role.COURIER, Role.SORTER, Role.SUPERVISOR, Role.SYSTEM)


class ItemController(Controller):
    """Sealed items, with a UPU S10 code each."""

    path = "/api/v1/items"
    tags = ("items",)

    @post("/", opt=PACKERS, operation_id="makeItem", summary="Papers into a new S10 item")
    async def make_item(self, request: Request[Actor, Any, Any], data: NewContainer) -> ContainerView:
        """Choose an S10 code, register the item and pack the pieces into it, all or nothing."""
        return await _make(request, data, PieceKind.ITEM)

    @get("/{code:str}", opt=SIGNED_IN, operation_id="getItem", summary="A piece: holder, state, history")
    async def read_item(
        self, request: Request[Actor, Any, Any], code: PathCode, as_of: FromQuery[Instant | None] = None
    ) -> PieceView:
        """Give a piece of any kind as known at `as_of`; the same as `/pieces/{code}`."""
        return view(*await custody.piece_history(code, actor=request.user, as_of=as_of))


class BagController(Controller):
    """Closed receptacles of items."""

    path = "/api/v1/bags"
    tags = ("items",)

    @post("/", opt=BAGGERS, operation_id="makeBag", summary="Items into a new bag")
    async def make_bag(self, request: Request[Actor, Any, Any], data: NewContainer) -> ContainerView:
        """Choose a bag code, register the bag and pack the items into it, all or nothing."""
        return await _make(request, data, PieceKind.BAG)


async def _make(request: Request[Actor, Any, Any], data: NewContainer, kind: PieceKind) -> ContainerView:
    settings = request.app.state.settings
    packing = Packing(
        container=kind,
        destination=data.destination,
        direction=data.direction or ("outbound" if data.destination == CITIZEN else "inbound"),
        pieces=data.pieces,
        authority=data.authority,
        service=data.service,
        seal=data.seal,
    )
    packed = await service.make(
        packing, actor=request.user, now=await clock.now(), key=code_key(settings), codes=settings.codes
    )
    return _view(packed)


def _view(packed: Packed) -> ContainerView:
    return ContainerView(
        code=packed.code,
        kind=packed.kind,
        origin=packed.origin,
        destination=packed.destination,
        direction=packed.direction,
        pieces=packed.pieces,
        seal=packed.seal,
    )
