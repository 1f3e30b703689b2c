"""The forms of money: collect, refund, hand over, hand on, count, settle, withdraw; each ends at its page again."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath
from litestar.response import Redirect

from postal import clock
from postal.errors import BadInput, Conflict, Forbidden, NotFound, PostalError, Unprocessable
from postal.http.language import page_language
from postal.identity.access import SIGNED_IN, roles
from postal.identity.rules import Actor
from postal.network.rules import local_day
from postal.web.rendering import page
from shipments.fees import repository, service
from shipments.fees.pages.today import CHANNELS, dong, todays_money
from shipments.fees.repository import Filter
from shipments.fees.rules import (
    COLLECTED,
    COUNTERS,
    TAKERS,
    Channel,
    FeeLine,
    LineClass,
    Payer,
    Remittance,
    RemittanceState,
    Settlement,
)
from shipments.fees.schemas import Amount, NewCollection, NewRefund, NewSettlement
from shipments.fees.service import Collecting, DossierFees, Handing, Refunding

SHOWN = 100
Refused = (BadInput, Conflict, Forbidden, NotFound, Unprocessable)
FIELDS = ("dossier", "line", "channel", "amount", "receipt", "fee", "sum", "voucher", "receiver")

PAYERS: dict[Payer, tuple[str, str]] = {
    Payer.APPLICANT: ("người nộp hồ sơ", "the applicant"),
    Payer.AGENCY: ("cơ quan giải quyết", "the agency"),
    Payer.POST: ("bưu chính", "the post"),
}
FEE_LINES: dict[FeeLine, tuple[str, str]] = {
    FeeLine.FEE: ("Phí", "Fee"),
    FeeLine.CHARGE: ("Lệ phí", "Charge"),
    FeeLine.FARE: ("Cước", "Fare"),
}
REMITTANCE_STATES: dict[RemittanceState, tuple[str, str]] = {
    RemittanceState.HANDED: ("Chờ kiểm đếm", "Waits to be counted"),
    RemittanceState.COUNTED: ("Đã kiểm đếm, khớp", "Counted, agrees"),
    RemittanceState.DIFFERING: ("Có chênh lệch", "Differs"),
    RemittanceState.SETTLED: ("Đã giải trình", "Settled"),
    RemittanceState.WITHDRAWN: ("Đã rút", "Withdrawn"),
}
LINE_CLASSES: dict[LineClass, tuple[str, str]] = {
    LineClass.AWAITING: ("Chờ đếm", "Awaiting"),
    LineClass.MATCHED: ("Khớp", "Matched"),
    LineClass.SHORT: ("Thiếu một phần", "Short"),
    LineClass.OVER: ("Thừa", "Over"),
    LineClass.MISSING: ("Không có", "Missing"),
    LineClass.UNKNOWN: ("Ngoài bảng kê", "Not listed"),
    LineClass.TWICE: ("Ghi hai lần", "Named twice"),
}
SETTLEMENTS: dict[Settlement, tuple[str, str]] = {
    Settlement.PAID_IN: ("Đã nộp bù", "Paid in"),
    Settlement.GIVEN_BACK: ("Đã trả lại", "Given back"),
    Settlement.RECORDING_ERROR: ("Ghi nhầm", "A recording error"),
    Settlement.ACCEPTED: ("Hai bên chấp nhận", "Accepted"),
}


@get("/fees", opt=SIGNED_IN, include_in_schema=False, summary="Page: money")
async def show(request: Request[Actor, Any, Any]) -> Response[str]:
    """Show today's money and the forms to take it in, give it back and hand it over."""
    return await _money(request)


@post(
    "/fees", opt=roles(*TAKERS), include_in_schema=False, summary="Page: take, give back or hand over money"
)
async def act(request: Request[Actor, Any, Any]) -> Response[Any]:
    """Do what one of the forms asks for; what was typed stays on the page if it is refused."""
    form = await request.form()
    given = {name: _typed(form, name) for name in FIELDS}
    try:
        where = await _act(_typed(form, "act"), given, request.user, await clock.now())
    except Refused as refused:
        return await _money(request, refused, given)
    return Redirect(where, status_code=303)


@get(
    "/fees/remittances/{remittance:str}", opt=SIGNED_IN, include_in_schema=False, summary="Page: a remittance"
)
async def show_remittance(request: Request[Actor, Any, Any], remittance: FromPath[str]) -> Response[str]:
    """Show a list of money, line by line."""
    return await _remittance(request, remittance)


@post(
    "/fees/remittances/{remittance:str}",
    opt=roles(*TAKERS),
    include_in_schema=False,
    summary="Page: count or settle a remittance",
)
async def act_on_remittance(request: Request[Actor, Any, Any], remittance: FromPath[str]) -> Response[Any]:
    """Count it, settle a difference, or take it back."""
    found = await repository.get_remittance(remittance, request.user)
    form = await request.form()
    try:
        await _act_on(found, form, request.user, await clock.now())
    except Refused as refused:
        return await _remittance(request, remittance, refused)
    return Redirect(f"/fees/remittances/{remittance}", status_code=303)


async def _act(asked: str, given: dict[str, str], actor: Actor, now: datetime) -> str:
    if asked == "collect":
        fields = {name: given[name] for name in ("dossier", "line", "channel", "receipt")}
        new = _read(fields | {"amount": _amount(given["amount"], "/amount")}, NewCollection)
        taken = {name: getattr(new, name) for name in (*fields, "amount")}
        await service.collect(Collecting(**taken), actor=actor, now=now)
        return "/fees"
    if asked == "refund":
        told = {"amount": _amount(given["sum"], "/sum"), "receipt": given["voucher"]}
        new_refund = _read(told, NewRefund)
        refunding = Refunding(fee=_uuid(given["fee"]), amount=new_refund.amount, receipt=new_refund.receipt)
        await service.refund(refunding, actor=actor, now=now)
        return "/fees"
    if asked in {"hand", "pass_on"} and given["channel"] in set(Channel):
        handing = Handing(
            channel=Channel(given["channel"]),
            receiver=given["receiver"] or None,
            of_office=asked == "pass_on",
        )
        made = await service.hand(handing, actor=actor, now=now)
        return f"/fees/remittances/{made.code}"
    raise Unprocessable("fee.act", vi="Hãy chọn việc cần làm", en="Choose what to do", pointer="/act")


async def _act_on(found: Remittance, form: FormMultiDict, actor: Actor, now: datetime) -> None:
    asked = _typed(form, "act")
    if asked == "withdraw":
        await service.withdraw(found.code, actor=actor, now=now)
        return
    if not actor.roles & set(COUNTERS):
        raise Forbidden(
            "fee.not_counting",
            vi="Người nộp không kiểm đếm; cần người nhận.",
            en="Who hands money over does not count it; the receiver does.",
        )
    if asked == "count":
        typed = [(line.receipt, _typed(form, f"count-{line.n}")) for line in found.lines]
        lines = [(receipt, _amount(text, "/lines")) for receipt, text in typed if text.strip("0. ")]
        await service.count(found.code, lines, actor=actor, now=now)
    elif asked == "settle":
        told = {"receipt": _typed(form, "receipt"), "resolution": _typed(form, "resolution")}
        new = _read(told, NewSettlement)
        await service.settle(found.code, new.receipt, new.resolution, actor=actor, now=now)
    else:
        raise Unprocessable("fee.act", vi="Hãy chọn việc cần làm", en="Choose what to do", pointer="/act")


async def _money(
    request: Request[Actor, Any, Any], refused: PostalError | None = None, typed: dict[str, str] | None = None
) -> Response[str]:
    actor, now = request.user, await clock.now()
    today = await service.in_hand(None, local_day(now), actor=actor)
    section = await todays_money(actor, now)
    entries = await repository.list_entries(actor, Filter(person=actor.person, day=today.day), None, SHOWN)
    asked = request.query_params.get("piece", "").strip().upper()[:60]
    return page(
        request,
        "fees/money.html",
        title=("Tiền thu hộ", "Money"),
        status=refused.status if refused else 200,
        refused=_sentence(request, refused),
        at_fault=_at_fault(refused),
        typed={name: (typed or {}).get(name, "") for name in FIELDS},
        context=section or {"today": today, "waiting": [], "channels": CHANNELS, "states": {}, "dong": dong},
        today=today,
        entries=[one for one in entries if one.kind == COLLECTED and one.void_by is None],
        channels=CHANNELS,
        lines=FEE_LINES,
        dong=dong,
        asked=asked,
        money=await _money_of(asked, actor) if asked else (),
        payers=PAYERS,
        taking=bool(actor.roles & set(TAKERS)),
        counting=bool(actor.roles & set(COUNTERS)),
    )


async def _money_of(piece: str, actor: Actor) -> tuple[DossierFees, ...]:
    try:
        return await service.fees_for(piece, actor)
    except NotFound:
        return ()


async def _remittance(
    request: Request[Actor, Any, Any], code: str, refused: PostalError | None = None
) -> Response[str]:
    actor = request.user
    one = await repository.get_remittance(code, actor)
    counts = bool(actor.roles & set(COUNTERS))
    live = one.state is not RemittanceState.WITHDRAWN
    return page(
        request,
        "fees/remittance.html",
        title=(f"Bảng kê nộp tiền {code}", f"Remittance {code}"),
        status=refused.status if refused else 200,
        refused=_sentence(request, refused),
        one=one,
        states=REMITTANCE_STATES,
        channels=CHANNELS,
        classes=LINE_CLASSES,
        settlements=SETTLEMENTS,
        dong=dong,
        may_count=counts and live and one.receiver in actor.sees and actor.person != one.person,
        may_settle=counts and any(line.open for line in one.lines),
        may_withdraw=one.state is RemittanceState.HANDED and one.organisation in actor.sees,
    )


def _read(fields: dict[str, Any], wanted: Any) -> Any:
    """Read fields of a form by the rules of the API."""
    try:
        return msgspec.convert(fields, wanted)
    except msgspec.ValidationError as wrong:
        at = next((name for name in fields if f"$.{name}" in str(wrong)), "")
        raise BadInput(
            "fee.form",
            vi="Có ô ghi chưa đúng; hãy xem lại số biên lai, số tiền",
            en="A field is not as it must be; look at the receipt's number and the amount",
            pointer=f"/{at}",
        ) from wrong


def _amount(typed: str, pointer: str) -> int:
    digits = typed.replace(".", "").replace(" ", "")
    try:
        return msgspec.convert(digits, Amount, strict=False)
    except msgspec.ValidationError as wrong:
        raise BadInput(
            "fee.amount",
            vi="Số tiền ghi bằng đồng, ví dụ 120.000",
            en="State money in đồng, for example 120.000",
            pointer=pointer,
        ) from wrong


def _uuid(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError as wrong:
        raise BadInput(
            "fee.unread", vi="Hãy chọn khoản đã thu", en="Choose the payment", pointer="/fee"
        ) from wrong


def _typed(form: FormMultiDict, name: str) -> str:
    return str(form.get(name) or "").strip()[:200]


def _at_fault(refused: PostalError | None) -> str:
    place = ((refused.pointer if refused else None) or "").strip("/").partition("/")[0]
    return place if place in FIELDS else "main"


def _sentence(request: Request[Actor, Any, Any], refused: PostalError | None) -> str:
    if refused is None:
        return ""
    return refused.en if page_language(request.scope) == "en" else refused.vi


HANDLERS = (show, act, show_remittance, act_on_remittance)
