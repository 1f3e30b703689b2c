"""The page of a manifest: what was promised, what was scanned, what does not agree and who has it; and its closing."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, QueryParameter
from litestar.response import Redirect

from manifests.discrepancies import repository as discrepancies
from manifests.discrepancies.rules import Standing
from manifests.manifests import repository as manifests
from manifests.manifests.api import HANDLING
from manifests.manifests.pages import STATE_WORDS, names_of
from manifests.manifests.rules import WITH_RECEIPT, Action, Manifest, State, acts, may
from manifests.reconciliation import service
from manifests.reconciliation.pages.words import CLASS_WORDS, REASON_WORDS, TONES
from manifests.reconciliation.rules import EXCEPTIONS, LineClass
from manifests.reconciliation.schemas import gaps_of
from postal import clock
from postal.errors import Conflict, Forbidden
from postal.http.language import page_language
from postal.identity.access import OPT, SIGNED_IN
from postal.identity.rules import Actor
from postal.instants import Instant
from postal.network import repository as network
from postal.web.rendering import page


class ClosingForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the form of closing sends: what is wanted next."""

    then: Annotated[str, msgspec.Meta(max_length=20)] = ""


AT_THE_COUNTER = frozenset({State.SEALED, State.DISPATCHED, State.RECEIVING})
"""While a manifest stands so, its two sides may count it together."""

AsOf = Annotated[Instant | None, QueryParameter(description="As known at this instant")]


@get("/manifests/{code:str}", opt=SIGNED_IN, include_in_schema=False, summary="Page: a manifest")
async def show(request: Request[Actor, Any, Any], code: FromPath[str], as_of: AsOf = None) -> Response[str]:
    """Show a manifest to its parties, reconciled once it is sealed."""
    return await _page(request, code, as_of)


@post("/manifests/{code:str}/close", opt=HANDLING, include_in_schema=False, summary="Page: close a manifest")
async def close(
    request: Request[Actor, Any, Any],
    code: FromPath[str],
    data: Annotated[ClosingForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """Close a manifest and show what it left open; where it cannot be closed, the page says what it waits for.

    Who wants the receipt at once is sent on with the same method, so that one gesture does both.
    """
    try:
        await service.close(code, actor=request.user, now=await clock.now())
    except (Conflict, Forbidden) as refused:
        return await _page(request, code, None, refused)
    if data.then == "receipt":
        return Redirect(f"/manifests/{code}/receipt", status_code=307)
    return Redirect(f"/manifests/{code}", status_code=303)


async def _page(
    request: Request[Actor, Any, Any],
    code: str,
    as_of: datetime | None,
    refused: Conflict | Forbidden | None = None,
) -> Response[str]:
    manifest = await manifests.get(code, request.user)
    result = closed = None
    if manifest.sealed_at is not None:
        manifest, result, closed = await service.reconciliation(
            code, actor=request.user, now=await clock.now(), as_of=as_of
        )
    lines = result.lines if result is not None else ()
    cases = {one.piece: one for one in await discrepancies.of_manifest(code)}
    answering = {line.answers for line in lines if line.answers} | {case.owner for case in cases.values()}
    owners = {found.code: found.name for found in (await network.find_many(answering)).values()}
    english = page_language(request.scope) == "en"
    return page(
        request,
        "reconciliation/manifest.html",
        title=(f"Bảng kê {code}", f"Manifest {code}"),
        status=refused.status if refused else 200,
        refused=(refused.en if english else refused.vi) if refused else "",
        manifest=manifest,
        names=owners | await names_of([manifest]),
        state_words=STATE_WORDS,
        result=result,
        closed=closed,
        gaps=gaps_of(result, "en" if english else "vi") if result is not None else (),
        cases=cases,
        still_open=sum(case.state is Standing.OPEN for case in cases.values()),
        exceptions=[line for line in lines if line.line_class in EXCEPTIONS],
        waiting=[line for line in lines if line.line_class is LineClass.AWAITING_DEVICE],
        **_offers(manifest, request.user, present=as_of is None),
        class_words=CLASS_WORDS,
        reason_words=REASON_WORDS,
        tones=TONES,
    )


def _offers(manifest: Manifest, actor: Actor, *, present: bool) -> dict[str, Any]:
    """Tell what the page offers to do; what it shows of the past can be changed by nobody."""
    is_side = present and not actor.sees.isdisjoint({manifest.giver, manifest.receiver})
    handles = not actor.roles.isdisjoint(HANDLING[OPT].roles)
    return {
        "closable": present and may(Action.CLOSE, manifest) and acts(Action.CLOSE, manifest, actor.sees),
        "countable": manifest.state in AT_THE_COUNTER and is_side and handles,
        "receiptable": manifest.state in WITH_RECEIPT and is_side,
    }


HANDLERS = (show, close)
