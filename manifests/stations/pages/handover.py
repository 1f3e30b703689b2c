"""The counter: both sides of a manifest count and confirm, each on its own screen or both on this one."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Redirect

from manifests.manifests.api import HANDLING
from manifests.manifests.pages import STATE_WORDS, names_of
from manifests.manifests.rules import Action
from manifests.manifests.service import not_now
from manifests.receipts import service as receipts
from manifests.reconciliation.pages.words import CLASS_WORDS, REASON_WORDS, TONES
from manifests.stations import service
from manifests.stations.rules import Side
from manifests.stations.service.handover import COUNTING
from postal import clock
from postal.errors import BadInput, Conflict, Forbidden, PostalError, Unauthenticated, Unprocessable
from postal.http.language import page_language
from postal.http.limits import spend
from postal.identity import service as identity
from postal.identity.access import OPT, SIGNED_IN, admit
from postal.identity.api import SIGN_INS_OF_LOGIN
from postal.identity.rules import Actor
from postal.printing.barcodes import large_qr
from postal.proof.signing import promise_signer
from postal.web.rendering import page

Short = Annotated[str, msgspec.Meta(max_length=256)]
UNKEPT = {"Cache-Control": "no-store"}
REFUSALS = (BadInput, Conflict, Forbidden, Unauthenticated, Unprocessable)


class CountForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the form of counting sends."""

    codes: Annotated[str, msgspec.Meta(max_length=200_000)] = ""
    condition: Short = "intact"


class ConfirmForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the form of confirming sends: the number of the other side's signed paper, if that is all there is."""

    paper: Annotated[str, msgspec.Meta(max_length=64)] = ""


class OtherForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the other side types on this screen."""

    login: Short = ""
    secret: Short = ""


class PinForm(msgspec.Struct, frozen=True, kw_only=True):
    """A new PIN, with the password of whoever sets it."""

    pin: Short = ""
    password: Short = ""


Counting = Annotated[CountForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
Confirming = Annotated[ConfirmForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
Standing = Annotated[OtherForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
Setting = Annotated[PinForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/scan/handover/{manifest:str}", opt=HANDLING, include_in_schema=False, summary="Page: a handover")
async def show(request: Request[Actor, Any, Any], manifest: FromPath[str]) -> Response[str]:
    """Show a handover to one of its sides: what both have counted, and who has confirmed."""
    return await _page(request, manifest)


@post(
    "/scan/handover/{manifest:str}/count", opt=HANDLING, include_in_schema=False, summary="Page: count pieces"
)
async def count(request: Request[Actor, Any, Any], manifest: FromPath[str], data: Counting) -> Response[Any]:
    """Note the codes of one's own side, one a line."""
    typed = [line.strip() for line in data.codes.splitlines() if line.strip()]
    try:
        await service.count(manifest, typed, data.condition, actor=request.user, now=await clock.now())
    except REFUSALS as refused:
        return await _page(request, manifest, refused, codes=data.codes, condition=data.condition)
    return Redirect(f"/scan/handover/{manifest}", status_code=303)


@post("/scan/handover/{manifest:str}/confirm", opt=HANDLING, include_in_schema=False, summary="Page: confirm")
async def confirm(
    request: Request[Actor, Any, Any], manifest: FromPath[str], data: Confirming
) -> Response[Any]:
    """Confirm for one's own side; with the number of a paper, the other side has signed only that."""
    paper = data.paper.strip() or None
    return await _confirmed(request, manifest, request.user, "paper" if paper else "session", paper)


@post(
    "/scan/handover/{manifest:str}/other", opt=HANDLING, include_in_schema=False, summary="Page: other side"
)
async def confirm_other(
    request: Request[Actor, Any, Any], manifest: FromPath[str], data: Standing
) -> Response[Any]:
    """Confirm for the other side, by its own login and its password or PIN, on this screen."""
    now = await clock.now()
    told = await service.handover(manifest, actor=request.user, now=now)
    across = told.manifest.giver if told.side is Side.RECEIVER else told.manifest.receiver
    await spend(request, SIGN_INS_OF_LOGIN, key=data.login.casefold())
    try:
        if told.manifest.state not in COUNTING:
            raise not_now(Action.CLOSE, told.manifest)
        other = await identity.other_side(data.login, data.secret, {across}, now)
        admit(other, HANDLING[OPT])
    except REFUSALS as refused:
        return await _page(request, manifest, refused, login=data.login)
    return await _confirmed(request, manifest, other, "shared screen", None)


@get("/scan/pin", opt=SIGNED_IN, include_in_schema=False, summary="Page: counter PIN")
async def ask_pin(request: Request[Actor, Any, Any]) -> Response[str]:
    """Ask for a new PIN."""
    return _pin(request)


@post(
    "/scan/pin", opt=SIGNED_IN, include_in_schema=False, status_code=200, summary="Page: set the counter PIN"
)
async def set_pin(request: Request[Actor, Any, Any], data: Setting) -> Response[str]:
    """Set one's own PIN."""
    await spend(request, SIGN_INS_OF_LOGIN, key=f"pin of {request.user.id}")
    try:
        await identity.set_pin(data.pin, data.password, actor=request.user, now=await clock.now())
    except REFUSALS as refused:
        return _pin(request, refused)
    return _pin(request, done=True)


async def _confirmed(
    request: Request[Actor, Any, Any], manifest: str, by: Actor, how: str, paper: str | None
) -> Response[Any]:
    now = await clock.now()
    try:
        told = await service.confirm(manifest, how=how, paper=paper, actor=by, now=now)
        for present in (by, request.user):
            told = await service.settle(told, actor=present, now=now)
        if told.manifest.state not in COUNTING:
            signer = promise_signer(request.app.state.settings)
            await receipts.issue(manifest, actor=request.user, signer=signer, now=now)
    except REFUSALS as refused:
        return await _page(request, manifest, refused)
    return Redirect(f"/scan/handover/{manifest}", status_code=303)


async def _page(
    request: Request[Actor, Any, Any],
    code: str,
    refused: PostalError | None = None,
    *,
    codes: str = "",
    condition: str = "intact",
    login: str = "",
) -> Response[str]:
    told = await service.handover(code, actor=request.user, now=await clock.now())
    english = page_language(request.scope) == "en"
    return page(
        request,
        "stations/handover.html",
        title=(f"Bàn giao {code}", f"Handover {code}"),
        status=refused.status if refused else 200,
        headers=UNKEPT,
        refused=(refused.en if english else refused.vi) if refused else "",
        pointer=(refused.pointer or "/codes").removeprefix("/") if refused else "",
        told=told,
        manifest=told.manifest,
        standing=told.standing,
        mine=told.side,
        other=Side.GIVER if told.side is Side.RECEIVER else Side.RECEIVER,
        sides=Side,
        open=told.manifest.state in COUNTING,
        names=await names_of([told.manifest]),
        state_words=STATE_WORDS,
        class_words=CLASS_WORDS,
        reason_words=REASON_WORDS,
        tones=TONES,
        codes=codes,
        condition=condition,
        login=login,
        qr=large_qr(told.receipt.promise) if told.receipt else None,
    )


def _pin(
    request: Request[Actor, Any, Any], refused: PostalError | None = None, *, done: bool = False
) -> Response[str]:
    return page(
        request,
        "stations/pin.html",
        title=("Mã PIN tại quầy", "Counter PIN"),
        status=refused.status if refused else 200,
        headers=UNKEPT,
        refused=refused,
        pointer=(refused.pointer or "/pin").removeprefix("/") if refused else "",
        done=done,
    )


HANDLERS = (show, count, confirm, confirm_other, ask_pin, set_pin)
