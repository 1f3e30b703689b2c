"""Money over HTTP: what was collected and given back, who has what in hand, and remittances."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec.structs import asdict

from postal import clock
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.parameters import PathCode, code_query
from postal.identity.access import SIGNED_IN, roles
from postal.identity.rules import Actor
from postal.network.rules import local_day
from shipments.fees import repository, service
from shipments.fees.repository import Filter, Paid
from shipments.fees.rules import COUNTERS, TAKERS, Account, Channel, Remittance, RemittanceState
from shipments.fees.schemas import (
    DayClosing,
    NewCollection,
    NewCorrection,
    NewCount,
    NewRefund,
    NewRemittance,
    NewSettlement,
)
from shipments.fees.service import Chosen, Collecting, DossierFees, Handing, InHand, Refunding

TAKES, COUNTS = roles(*TAKERS), roles(*COUNTERS)

OfDossier = Annotated[str | None, code_query("Only what was paid for this dossier")]
OfPerson = Annotated[str | None, code_query("Only the money of this member of staff")]
OfDay = Annotated[date | None, QueryParameter(description="Only the accounts of this day")]
Through = Annotated[Channel | None, QueryParameter(description="Only this channel")]
InState = Annotated[RemittanceState | None, QueryParameter(name="state", description="Only in this state")]


class FeeController(Controller):
    """Money of dossiers; all amounts are whole đồng."""

    path = "/api/v1/fees"
    tags = ("fees",)

    @post("/", operation_id="collectFee", summary="Record money taken for a dossier", opt=TAKES)
    async def collect(self, request: Request[Actor, Any, Any], data: JSONBody[NewCollection]) -> Paid:
        """Record a payment against its receipt; it is in the person's hand from now on."""
        fields = asdict(data)
        collecting = Collecting(at=fields.pop("occurred_at"), **fields)
        return await service.collect(collecting, actor=request.user, now=await clock.now())

    @get("/", operation_id="listFees", summary="Payments and refunds, newest first", opt=SIGNED_IN)
    async def list_fees(
        self,
        request: Request[Actor, Any, Any],
        dossier: OfDossier = None,
        person: OfPerson = None,
        day: OfDay = None,
        channel: Through = None,
        cursor: PageCursor = None,
        limit: PageLimit = DEFAULT_LIMIT,
    ) -> Response[Page[Paid]]:
        """List the entries of the caller's organisation, and those of dossiers that it may see."""
        found = await repository.list_entries(
            request.user,
            Filter(dossier=dossier, person=person, day=day, channel=channel),
            decode_cursor(cursor, tuple[datetime, UUID]),
            limit + 1,
        )
        return paged(request, found, limit, key=lambda one: (one.at, one.id))

    @get("/in-hand", operation_id="getMoneyInHand", summary="Who has what in hand of a day", opt=SIGNED_IN)
    async def in_hand(
        self, request: Request[Actor, Any, Any], person: OfPerson = None, day: OfDay = None
    ) -> InHand:
        """Give collected, remitted, refunded and in hand, by person and channel; of today if no day is named."""
        wanted = day or local_day(await clock.now())
        return await service.in_hand(person, wanted, actor=request.user)

    @post("/close", operation_id="closeMoneyDay", summary="Close a person's day", status_code=200, opt=TAKES)
    async def close(self, request: Request[Actor, Any, Any], data: JSONBody[DayClosing]) -> Account:
        """Fix what a day stands at; what comes in later opens it again and says so."""
        return await service.close_day(
            data.day, data.cash, person=data.person, actor=request.user, now=await clock.now()
        )

    @get("/{fee:uuid}", operation_id="getFee", summary="One payment or refund", opt=SIGNED_IN)
    async def read(self, fee: FromPath[UUID], request: Request[Actor, Any, Any]) -> Paid:
        """Give an entry, with what corrected it and the remittance that it is on."""
        return await repository.get_entry(fee, request.user)

    @post("/{fee:uuid}/refund", operation_id="refundFee", summary="Record money given back", opt=TAKES)
    async def refund(
        self, fee: FromPath[UUID], request: Request[Actor, Any, Any], data: JSONBody[NewRefund]
    ) -> Paid:
        """Record a refund; it leaves the hand of whoever gives it, at most what is left of the payment."""
        fields = asdict(data)
        refunding = Refunding(fee=fee, at=fields.pop("occurred_at"), **fields)
        return await service.refund(refunding, actor=request.user, now=await clock.now())

    @post(
        "/{fee:uuid}/correct",
        operation_id="correctFee",
        summary="Name an entry as mistaken",
        status_code=200,
        opt=TAKES,
    )
    async def correct(
        self, fee: FromPath[UUID], request: Request[Actor, Any, Any], data: JSONBody[NewCorrection]
    ) -> Paid:
        """Let an entry count no more; the right one is recorded anew."""
        return await service.correct(fee, data.reason, actor=request.user, now=await clock.now())


class PieceMoneyController(Controller):
    """The money of one piece."""

    path = "/api/v1/pieces"
    tags = ("fees",)

    @get("/{code:str}/fees", operation_id="getPieceFees", summary="What was paid for a piece", opt=SIGNED_IN)
    async def read(self, code: PathCode, request: Request[Actor, Any, Any]) -> list[DossierFees]:
        """Give, of a dossier or of each that an item carries, what it costs, what was paid, and who pays its way home.

        The rule that says who pays is named with its citation; one that was configured says so.
        """
        return list(await service.fees_for(code, request.user))


class RemittanceController(Controller):
    """Bảng kê nộp tiền: what a person hands over, against what the receiver counted."""

    path = "/api/v1/fees/remittances"
    tags = ("fees",)

    @post("/", operation_id="handRemittance", summary="Hand money over by a list", opt=TAKES)
    async def hand(self, request: Request[Actor, Any, Any], data: JSONBody[NewRemittance]) -> Remittance:
        """Make the list; the money stays in the giver's hand until it is counted."""
        fees = None if data.fees is None else tuple(Chosen(**asdict(each)) for each in data.fees)
        handing = Handing(**{**asdict(data), "fees": fees})
        return await service.hand(handing, actor=request.user, now=await clock.now())

    @get("/", operation_id="listRemittances", summary="Your remittances, newest first", opt=SIGNED_IN)
    async def list_remittances(
        self,
        request: Request[Actor, Any, Any],
        person: OfPerson = None,
        in_state: InState = None,
        cursor: PageCursor = None,
        limit: PageLimit = DEFAULT_LIMIT,
    ) -> Response[Page[Remittance]]:
        """List the remittances of which the caller's organisation is giver or receiver."""
        found = await repository.list_remittances(
            request.user,
            person=person,
            state=in_state,
            after=decode_cursor(cursor, tuple[datetime, str]),
            limit=limit + 1,
        )
        return paged(request, found, limit, key=lambda one: (one.at, one.code))

    @get("/{remittance:str}", operation_id="getRemittance", summary="A remittance", opt=SIGNED_IN)
    async def read(self, remittance: PathCode, request: Request[Actor, Any, Any]) -> Remittance:
        """Give a remittance, line by line, with the class and the owner of each difference."""
        return await repository.get_remittance(remittance, request.user)

    @post(
        "/{remittance:str}/count",
        operation_id="countRemittance",
        summary="Record what was counted",
        status_code=200,
        opt=COUNTS,
    )
    async def count(
        self, remittance: PathCode, request: Request[Actor, Any, Any], data: JSONBody[NewCount]
    ) -> Remittance:
        """Compare the list with the money; every difference gets its class and somebody who answers."""
        lines = [(line.receipt, line.amount) for line in data.lines]
        return await service.count(remittance, lines, actor=request.user, now=await clock.now())

    @post(
        "/{remittance:str}/settle",
        operation_id="settleRemittanceLine",
        summary="State how a difference ended",
        status_code=200,
        opt=COUNTS,
    )
    async def settle(
        self, remittance: PathCode, request: Request[Actor, Any, Any], data: JSONBody[NewSettlement]
    ) -> Remittance:
        """Settle the difference of one receipt."""
        return await service.settle(
            remittance, data.receipt, data.resolution, actor=request.user, now=await clock.now()
        )

    @post(
        "/{remittance:str}/withdraw",
        operation_id="withdrawRemittance",
        summary="Take it back before it is counted",
        status_code=200,
        opt=TAKES,
    )
    async def withdraw(self, remittance: PathCode, request: Request[Actor, Any, Any]) -> Remittance:
        """Withdraw a list; its money is in hand as before."""
        return await service.withdraw(remittance, actor=request.user, now=await clock.now())


HANDLERS = (FeeController, PieceMoneyController, RemittanceController)
