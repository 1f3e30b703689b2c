"""Taking in a handover by scanning: every code posts by itself, the list so far travels in the form."""

from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from manifests.desks.pages.forms import REFUSALS, TAKES_IN, everything, refusal, typed
from manifests.desks.rules.scanning import MOST, split
from manifests.desks.service import taking_in
from manifests.manifests import repository as manifests
from manifests.manifests.pages import STATE_WORDS, names_of
from manifests.manifests.rules import Action, acts, may
from postal import clock
from postal.errors import PostalError, TooLarge
from postal.http.once import once, token_of
from postal.identity.rules import Actor
from postal.web.rendering import asked_by_htmx, page
from shipments.pieces.rules import CodeKind, kind_of


@get("/desk/intake", opt=TAKES_IN, include_in_schema=False, summary="Page: handovers to take in")
async def show_coming(request: Request[Actor, Any, Any]) -> Response[str]:
    """List the handovers on their way here; a manifest's code may be scanned as well."""
    return await _coming(request)


@post("/desk/intake", opt=TAKES_IN, include_in_schema=False, summary="Page: begin by a manifest's barcode")
async def begin(request: Request[Actor, Any, Any]) -> Response[Any]:
    """Go to the handover whose barcode was scanned."""
    form = await request.form()
    code = "".join(split(typed(form, "manifest", 200))[:1]).upper()
    try:
        await taking_in.begin(code, request.user)
    except REFUSALS as refused:
        return await _coming(request, refused, code)
    return Redirect(f"/desk/intake/{quote(code, safe='')}", status_code=303)


@get("/desk/intake/{code:str}", opt=TAKES_IN, include_in_schema=False, summary="Page: take in a handover")
async def show(request: Request[Actor, Any, Any], code: FromPath[str]) -> Response[str]:
    """Show the list of a handover, and the field to scan into."""
    return await _page(request, code, [], [])


@post(
    "/desk/intake/{code:str}",
    opt=TAKES_IN,
    include_in_schema=False,
    status_code=200,
    summary="Page: scan or accept",
)
async def scan(request: Request[Actor, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Put what was scanned beside the list; with the other button, take in all of it."""
    manifest = await manifests.get(code, request.user)
    form = await request.form()
    unpack = bool(typed(form, "unpack", 5))
    try:
        fresh = split(typed(form, "code"))
        read = split(typed(form, "scanned", 400_000)) + fresh
        _refuse_many(read)
    except REFUSALS as refused:
        return await _page(request, code, [], [], refused, unpack=unpack)
    damaged = [str(piece)[:64] for piece in form.getall("damaged", [])]
    # The manifest's own barcode, scanned once more at the end, accepts: so no hand leaves the scanner.
    ends = manifest.code in fresh
    asked = "accept" if ends else typed(form, "act", 20)
    if asked != "accept":
        listed = [each for each in read if kind_of(each) is not CodeKind.MANIFEST]
        return await _page(request, code, listed, damaged, unpack=unpack)
    now, actor = await clock.now(), request.user

    async def work() -> str:
        await taking_in.accept(code, read, damaged, unpack=unpack, actor=actor, now=now)
        return f"/manifests/{quote(code, safe='')}"

    try:
        where = await once(
            typed(form, "token", 64), everything(form), work, owner=actor.id, now=now, fallback="/desk/intake"
        )
    except REFUSALS as refused:
        return await _page(request, code, read, damaged, refused, unpack=unpack)
    if asked_by_htmx(request):
        # It would follow to the other page by itself, and look there for a part that only this one has.
        return Response("", headers={"HX-Redirect": where})
    return Redirect(where, status_code=303)


def _refuse_many(read: list[str]) -> None:
    if len(read) > MOST:
        raise TooLarge(
            "desk.too_many_codes",
            vi=f"Mỗi lần bàn giao tối đa {MOST} mã",
            en=f"A handover has {MOST} codes at most",
            pointer="/scanned",
        )


async def _coming(
    request: Request[Actor, Any, Any], refused: PostalError | None = None, code: str = ""
) -> Response[str]:
    found = await taking_in.coming(request.user)
    return page(
        request,
        "desks/coming.html",
        title=("Nhận bàn giao", "Take in a handover"),
        status=refused.status if refused else 200,
        live=True,
        refused=refusal(request, refused, {}, "manifest"),
        manifests=found,
        names=await names_of(found),
        words=STATE_WORDS,
        code=code,
    )


async def _page(
    request: Request[Actor, Any, Any],
    code: str,
    read: list[str],
    damaged: list[str],
    refused: PostalError | None = None,
    *,
    unpack: bool = True,
) -> Response[str]:
    manifest = await manifests.get(code, request.user)
    scanned, unheard = await taking_in.compare(manifest, read, damaged, actor=request.user)
    now = await clock.now()
    return page(
        request,
        "desks/intake.html",
        title=(f"Nhận bàn giao {code}", f"Take in {code}"),
        status=refused.status if refused else 200,
        live=True,
        wide=True,
        refused=refusal(request, refused, {"/code": "code", "/scanned": "scanned"}, "code"),
        manifest=manifest,
        open=may(Action.RECEIVE, manifest) and acts(Action.RECEIVE, manifest, request.user.sees),
        names=await names_of([manifest]),
        state_words=STATE_WORDS,
        scanned=scanned,
        unheard=unheard,
        read=read,
        unpack=unpack,
        last=read[-1] if read else "",
        token=token_of(now),
    )


HANDLERS = (show_coming, begin, show, scan)
