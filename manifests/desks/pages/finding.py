"""Search, and what waits to leave: the search asks by POST, so that no name stands in an address."""

from typing import Any

from litestar import Request, Response, get, post

from manifests.desks.pages import words
from manifests.desks.pages.forms import READS, REFUSALS, WORKS, refusal, typed
from manifests.desks.repository import today
from manifests.desks.rules.tasks import Task
from manifests.desks.service import finding
from manifests.desks.service.listing import COUNTED
from manifests.manifests import repository as manifests
from manifests.manifests.pages import names_of
from manifests.manifests.rules import Manifest, State
from postal import clock
from postal.errors import PostalError
from postal.identity.rules import Actor
from postal.web.rendering import page

UNKEPT = {"Cache-Control": "private, no-store"}
ON_A_PAGE = 20


@get("/desk/search", opt=READS, include_in_schema=False, summary="Page: search")
async def show_search(request: Request[Actor, Any, Any]) -> Response[str]:
    """Show the search box."""
    return await _search(request, "")


@post("/desk/search", opt=READS, status_code=200, include_in_schema=False, summary="Page: what was found")
async def search(request: Request[Actor, Any, Any]) -> Response[str]:
    """Answer in place: what was typed goes into no address, so that no history keeps it."""
    try:
        return await _search(request, typed(await request.form(), "q", 1_000))
    except REFUSALS as refused:
        return await _search(request, "", refused)


@get("/desk/pickups", opt=WORKS, include_in_schema=False, summary="Page: what waits for the post")
async def show_pickups(request: Request[Actor, Any, Any]) -> Response[str]:
    """Show what waits to leave, drafts to be sealed, and what the post has and has not confirmed."""
    now, actor = await clock.now(), request.user
    drafts = await _given(actor, State.DRAFT)
    sealed = await _given(actor, State.SEALED)
    gone = await _given(actor, State.DISPATCHED) + await _given(actor, State.RECEIVING)
    return page(
        request,
        "desks/pickups.html",
        title=("Giao đi", "Pickups"),
        ready=await today.count(Task.READY, sorted(actor.sees), now=now, most=COUNTED),
        most=COUNTED,
        drafts=drafts,
        sealed=sealed,
        gone=gone,
        names=await names_of([*drafts, *sealed, *gone]),
    )


async def _given(actor: Actor, state: State) -> list[Manifest]:
    return [
        each
        for giver in sorted(actor.sees)
        for each in await manifests.page_of(
            actor, state=state, giver=giver, receiver=None, after=None, limit=ON_A_PAGE
        )
    ]


async def _search(
    request: Request[Actor, Any, Any], q: str, refused: PostalError | None = None
) -> Response[str]:
    found = await finding.find(q, actor=request.user)
    return page(
        request,
        "desks/search.html",
        title=("Tìm hồ sơ", "Search"),
        status=refused.status if refused else 200,
        headers=UNKEPT,
        live=True,
        refused=refusal(request, refused, {}, "q"),
        q=found.asked.typed,
        asked=found.asked,
        hits=found.hits,
        more=found.more,
        dossiers=found.dossiers,
        elsewhere=found.elsewhere,
        statuses=words.STATUSES,
    )


HANDLERS = (show_search, search, show_pickups)
