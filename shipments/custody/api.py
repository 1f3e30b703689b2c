"""JSON over HTTP: uploads of scans, and pieces with their custody."""

from typing import Annotated, Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromQuery, JSONBody

from postal import clock
from postal.http.language import language_of
from postal.http.limits import UNLIMITED
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.parameters import PathCode, code_query
from postal.http.requests import ITEMS
from postal.identity.access import BY_STATION, SIGNED_IN, roles
from postal.identity.rules import Actor, Role
from postal.instants import Instant
from postal.observability.metrics import observe_sync
from shipments.custody import service
from shipments.custody.rules import Phase
from shipments.custody.rules.containers import Inventory
from shipments.custody.rules.verdicts import BatchAnswer
from shipments.custody.rules.wire import ScanBatch, ScanUpload
from shipments.custody.schemas import (
    Closing,
    InventoryTaken,
    PieceSummary,
    PieceView,
    Recall,
    Redirection,
    summary,
    view,
)
from shipments.custody.service import containers
from shipments.custody.service.instructions import instruct
from shipments.pieces.rules import PieceKind

INSTRUCTING = roles(Role.CLERK, Role.POST_DESK, Role.DESK, Role.SUPERVISOR, Role.SYSTEM)
"""Who speaks for a sender at a counter, or is one."""

SEALING = roles(
    Role.CLERK, Role.POST_DESK, Role.COURIER, Role.SORTER, Role.SUPERVISOR, Role.DESK, Role.SYSTEM
)

OfHolder = Annotated[str | None, code_query("Held or claimed by this organisation")]


class ScanController(Controller):
    """Uploads of devices."""

    path = "/api/v1/scans"
    tags = ("scans",)

    @post(
        operation_id="uploadScans",
        summary="Upload 0 to 1,000 scans of one device",
        status_code=200,
        # A count must never stop work with hands; a batch is bounded by itself.
        opt={
            **roles(Role.SCANNER, Role.SYSTEM, Role.ADMIN),
            **BY_STATION,
            **UNLIMITED,
            ITEMS: {ScanBatch: ("scans", ScanUpload)},
        },
    )
    async def receive(self, data: ScanBatch, request: Request[Actor, Any, Any]) -> BatchAnswer:
        """Record every well-formed scan by a known identity; each gets a verdict, and no bad one blocks the others."""
        now = await clock.now()
        answered = await service.receive_batch(
            data, actor=request.user, now=now, language=language_of(request.scope)
        )
        observe_sync(answered.clock_skew_ms, ((each.verdict, each.code) for each in answered.results))
        return answered


class PieceController(Controller):
    """Pieces of any kind, and who answers for them."""

    path = "/api/v1/pieces"
    tags = ("pieces",)

    @get(operation_id="listPieces", summary="Pieces that you may see, by code", opt=SIGNED_IN)
    async def list_pieces(
        self,
        request: Request[Actor, Any, Any],
        holder: OfHolder = None,
        phase: FromQuery[Phase | None] = None,
        kind: FromQuery[PieceKind | None] = None,
        cursor: PageCursor = None,
        limit: PageLimit = DEFAULT_LIMIT,
    ) -> Response[Page[PieceSummary]]:
        """List pieces; `holder` also finds contested pieces that it claims."""
        found = await service.list_pieces(
            actor=request.user,
            holder=holder,
            phase=phase,
            kind=kind,
            after=decode_cursor(cursor, str) or "",
            limit=limit + 1,
        )
        return paged(request, [summary(custody) for custody in found], limit, key=lambda item: item.code)

    @get("/{code:str}", operation_id="getPiece", summary="A piece: holder, state, history", opt=SIGNED_IN)
    async def get_piece(
        self, request: Request[Actor, Any, Any], code: PathCode, as_of: FromQuery[Instant | None] = None
    ) -> PieceView:
        """Give a piece as known at `as_of` (now when absent)."""
        return view(*await service.piece_history(code, actor=request.user, as_of=as_of))

    @post(
        "/{code:str}/recall",
        operation_id="recallPiece",
        summary="The sender calls a piece back before delivery",
        status_code=200,
        opt=INSTRUCTING,
    )
    async def recall(
        self, code: PathCode, data: JSONBody[Recall], request: Request[Actor, Any, Any]
    ) -> PieceView:
        """Have a piece brought back to where it began; every scan meanwhile says so."""
        now = await clock.now()
        await instruct("recall", code, voucher=data.voucher, reason=data.reason, actor=request.user, now=now)
        return view(*await service.piece_history(code, actor=request.user))

    @post(
        "/{code:str}/redirect",
        operation_id="redirectPiece",
        summary="The sender or addressee sends a piece elsewhere",
        status_code=200,
        opt=INSTRUCTING,
    )
    async def redirect(
        self, code: PathCode, data: JSONBody[Redirection], request: Request[Actor, Any, Any]
    ) -> PieceView:
        """Give a piece another destination before delivery; planning and reconciliation go by it from now on."""
        await instruct(
            "redirect",
            code,
            destination=data.destination,
            voucher=data.voucher,
            reason=data.reason,
            actor=request.user,
            now=await clock.now(),
        )
        return view(*await service.piece_history(code, actor=request.user))

    @post(
        "/{code:str}/close",
        operation_id="closeContainer",
        summary="Close a bag or an item under a seal",
        status_code=200,
        opt=SEALING,
    )
    async def close(
        self, code: PathCode, data: JSONBody[Closing], request: Request[Actor, Any, Any]
    ) -> PieceView:
        """Record the seal of a container that you hold, with the list of what is in it."""
        await containers.close(code, data.seal, actor=request.user, now=await clock.now())
        return view(*await service.piece_history(code, actor=request.user))

    @post(
        "/{code:str}/inventory",
        operation_id="takeInventory",
        summary="Count and repack a container whose seal or cover is broken",
        status_code=200,
        opt=SEALING,
    )
    async def inventory(
        self, code: PathCode, data: JSONBody[InventoryTaken], request: Request[Actor, Any, Any]
    ) -> Inventory:
        """Hold what is in a container against its list, record both, and repack what was found under a new seal."""
        return await containers.take_inventory(
            code,
            data.found,
            seal=data.seal,
            condition=data.condition,
            counted=data.counted,
            witness=data.witness,
            actor=request.user,
            now=await clock.now(),
        )


HANDLERS = (ScanController, PieceController)
