"""Pages: what is owed, a report with everything behind it, the register of a desk."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from manifests.reports import repository, service
from manifests.reports.repository import Published
from manifests.reports.rules import (
    DEFINITIONS,
    MEASURES,
    NAMES,
    Kind,
    Obligation,
    Report,
    Standing,
    fits,
    may_publish,
    may_read,
    month_of,
    read_period,
    read_report,
)
from manifests.reports.rules.presenting import basis_text, columns_of, text_of, whole_of
from manifests.reports.rules.words import STANDINGS, TABLES
from manifests.reports.service import ReportView
from postal import clock
from postal.errors import Conflict, Forbidden, NotFound, PostalError, Unprocessable
from postal.http.language import page_language
from postal.http.paging import PageCursor, decode_cursor, encode_cursor
from postal.identity.access import ANYONE, SIGNED_IN, roles
from postal.identity.rules import Actor, Role
from postal.network import repository as network
from postal.network.rules import local_day
from postal.web.rendering import page
from postal.web.sections import HomeSection, Need
from shipments.clocks.rules import CLOCK_NAMES

ON_A_PAGE = 50
IN_THE_SECTION = 10
PUBLISHERS = roles(Role.CONTROL, Role.AGENCY_HEAD, Role.SUPERVISOR)
DRILLABLE = frozenset({"all", "authority", "desk", "commune", "office", "procedure"})
MARKS = {
    Standing.AHEAD: "",
    Standing.DUE: "warn",
    Standing.LATE: "bad",
    Standing.DONE: "good",
    Standing.DONE_LATE: "warn",
}
OfMeasure = Annotated[str, QueryParameter(name="measure", max_length=40)]
BySort = Annotated[str, QueryParameter(name="by", max_length=20)]
OfGroup = Annotated[str, QueryParameter(name="group", max_length=64)]
OfDesk = Annotated[str, QueryParameter(name="desk", max_length=35)]
InPeriod = Annotated[str, QueryParameter(name="period", max_length=7)]


@get("/reports", opt=SIGNED_IN, include_in_schema=False, summary="Page: reports owed and published")
async def show_list(request: Request[Actor, Any, Any], cursor: PageCursor = None) -> Response[str]:
    """List who is late, what comes next, what runs, and what was published."""
    actor, now = request.user, await clock.now()
    owed = await service.owed_to(actor, now)
    after = decode_cursor(cursor, tuple[datetime, str])
    found = await repository.list_published(actor.reads_everything, sorted(actor.sees), after, ON_A_PAGE + 1)
    shown = found[:ON_A_PAGE]
    last = shown[-1] if len(found) > ON_A_PAGE else None
    running = await _running(actor, now)
    codes = {each.report.organisation for each in owed}
    codes |= {each.organisation for each in shown} | {each.organisation for each in running}
    return page(
        request,
        "reports/list.html",
        title=("Báo cáo", "Reports"),
        late=[each for each in owed if each.standing is Standing.LATE],
        coming=[each for each in owed if each.standing in {Standing.DUE, Standing.AHEAD}],
        running=running,
        published=[_listed(each) for each in shown],
        following=encode_cursor((last.published_at, last.code)) if last else None,
        names=await network.names_of(codes),
        **_words(),
    )


@get("/reports/{code:str}", opt=SIGNED_IN, include_in_schema=False, summary="Page: a report")
async def show_report(request: Request[Actor, Any, Any], code: FromPath[str]) -> Response[str]:
    """Show a report, each figure with its formula and the way to its dossiers."""
    return await _report(request, code)


@post(
    "/reports/{code:str}/publish", opt=PUBLISHERS, include_in_schema=False, summary="Page: publish a report"
)
async def publish(request: Request[Actor, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Publish, and show what is frozen from now on."""
    try:
        await service.publish(code, actor=request.user, now=await clock.now())
    except (Conflict, Forbidden, Unprocessable) as refused:
        return await _report(request, code, refused)
    return Redirect(f"/reports/{code}", status_code=303)


@get(
    "/reports/{code:str}/rows",
    opt=SIGNED_IN,
    include_in_schema=False,
    summary="Page: the dossiers behind a figure",
)
async def show_rows(
    request: Request[Actor, Any, Any],
    code: FromPath[str],
    of_measure: OfMeasure = "",
    by_sort: BySort = "all",
    of_group: OfGroup = "",
    cursor: PageCursor = None,
) -> Response[str]:
    """List the dossiers that a figure was counted from."""
    measure = of_measure or ("accepted" if read_report(code).kind is Kind.POST else "handled")
    found = await service.rows_behind(
        code,
        measure,
        by_sort,
        of_group,
        after=decode_cursor(cursor, tuple[datetime, str]),
        limit=ON_A_PAGE + 1,
        actor=request.user,
        now=await clock.now(),
    )
    shown = found[:ON_A_PAGE]
    return page(
        request,
        "reports/rows.html",
        title=MEASURES[measure],
        code=code,
        measure=measure,
        measure_name=MEASURES[measure],
        by=by_sort,
        group=of_group,
        rows=shown,
        following=encode_cursor((shown[-1].at, shown[-1].code)) if len(found) > ON_A_PAGE else None,
    )


@get(
    "/published-reports", opt=ANYONE, include_in_schema=False, summary="Page: the published sheets of QĐ 766"
)
async def show_public_list(request: Request[Actor, Any, Any], cursor: PageCursor = None) -> Response[str]:
    """List for anybody the sheets that were published, newest first."""
    after = decode_cursor(cursor, tuple[datetime, str])
    found = await repository.list_published(False, [], after, ON_A_PAGE + 1)
    shown = found[:ON_A_PAGE]
    last = shown[-1] if len(found) > ON_A_PAGE else None
    return page(
        request,
        "reports/public.html",
        title=("Bộ chỉ số đã công bố", "Published indicators"),
        published=[_listed(each) for each in shown],
        following=encode_cursor((last.published_at, last.code)) if last else None,
        names=await network.names_of({each.organisation for each in shown}),
    )


@get("/published-reports/{code:str}", opt=ANYONE, include_in_schema=False, summary="Page: a published sheet")
async def show_public(request: Request[Actor, Any, Any], code: FromPath[str]) -> Response[str]:
    """Show anybody a sheet as it was published: figures of agencies, nobody's dossier."""
    return _shown(request, await service.public_view(code), may_drill=False, may_act=False)


@get("/register", opt=SIGNED_IN, include_in_schema=False, summary="Page: the register of a desk")
async def show_register(
    request: Request[Actor, Any, Any], desk: OfDesk = "", in_period: InPeriod = "", cursor: PageCursor = None
) -> Response[str]:
    """Show the register of a desk; without a desk, a form that asks for one."""
    period = in_period or month_of(local_day(await clock.now())).code
    refused, found = "", []
    if desk:
        try:
            after = decode_cursor(cursor, tuple[datetime, str])
            found = await service.register_page(
                desk, read_period(period), after=after, limit=ON_A_PAGE + 1, actor=request.user
            )
        except (NotFound, Unprocessable) as error:
            refused = error.en if page_language(request.scope) == "en" else error.vi
    shown = found[:ON_A_PAGE]
    return page(
        request,
        "reports/register.html",
        title=("Sổ theo dõi hồ sơ", "Register of dossiers"),
        status=422 if refused else 200,
        desk=desk,
        period=period,
        refused=refused,
        lines=shown,
        following=encode_cursor((shown[-1].received_at, shown[-1].code)) if len(found) > ON_A_PAGE else None,
    )


async def _report(
    request: Request[Actor, Any, Any], code: str, refused: PostalError | None = None
) -> Response[str]:
    actor, now = request.user, await clock.now()
    view = await service.report_view(code, actor=actor, now=now)
    report = read_report(code)
    open_ = view.published is None and not view.content.provisional
    return _shown(
        request,
        view,
        refused=refused,
        may_drill=may_read(actor, report),
        may_act=open_ and may_publish(actor, report),
    )


def _shown(
    request: Request[Actor, Any, Any],
    view: ReportView,
    *,
    may_drill: bool,
    may_act: bool,
    refused: PostalError | None = None,
) -> Response[str]:
    report = read_report(view.content.report)
    english = page_language(request.scope) == "en"
    return page(
        request,
        "reports/report.html",
        title=NAMES[report.kind],
        status=refused.status if refused else 200,
        refused=(refused.en if english else refused.vi) if refused else "",
        view=view,
        title_of=NAMES[report.kind],
        period=report.period.name,
        last_day=view.content.end - timedelta(days=1),
        definitions=DEFINITIONS,
        tables=TABLES,
        clocks=CLOCK_NAMES,
        english=english,
        text_of=text_of,
        basis_text=basis_text,
        columns_of=columns_of,
        whole_of=whole_of,
        drillable=DRILLABLE,
        may_drill=may_drill,
        may_publish=may_act,
    )


def _listed(published: Published) -> dict[str, Any]:
    return {
        "code": published.code,
        "kind": Kind(published.kind),
        "of": read_period(published.period).name,
        "organisation": published.organisation,
        "published_at": published.published_at,
    }


async def _running(actor: Actor, now: datetime) -> list[Report]:
    """Give the reports of the actor's own organisation on this month."""
    own = (await network.find_many([actor.organisation] if actor.organisation else [])).values()
    month = month_of(local_day(now))
    return [
        report
        for each in own
        for kind in Kind
        if fits(kind, each) and may_read(actor, report := Report(kind, month, each.code))
    ]


def _words() -> dict[str, Any]:
    return {"kinds": NAMES, "standings": STANDINGS, "marks": MARKS}


async def _section(actor: Actor, now: datetime) -> dict[str, Any] | None:
    """Show what this actor may publish itself and is due or late."""
    owed: list[Obligation] = [
        each
        for each in await service.owed_to(actor, now)
        if each.standing in {Standing.DUE, Standing.LATE} and may_publish(actor, each.report)
    ][:IN_THE_SECTION]
    if not owed:
        return None
    return {
        "owed": owed,
        "names": await network.names_of({each.report.organisation for each in owed}),
        **_words(),
    }


def _needs(context: dict[str, Any]) -> tuple[Need, ...]:
    late = sum(each.standing is Standing.LATE for each in context["owed"])
    return (
        Need(number=late, title=("Báo cáo quá hạn", "Late reports"), address="/reports", tone="bad"),
        Need(
            number=len(context["owed"]) - late,
            title=("Báo cáo đến hạn", "Reports due"),
            address="/reports",
            tone="warn",
        ),
    )


HOME_SECTIONS = (
    HomeSection(
        title=("Báo cáo phải nộp", "Reports that are owed"),
        template="reports/section.html",
        load=_section,
        needs=_needs,
        roles=frozenset({Role.CONTROL, Role.AGENCY_HEAD, Role.SUPERVISOR}),
    ),
)

PAGE_HANDLERS = (
    show_list,
    show_report,
    publish,
    show_rows,
    show_public_list,
    show_public,
    show_register,
)
