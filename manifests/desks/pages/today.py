"""Today's list by urgency, what is late and why, and one click for many dossiers."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from manifests.desks.pages import words
from manifests.desks.pages.forms import LISTS, REFUSALS, WORKS, everything, refusal, typed
from manifests.desks.repository import batches
from manifests.desks.rules.tasks import BULK, TO_DO, Place, Task, next_of
from manifests.desks.service import bulk
from manifests.desks.service.listing import COUNTED, late, names_of, place_of, todays
from manifests.desks.service.why import reasons_of
from postal import clock
from postal.errors import PostalError
from postal.http.once import once, token_of
from postal.http.paging import PageCursor, decode_cursor, encode_cursor
from postal.identity.rules import Actor
from postal.web.rendering import page
from shipments.dossiers.rules import CaseKind

SHOWN = 50
LATE_SHOWN = 20
"""Each row of what is late computes its clock anew, to say why."""

OfTask = Annotated[Task | None, QueryParameter(description="Only what is on the list for this reason")]


@get("/desk", opt=LISTS, include_in_schema=False, summary="Page: today's list of a desk")
async def show_today(
    request: Request[Actor, Any, Any], task: OfTask = None, cursor: PageCursor = None
) -> Response[str]:
    """Show what must be done first, until when, and whose step it is."""
    return await _today(request, task, decode_cursor(cursor, Place))


@post("/desk/bulk", opt=WORKS, include_in_schema=False, summary="Page: state one event of many dossiers")
async def do_many(request: Request[Actor, Any, Any]) -> Response[Any]:
    """State one event of every dossier that was picked, and show what became of each."""
    form = await request.form()
    now, actor = await clock.now(), request.user
    picked = [str(code)[:64] for code in form.getall("pick", [])]
    token = token_of(now, typed(form, "token", 64))
    asked = typed(form, "act", 40)
    act = CaseKind(asked) if asked in set(CaseKind) else CaseKind.REGISTERED

    async def work() -> str:
        made = await bulk.state_all(UUID(token), act, picked, actor=actor, now=now)
        return f"/desk/done/{made.id}"

    try:
        where = await once(token, everything(form), work, owner=actor.id, now=now, fallback="/desk")
    except REFUSALS as refused:
        wanted = typed(form, "task", 40)
        return await _today(request, Task(wanted) if wanted in set(Task) else None, None, refused, picked)
    return Redirect(where, status_code=303)


@get("/desk/done/{batch:uuid}", opt=WORKS, include_in_schema=False, summary="Page: what was done to many")
async def show_done(request: Request[Actor, Any, Any], batch: FromPath[UUID]) -> Response[str]:
    """Show what became of each dossier, and until when it may be taken back."""
    return await _done(request, batch)


@post("/desk/done/{batch:uuid}/undo", opt=WORKS, include_in_schema=False, summary="Page: take it back")
async def take_back(request: Request[Actor, Any, Any], batch: FromPath[UUID]) -> Response[Any]:
    """Take back what one click stated, by correcting rows."""
    form = await request.form()
    now, actor = await clock.now(), request.user
    here = f"/desk/done/{batch}"

    async def work() -> str:
        await bulk.take_back(batch, actor=actor, now=now)
        return here

    where = await once(
        typed(form, "token", 64), {"undo": str(batch)}, work, owner=actor.id, now=now, fallback=here
    )
    return Redirect(where, status_code=303)


@get("/desk/late", opt=LISTS, include_in_schema=False, summary="Page: what is late, and why")
async def show_late(request: Request[Actor, Any, Any], cursor: PageCursor = None) -> Response[str]:
    """Show what is past its limit: how the limit follows, how long it has been, whose step it is."""
    now = await clock.now()
    found = await late(request.user, after=decode_cursor(cursor, Place), now=now, limit=LATE_SHOWN + 1)
    shown = found[:LATE_SHOWN]
    return page(
        request,
        "desks/late.html",
        title=("Quá hạn và vì sao", "What is late, and why"),
        wide=True,
        jobs=shown,
        reasons=await reasons_of([job.dossier for job in shown], actor=request.user, now=now),
        names=await names_of(shown),
        tasks=words.TASKS,
        following=encode_cursor(place_of(shown[-1])) if len(found) > LATE_SHOWN else None,
    )


@get("/desk/keys", opt=WORKS, include_in_schema=False, summary="Page: keys of the desk")
async def show_keys(request: Request[Actor, Any, Any]) -> Response[str]:
    """List what the keyboard does."""
    return page(request, "desks/keys.html", title=("Phím tắt", "Keys"))


async def _today(
    request: Request[Actor, Any, Any],
    task: Task | None,
    after: Place | None,
    refused: PostalError | None = None,
    picked: list[str] | None = None,
) -> Response[str]:
    now = await clock.now()
    found = await todays(request.user, wanted=task, after=after, now=now, limit=SHOWN)
    offered = BULK.get(task, ()) if task else (CaseKind.RECEIVED, CaseKind.COMPLETED, CaseKind.RESULT_AT_DESK)
    return page(
        request,
        "desks/today.html",
        title=("Việc hôm nay", "Today's work"),
        status=refused.status if refused else 200,
        live=True,
        wide=True,
        refused=refusal(request, refused, {}, "today"),
        picked=picked or [],
        today=found,
        next={job.dossier: next_of(job.task, job.status, job.dossier) for job in found.jobs},
        chosen=task,
        shown_tasks=tuple(Task),
        to_do=TO_DO,
        most=COUNTED,
        offered=offered,
        may_work=not request.user.roles.isdisjoint(WORKS["access"].roles),
        acts=words.ACTS,
        tasks=words.TASKS,
        token=token_of(now),
        now=now,
        first=after is None,
        following=encode_cursor(found.following) if found.following else None,
    )


async def _done(request: Request[Actor, Any, Any], batch: UUID) -> Response[str]:
    now = await clock.now()
    found = await batches.get(batch, request.user)
    return page(
        request,
        "desks/done.html",
        title=("Đã ghi nhận", "Done"),
        batch=found,
        may_undo=found.may_undo(now),
        acts=words.ACTS,
        token=token_of(now),
    )


HANDLERS = (show_today, do_many, show_done, take_back, show_late, show_keys)
