"""What anybody reads: procedures that the post carries and does not carry, and what each one asks for (R02, R26)."""

from datetime import date
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.params import FromPath, QueryParameter

from postal import clock
from postal.errors import Unprocessable
from postal.http.language import page_language
from postal.http.paging import PageCursor, decode_cursor, encode_cursor
from postal.http.parameters import code_query
from postal.identity.access import ANYONE
from postal.identity.rules import Actor
from postal.law import repository, service
from postal.law.pages.words import WORDS
from postal.law.rules import in_force
from postal.network.rules import local_day
from postal.web.rendering import page

ON_A_PAGE = 50

Search = Annotated[str | None, QueryParameter(max_length=100, description="Part of the name or code")]
Carried = Annotated[bool | None, QueryParameter(description="Only what the post carries, or does not")]
Province = Annotated[str | None, code_query("By the list of this province")]
OnDay = Annotated[date | None, QueryParameter(description="The day on which it holds")]


@get(
    "/procedures",
    opt=ANYONE,
    include_in_schema=False,
    summary="Page: procedures, eligible for the post or not",
)
async def show_list(
    request: Request[Actor, Any, Any],
    q: Search = None,
    eligible: Carried = None,
    province: Province = None,
    on: OnDay = None,
    cursor: PageCursor = None,
) -> Response[str]:
    """List procedures with whether the post carries them, and by which decision."""
    day = on or local_day(await clock.now())
    after = decode_cursor(cursor, str)
    found = await service.list_procedures(
        day, eligible=eligible, after=after, limit=ON_A_PAGE + 1, province=province, q=q
    )
    shown = found[:ON_A_PAGE]
    lists = in_force(await repository.all_lists(), day)
    return page(
        request,
        "law/procedures.html",
        title=("Thủ tục qua bưu chính công ích", "Procedures over the public post"),
        offers=shown,
        by=await repository.list_at(day, province),
        scopes=sorted(each.scope for each in lists if each.scope != repository.COUNTRY),
        following=encode_cursor(shown[-1].procedure.code) if len(found) > ON_A_PAGE else None,
        q=q or "",
        eligible=eligible,
        province=province or "",
        on=day,
        **WORDS,
    )


@get("/procedures/{code:str}", opt=ANYONE, include_in_schema=False, summary="Page: a procedure")
async def show(
    request: Request[Actor, Any, Any], code: FromPath[str], on: OnDay = None, province: Province = None
) -> Response[str]:
    """Show papers, time limit, fee, postage by zone, decision and citation; one not in force says when it was."""
    day = on or local_day(await clock.now())
    versions = await service.history_of(code.upper())
    published, refused = None, ""
    try:
        published = await service.published(code.upper(), day, province)
    except Unprocessable as error:
        refused = error.en if page_language(request.scope) == "en" else error.vi
    zones, others = await service.postage(day)
    return page(
        request,
        "law/procedure.html",
        title=(versions[0].name_vi, versions[0].name_en),
        status=200 if published else 422,
        published=published,
        refused=refused,
        versions=versions,
        postage=zones,
        others={each.name: each for each in others},
        exempt=[each for each in await repository.reasons_at(day) if each.applies_to == "fare"],
        on=day,
        **WORDS,
    )


PUBLIC_PAGES = (show_list, show)
