"""The page of one dossier: what it is, why it is due, and the forms that its state and the caller's role allow."""

import re
from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.response import Redirect

from manifests.desks.pages import words
from manifests.desks.pages.forms import READS, REFUSALS, everything, refusal, typed
from manifests.desks.service import bulk
from manifests.desks.service import dossier as desk
from postal import clock
from postal.config import code_key
from postal.errors import BadInput, Forbidden, PostalError, Unprocessable
from postal.http.once import once, token_of
from postal.http.parameters import PathCode
from postal.identity.rules import Actor
from postal.printing.barcodes import qr
from postal.web.rendering import page
from shipments.clocks.pages import VERDICTS
from shipments.custody.pages import PHASE_NAMES
from shipments.dossiers.rules import UNDOABLE, CaseKind
from shipments.pieces.rules import result_code
from shipments.tracking.service import links_for

UNKEPT = {"Cache-Control": "private, no-store"}
KEYWORD = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,39}")
PAPER = re.compile(r"[A-Z0-9][A-Z0-9./\-Đ]{0,39}")
PARTY = re.compile(r"[A-Z0-9][A-Z0-9.\-]{1,34}")
FIELDS = ("reason", "unit", "step", "decision")


@get("/desk/dossiers/{code:str}", opt=READS, include_in_schema=False, summary="Page: a dossier at the desk")
async def show(request: Request[Actor, Any, Any], code: PathCode) -> Response[str]:
    """Show a dossier and what may be done with it now."""
    return await _page(request, code)


@post("/desk/dossiers/{code:str}", opt=READS, include_in_schema=False, summary="Page: do the next thing")
async def act(request: Request[Actor, Any, Any], code: PathCode) -> Response[Any]:
    """Do what one of the forms asks for; what was typed stays on the page if it is refused."""
    now, actor = await clock.now(), request.user
    await desk.sheet_of(code, actor=actor, now=now)
    form = await request.form()
    asked = typed(form, "act", 40)
    here = f"/desk/dossiers/{quote(code, safe='')}"

    async def work() -> str:
        if asked == "pack":
            settings = request.app.state.settings
            made = await desk.pack(code, actor=actor, now=now, key=code_key(settings), codes=settings.codes)
            return f"{here}?packed={made.code}"
        body, kind = _body(form), _act(asked)
        if kind in UNDOABLE and not body:
            made_once = await bulk.state_one(kind, code, actor=actor, now=now)
            return f"{here}?batch={made_once.id}"
        await desk.state(code, kind, body, actor=actor, now=now)
        return here

    try:
        where = await once(
            typed(form, "token", 64), everything(form), work, owner=actor.id, now=now, fallback=here
        )
    except REFUSALS as refused:
        return await _page(request, code, refused, asked, form)
    return Redirect(where, status_code=303)


@post(
    "/desk/dossiers/{code:str}/slip",
    opt=READS,
    status_code=200,
    include_in_schema=False,
    summary="Page: the slip for the applicant",
)
async def print_slip(request: Request[Actor, Any, Any], code: PathCode) -> Response[str]:
    """Show the giấy tiếp nhận to be printed, with the applicant's own link; printing again gives the same link."""
    now, actor = await clock.now(), request.user
    sheet = await desk.sheet_of(code, actor=actor, now=now)
    if sheet.found.applicant is None:
        raise Forbidden(
            "desk.slip_not_yours",
            vi="Giấy này chỉ đơn vị phục vụ người nộp được in",
            en="The slip is printed by those who serve the applicant",
        )
    key = code_key(request.app.state.settings)
    tokens = await links_for([code], key=key, by=actor.person, now=now)
    link = f"{request.base_url}t/l/{tokens[code]}"
    return page(
        request,
        "desks/slip.html",
        title=("Giấy tiếp nhận hồ sơ và hẹn trả kết quả", "Receipt slip"),
        headers=UNKEPT,
        sheet=sheet,
        dossier=sheet.found.dossier,
        link=link,
        rate=f"{request.base_url}rate",
        qr=qr(link),
        now=now,
        modes=words.MODES,
        forms=words.FORMS,
    )


def _act(asked: str) -> CaseKind:
    if asked not in set(CaseKind) or asked in {CaseKind.REGISTERED, CaseKind.EXTENDED}:
        raise Unprocessable("desk.act", vi="Hãy chọn việc cần làm", en="Choose what to do", pointer="/act")
    return CaseKind(asked)


def _body(form: FormMultiDict) -> dict[str, Any]:
    """Read what an event says; only what was filled in."""
    body: dict[str, Any] = {}
    for name, pattern in (("reason", KEYWORD), ("step", KEYWORD), ("unit", PARTY), ("decision", PAPER)):
        if not (value := typed(form, name, 200)):
            continue
        if pattern.fullmatch(value) is None:
            raise BadInput(
                "desk.value",
                vi="Giá trị này không đúng dạng; hãy chọn trong danh sách",
                en="That is not well-formed; choose from the list",
                pointer=f"/{name}",
            )
        body[name] = value
    items = [str(item) for item in form.getall("items", [])]
    if items:
        if not all(item.isascii() and item.isdigit() and 0 < int(item) <= 10_000 for item in items[:200]):
            raise BadInput(
                "desk.items",
                vi="Hãy chọn giấy tờ trong danh sách",
                en="Choose papers from the list",
                pointer="/items",
            )
        body["items"] = sorted({int(item) for item in items[:200]})
    if typed(form, "override", 5):
        body["override"] = True
    return body


async def _page(
    request: Request[Actor, Any, Any],
    code: str,
    refused: PostalError | None = None,
    asked: str = "",
    form: FormMultiDict | None = None,
) -> Response[str]:
    now = await clock.now()
    sheet = await desk.sheet_of(code, actor=request.user, now=now)
    given = {name: typed(form, name) for name in FIELDS} if form is not None else {}
    fields = {f"/{name}": f"{name}-{asked}" for name in FIELDS} | {"/items": f"items-{asked}-1"}
    shown = asked in {offer.act.value for offer in sheet.offers}
    default = f"form-{asked}" if shown else "next"
    known = {f"{name}-{each.act.value}" for name in FIELDS for each in sheet.offers}
    if sheet.components:
        known.add(f"items-{CaseKind.SUPPLEMENT_REQUESTED.value}-1")
    return page(
        request,
        "desks/dossier.html",
        title=(f"Hồ sơ {code}", f"Dossier {code}"),
        status=refused.status if refused else 200,
        headers=UNKEPT,
        refused=refusal(
            request, refused, {key: field for key, field in fields.items() if field in known}, default
        ),
        asked=asked,
        given=given,
        ticked=[str(item) for item in form.getall("items", [])] if form is not None else [],
        packed=_packed(request),
        batch=_batch(request),
        sheet=sheet,
        dossier=sheet.found.dossier,
        result=result_code(code),
        reasons={offer.act: desk.reasons_for(offer.act, sheet.reasons) for offer in sheet.offers},
        again_reasons=[each for each in sheet.reasons if each.applies_to in {"override", "any"}],
        acts=words.ACTS,
        statuses=words.STATUSES,
        modes=words.MODES,
        channels=words.CHANNELS,
        consents=words.CONSENTS,
        forms=words.FORMS,
        verdicts=VERDICTS,
        phases=PHASE_NAMES,
        token=token_of(now),
    )


def _packed(request: Request[Actor, Any, Any]) -> str:
    """Give the code of the item just made, for its label; nothing else that an address says is shown."""
    raw = request.query_params.get("packed", "")
    return raw if re.fullmatch(r"[A-Z]{2}\d{9}[A-Z]{2}", raw) else ""


def _batch(request: Request[Actor, Any, Any]) -> str:
    """Give the id under which what was just done may be taken back."""
    try:
        return str(UUID(request.query_params.get("batch", "")))
    except ValueError:
        return ""


HANDLERS = (show, act, print_slip)
