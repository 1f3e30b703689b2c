"""The law over HTTP: read by everybody, changed by the office that answers for it."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import QueryParameter

from postal import clock
from postal.http.language import language_of
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.parameters import PathCode, code_query
from postal.identity.access import ANYONE, roles
from postal.identity.rules import Actor
from postal.law import repository, service
from postal.law.rules import Changed, CodePattern, Constant, TransitLimit, Withdrawn, in_force
from postal.law.schemas import (
    ChangedView,
    ChangeView,
    ConstantGiven,
    ConstantView,
    EndProcedure,
    FaresView,
    ListGiven,
    ListView,
    NewProcedure,
    NextVersion,
    PatternGiven,
    ProcedureHistory,
    ProcedureView,
    TransitGiven,
    WithdrawRule,
    change_view,
    changed_view,
    constant_view,
    list_view,
    offered,
    postage_view,
    view_of,
)
from postal.network.rules import local_day

OnDay = Annotated[date | None, QueryParameter(description="The day on which it holds; today if absent")]
Eligible = Annotated[bool | None, QueryParameter(description="Only what the post may carry, or may not")]
Search = Annotated[
    str | None,
    QueryParameter(description="Part of the name or code; diacritics do not matter", max_length=100),
]
Province = Annotated[str | None, code_query("By the list of this province, if it has one")]
Subject = Annotated[
    str | None, code_query("Only what was changed of this procedure, constant, scope or name")
]


class ProcedureController(Controller):
    """Administrative procedures: limits, fees, papers, and whether the post may carry them."""

    path = "/api/v1/procedures"
    tags = ("law",)

    @get(opt=ANYONE, operation_id="listProcedures", summary="List procedures, eligible for the post or not")
    async def list_procedures(
        self,
        request: Request[Actor, Any, Any],
        on: OnDay = None,
        eligible: Eligible = None,
        q: Search = None,
        province: Province = None,
        limit: PageLimit = DEFAULT_LIMIT,
        cursor: PageCursor = None,
    ) -> Response[Page[ProcedureView]]:
        """Danh mục thủ tục được và không được nhận qua bưu chính công ích."""
        day = on or local_day(await clock.now())
        after = decode_cursor(cursor, str)
        found = await service.list_procedures(
            day, eligible=eligible, after=after, limit=limit + 1, province=province, q=q
        )
        return paged(request, [offered(each) for each in found], limit, key=lambda each: each.code)

    @get("/{code:str}", opt=ANYONE, operation_id="getProcedure", summary="A procedure with all its versions")
    async def read(self, code: PathCode, on: OnDay = None, province: Province = None) -> ProcedureHistory:
        """Give the version in force and every other: the version at receipt stays with its dossier."""
        versions = await service.history_of(code.upper())
        day = on or local_day(await clock.now())
        shown = [view_of(each) for each in versions]
        if service.in_force(versions, day) is None:
            return ProcedureHistory(current=None, versions=shown)
        found = await service.published(code.upper(), day, province)
        return ProcedureHistory(
            current=offered(found.offer), versions=shown, components=found.components, steps=found.steps
        )

    @post(opt=roles(*service.EDITORS), operation_id="createProcedure", summary="Add a procedure")
    async def create(self, request: Request[Actor, Any, Any], data: NewProcedure) -> ChangedView:
        """Add a procedure with its first version, by a decision."""
        changed = await service.add_procedure(
            data.code, data.draft(data.issuer), data.by(), actor=request.user, now=await clock.now()
        )
        return _told(request, changed)

    @post(
        "/{code:str}/versions",
        opt=roles(*service.EDITORS),
        operation_id="createProcedureVersion",
        summary="Add a version of a procedure",
    )
    async def add_version(
        self, request: Request[Actor, Any, Any], code: PathCode, data: NextVersion
    ) -> ChangedView:
        """Put a version in the place of the one in force from a day on; of two editors one wins, the other is told."""
        changed = await service.add_version(
            code, data.draft(), data.by(), after=data.after, actor=request.user, now=await clock.now()
        )
        return _told(request, changed)

    @post(
        "/{code:str}/end",
        opt=roles(*service.EDITORS),
        status_code=200,
        operation_id="endProcedure",
        summary="Let a procedure end",
    )
    async def end(self, request: Request[Actor, Any, Any], code: PathCode, data: EndProcedure) -> ChangedView:
        """End a procedure on a day; dossiers under way keep their version, and the answer says how many."""
        changed = await service.end_procedure(
            code, data.valid_to, data.by(), after=data.after, actor=request.user, now=await clock.now()
        )
        return _told(request, changed)


class LawController(Controller):
    """Constants, transit standards, fares, lists of what the post carries, patterns of codes."""

    path = "/api/v1/law"
    tags = ("law",)

    @get("/constants", opt=ANYONE, operation_id="listConstants", summary="Constants in force on a day")
    async def constants(self, on: OnDay = None) -> list[ConstantView]:
        """Give every constant with its citation, and whether it was found in a text or configured."""
        day = on or local_day(await clock.now())
        held = (await repository.constants_at(day)).by_name
        return [constant_view(held[name]) for name in sorted(held)]

    @post(
        "/constants",
        opt=roles(*service.EDITORS),
        status_code=200,
        operation_id="replaceConstant",
        summary="Change a constant",
    )
    async def change_constant(self, request: Request[Actor, Any, Any], data: ConstantGiven) -> ChangedView:
        """Give a constant its next value from a day on, fares included."""
        constant = Constant(
            name=data.name,
            value=data.value,
            valid_from=data.valid_from,
            valid_to=data.valid_to,
            citation=data.citation,
            status=data.status,
            decision=data.decision,
            decided_on=data.decided_on,
        )
        changed = await service.change_constant(
            constant,
            data.by(),
            actor=request.user,
            now=await clock.now(),
            along={each.name: each.value for each in data.along},
        )
        return _told(request, changed)

    @get("/fares", opt=ANYONE, operation_id="listFares", summary="Postage by zone on a day")
    async def fares(self, on: OnDay = None) -> FaresView:
        """Give postage, transit standards and exemptions; the status says what is configured only."""
        day = on or local_day(await clock.now())
        zones, others = await service.postage(day)
        return FaresView(
            day, [postage_view(each) for each in zones], [constant_view(each) for each in others]
        )

    @get(
        "/transit-standards",
        opt=ANYONE,
        operation_id="listTransitStandards",
        summary="Transit standards J + n",
    )
    async def transit(self, on: OnDay = None) -> list[TransitLimit]:
        """Give the transit standards in force on a day."""
        return await repository.transit_limits(on or local_day(await clock.now()))

    @post(
        "/transit-standards",
        opt=roles(*service.EDITORS),
        status_code=200,
        operation_id="replaceTransitStandard",
        summary="Change a transit standard",
    )
    async def change_transit(self, request: Request[Actor, Any, Any], data: TransitGiven) -> ChangedView:
        """Give a scope its next J + n from a day on."""
        limit = TransitLimit(
            zone=data.zone,
            with_slip=data.with_slip,
            days=data.days,
            calendar=data.calendar,
            valid_from=data.valid_from,
            valid_to=data.valid_to,
            citation=data.citation,
            status=data.status,
            decision=data.decision,
            decided_on=data.decided_on,
        )
        now = await clock.now()
        return _told(request, await service.change_transit(limit, data.by(), actor=request.user, now=now))

    @get("/lists", opt=ANYONE, operation_id="listPostalLists", summary="Decisions on what the post carries")
    async def lists(self) -> list[ListView]:
        """Give every decision, newest first."""
        return [view for each in await repository.all_lists() if (view := list_view(each))]

    @post(
        "/lists",
        opt=roles(*service.EDITORS),
        status_code=200,
        operation_id="replacePostalList",
        summary="Decide anew what the post carries",
    )
    async def decide(self, request: Request[Actor, Any, Any], data: ListGiven) -> ChangedView:
        """Replace the list of a province or of the country as a whole; dossiers on the road finish."""
        changed = await service.decide_list(
            data.scope,
            data.listed(),
            valid_from=data.valid_from,
            valid_to=data.valid_to,
            citation=data.citation,
            status=data.status,
            decision=data.by(),
            actor=request.user,
            now=await clock.now(),
        )
        return _told(request, changed)

    @get(
        "/code-patterns", opt=ANYONE, operation_id="listCodePatterns", summary="How dossier codes are written"
    )
    async def patterns(self, on: OnDay = None) -> list[CodePattern]:
        """Give the patterns in force on a day."""
        return in_force(await repository.all_patterns(), on or local_day(await clock.now()))

    @post(
        "/code-patterns",
        opt=roles(*service.EDITORS),
        status_code=200,
        operation_id="replaceCodePattern",
        summary="Add or change a pattern of codes",
    )
    async def change_pattern(self, request: Request[Actor, Any, Any], data: PatternGiven) -> ChangedView:
        """Add a way of writing dossier codes, or give one its next form."""
        pattern = CodePattern(
            name=data.name,
            pattern=data.pattern,
            valid_from=data.valid_from,
            valid_to=data.valid_to,
            citation=data.citation,
            status=data.status,
            decision=data.decision,
            decided_on=data.decided_on,
        )
        changed = await service.change_pattern(
            pattern, data.examples, data.by(), actor=request.user, now=await clock.now()
        )
        return _told(request, changed)

    @post(
        "/withdrawals",
        opt=roles(*service.EDITORS),
        status_code=200,
        operation_id="withdrawRule",
        summary="Withdraw a rule that is yet to come into force",
    )
    async def withdraw(self, request: Request[Actor, Any, Any], data: WithdrawRule) -> Withdrawn:
        """Withdraw by a later decision; the rule stays in the history, and what it was to replace holds on."""
        return await service.withdraw(
            data.what,
            data.subject,
            data.valid_from,
            data.by(),
            data.reason,
            actor=request.user,
            now=await clock.now(),
        )

    @get(
        "/changes",
        opt=roles(*service.EDITORS),
        operation_id="listLawChanges",
        summary="Who changed the law, when, by which decision",
    )
    async def changes(
        self,
        request: Request[Actor, Any, Any],
        subject: Subject = None,
        limit: PageLimit = DEFAULT_LIMIT,
        cursor: PageCursor = None,
    ) -> Response[Page[ChangeView]]:
        """Give the history of the law, newest first."""
        after = decode_cursor(cursor, UUID)
        found = await repository.list_changes(after=after, subject=subject, limit=limit + 1)
        return paged(request, [change_view(each) for each in found], limit, key=lambda each: each.id)


def _told(request: Request[Actor, Any, Any], changed: Changed) -> ChangedView:
    return changed_view(changed, english=language_of(request.scope) == "en")


HANDLERS: tuple[Any, ...] = (ProcedureController, LawController)
