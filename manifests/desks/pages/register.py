"""Registering a dossier: find the procedure, then one form with its papers, the applicant and the way it goes."""

from typing import Annotated, Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect

from manifests.desks.pages import words
from manifests.desks.pages.forms import REFUSALS, REGISTERS, everything, refusal
from manifests.desks.rules.registering import FIELDS, MOST_LINES, TypedLine, lines_of, read
from manifests.desks.service import registering
from manifests.desks.service.registering import Blank
from postal import clock
from postal.config import code_key
from postal.errors import PostalError
from postal.http.once import once, token_of
from postal.identity.rules import Actor, Role
from postal.law.rules import Component
from postal.network.rules import Kind
from postal.web.rendering import page
from shipments.dossiers import service as dossiers
from shipments.dossiers.api import registering_of
from shipments.dossiers.rules import ServiceMode

UNKEPT = {"Cache-Control": "private, no-store"}
SPARE_LINES = 3
"""Empty rows for papers that the procedure's list does not name."""

Sought = Annotated[
    str | None, QueryParameter(max_length=200, description="Part of a procedure's code or name")
]
Chosen = Annotated[str | None, QueryParameter(max_length=40, description="The procedure's code")]


@get("/desk/register", opt=REGISTERS, include_in_schema=False, summary="Page: register a dossier")
async def show(
    request: Request[Actor, Any, Any], q: Sought = None, procedure: Chosen = None
) -> Response[str]:
    """Show the procedures to choose from; with one, its form."""
    now, actor = await clock.now(), request.user
    if procedure:
        blank = await registering.blank(procedure, actor=actor, now=now)
        return await _form(request, blank, _defaults(blank, actor), _lines(blank.components))
    return page(
        request,
        "desks/procedures.html",
        title=("Đăng ký hồ sơ", "Register a dossier"),
        q=q or "",
        offers=await registering.procedures(q or "", actor=actor, now=now),
    )


@post("/desk/register", opt=REGISTERS, include_in_schema=False, summary="Page: register it")
async def register(request: Request[Actor, Any, Any]) -> Response[Any]:
    """Register what the form says; what was typed comes back with the reason if it is refused."""
    now, actor = await clock.now(), request.user
    typed = everything(await request.form())
    blank = await registering.blank(typed.get("procedure", "")[:40], actor=actor, now=now)
    lines = lines_of(typed, len(blank.components) + SPARE_LINES)
    key = code_key(request.app.state.settings)

    async def work() -> str:
        told = dict(typed)
        if told.get("desk") and not told.get("authority"):
            told["authority"] = await registering.authority_of(told["desk"])
        stated = registering_of(read(told, lines), actor)
        made = await dossiers.register(stated, actor=actor, now=now, key=key)
        return f"/desk/dossiers/{quote(made.code, safe='')}"

    try:
        where = await once(
            typed.get("token", ""), typed, work, owner=actor.id, now=now, fallback="/desk/register"
        )
    except REFUSALS as refused:
        return await _form(request, blank, typed, lines, refused)
    return Redirect(where, status_code=303)


async def _form(
    request: Request[Actor, Any, Any],
    blank: Blank,
    typed: dict[str, str],
    lines: list[TypedLine],
    refused: PostalError | None = None,
) -> Response[str]:
    fields = {f"/{name}": name for name in FIELDS if name != "procedure"}
    fields |= {f"/applicant/{name}": name for name in FIELDS}
    for n in range(1, len(lines) + 1):
        fields |= {f"/line-{n}-{part}": f"line-{n}-{part}" for part in ("name", "form", "copies", "sheets")}
    return page(
        request,
        "desks/register.html",
        title=("Đăng ký hồ sơ", "Register a dossier"),
        status=refused.status if refused else 200,
        headers=UNKEPT,
        wide=True,
        refused=refusal(request, refused, fields, "register"),
        blank=blank,
        procedure=blank.offer.procedure,
        typed=typed,
        lines=lines,
        listed=len(blank.components),
        modes=words.MODES,
        channels=words.CHANNELS,
        consents=words.CONSENTS,
        forms=words.FORMS,
        token=token_of(await clock.now(), typed.get("token", "")),
    )


def _defaults(blank: Blank, actor: Actor) -> dict[str, str]:
    at_desk = blank.own is not None and blank.own.kind is Kind.DESK
    by_post = not actor.roles.isdisjoint({Role.CLERK, Role.POST_DESK}) and not at_desk
    mode = ServiceMode.BOTH if by_post else ServiceMode.RETURN
    return {
        "service_mode": mode.value,
        "channel": "post" if by_post else "direct",
        "consent": "signed",
        "desk": blank.own.code if at_desk and blank.own else "",
        "authority": (blank.own.parent or "") if at_desk and blank.own else "",
        "office": (blank.own.code if blank.own and not at_desk else ""),
    }


def _lines(components: tuple[Component, ...]) -> list[TypedLine]:
    listed = [
        TypedLine(
            name=each.name_vi,
            form=str(each.form) if str(each.form) in words.FORMS else "original",
            copies=str(each.copies),
            sheets="1",
            to_return=each.to_return,
            there=each.required,
        )
        for each in components[: MOST_LINES - SPARE_LINES]
    ]
    spare = TypedLine(name="", form="original", copies="1", sheets="1", to_return=False, there=False)
    return listed + [spare] * SPARE_LINES


HANDLERS = (show, register)
