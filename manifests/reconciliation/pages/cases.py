"""Pages of cases: the list, one case with the evidence of both sides, and the section of the start page."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath, QueryParameter

from manifests.discrepancies import repository as discrepancies
from manifests.discrepancies import service as cases
from manifests.discrepancies.rules import Discrepancy, Standing, Swap
from manifests.reconciliation import service
from manifests.reconciliation.pages.words import CLASS_WORDS, DEED_WORDS, REASON_WORDS, SCAN_WORDS, TONES
from manifests.reconciliation.service import CaseFile
from postal import clock
from postal.errors import PostalError
from postal.http.language import page_language
from postal.http.paging import PageCursor, decode_cursor, encode_cursor
from postal.http.parameters import code_query
from postal.identity.access import SIGNED_IN
from postal.identity.repository.people import list_people
from postal.identity.rules import Actor, Role
from postal.network import repository as network
from postal.network.rules import local_day
from postal.web.rendering import page
from postal.web.sections import HomeSection, Need

ON_A_PAGE = 50
IN_THE_SECTION = 10
COLLEAGUES = 500

Whose = Annotated[str | None, QueryParameter(max_length=20, description="mine, ours, overdue, resolved")]
OfManifest = Annotated[str | None, code_query("Only those of this manifest")]


@get("/discrepancies", opt=SIGNED_IN, include_in_schema=False, summary="Page: your cases")
async def show_list(
    request: Request[Actor, Any, Any],
    whose: Whose = None,
    manifest: OfManifest = None,
    cursor: PageCursor = None,
) -> Response[str]:
    """List the cases of the person's organisation, with the swaps among them."""
    actor, now = request.user, await clock.now()
    found = await discrepancies.page_of(
        actor,
        manifest=manifest or None,
        owner=actor.organisation if whose == "ours" else None,
        state=Standing.RESOLVED if whose == "resolved" else Standing.OPEN,
        after=decode_cursor(cursor, tuple[datetime, UUID]),
        limit=ON_A_PAGE + 1,
        overdue_at=now if whose == "overdue" else None,
        assignee=(actor.person or "") if whose == "mine" else None,
    )
    shown = found[:ON_A_PAGE]
    last = shown[-1] if len(found) > ON_A_PAGE else None
    return page(
        request,
        "reconciliation/cases.html",
        title=("Vụ việc chênh lệch", "Discrepancies"),
        cases=shown,
        swaps=await cases.list_swaps(actor) if whose is None and not manifest and cursor is None else [],
        whose=whose,
        manifest=manifest or "",
        now=now,
        names=await _names(shown),
        following=encode_cursor((last.opened_at, last.id)) if last else None,
        class_words=CLASS_WORDS,
        reason_words=REASON_WORDS,
        tones=TONES,
    )


@get("/discrepancies/{discrepancy:uuid}", opt=SIGNED_IN, include_in_schema=False, summary="Page: a case")
async def show(request: Request[Actor, Any, Any], discrepancy: FromPath[UUID]) -> Response[str]:
    """Show a case to its parties: both sides next to each other, and what may be done."""
    return await case_page(request, discrepancy)


async def case_page(
    request: Request[Actor, Any, Any],
    discrepancy: UUID,
    refused: PostalError | None = None,
    typed: dict[str, str] | None = None,
) -> Response[str]:
    """Show a case; after a form that was refused, with what was wrong and what had been typed."""
    actor, now = request.user, await clock.now()
    told = await service.case_file(discrepancy, actor=actor, now=now)
    english = page_language(request.scope) == "en"
    reasons = await discrepancies.reasons_at(local_day(now))
    parties = await discrepancies.parties_of(told.manifest)
    return page(
        request,
        "reconciliation/case.html",
        title=(f"Chênh lệch {told.case.piece}", f"Discrepancy {told.case.piece}"),
        status=refused.status if refused else 200,
        refused=(refused.en if english else refused.vi) if refused else "",
        typed=typed or {},
        told=told,
        case=told.case,
        now=now,
        swap=await _swap(told.case, actor),
        reasons=reasons,
        usable=[one for one in reasons.values() if one.by_hand and told.case.line_class in one.classes],
        others=sorted(parties - {told.case.owner}),
        colleagues=await _colleagues(actor, now) if told.case.owner in actor.sees else [],
        may_work=actor.organisation is not None and bool(WORKING & actor.roles),
        names=await _names([told.case], *_organisations(told), *parties),
        class_words=CLASS_WORDS,
        reason_words=REASON_WORDS,
        scan_words=SCAN_WORDS,
        deed_words=DEED_WORDS,
        tones=TONES,
    )


WORKING = frozenset({Role.DESK, Role.CLERK, Role.SORTER, Role.SUPERVISOR, Role.POST_DESK, Role.SYSTEM})


async def _swap(case: Discrepancy, actor: Actor) -> Swap | None:
    return await cases.swap_of(case.id, actor) if case.state is Standing.OPEN else None


async def _colleagues(actor: Actor, now: datetime) -> list[tuple[str, str]]:
    """Name who works at the actor's organisation now."""
    people = await list_people([actor.organisation or ""], limit=COLLEAGUES)
    return [(one.code, one.name) for one in people if any(role.is_held(now) for role in one.assignments)]


def _organisations(told: CaseFile) -> set[str]:
    scans = (*told.by_giver, *told.by_receiver, *told.by_others)
    named = {one.organisation for one in scans} | {deed.organisation for deed in told.history}
    named |= {deed.owner for deed in told.history}
    return {code for code in named if code is not None}


async def _names(shown: list[Discrepancy], *further: str) -> dict[str, str]:
    return await network.names_of({one.owner for one in shown} | set(further))


async def _section(actor: Actor, now: datetime) -> dict[str, Any] | None:
    """Load the newest open cases that the person's organisation answers for, and how many are overdue."""
    if actor.organisation is None:
        return None
    found, overdue = [
        await discrepancies.page_of(
            actor,
            manifest=None,
            owner=actor.organisation,
            state=Standing.OPEN,
            after=None,
            limit=limit,
            overdue_at=at,
        )
        for limit, at in ((IN_THE_SECTION, None), (ON_A_PAGE, now))
    ]
    if not found:
        return None
    return {
        "cases": found,
        "overdue": len(overdue),
        "now": now,
        "names": await _names(found),
        "class_words": CLASS_WORDS,
        "reason_words": REASON_WORDS,
        "tones": TONES,
    }


def _needs(context: dict[str, Any]) -> tuple[Need, ...]:
    number = len(context["cases"])
    return (
        Need(
            number=context["overdue"],
            title=("Chênh lệch quá hạn trả lời", "Overdue discrepancies"),
            address="/discrepancies?whose=overdue",
            tone="bad",
            more=context["overdue"] >= ON_A_PAGE,
        ),
        Need(
            number=number,
            title=("Chênh lệch phải trả lời", "Discrepancies to answer"),
            address="/discrepancies",
            tone="warn",
            more=number >= IN_THE_SECTION,
        ),
    )


HOME_SECTIONS = (
    HomeSection(
        title=("Vụ việc đơn vị phải trả lời", "Cases that your organisation answers for"),
        template="reconciliation/section.html",
        load=_section,
        needs=_needs,
        roles=WORKING,
    ),
)

HANDLERS = (show_list, show)
