"""The editor's pages for constants and fares, transit standards, lists of what the post carries, patterns of codes."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from postal import clock
from postal.errors import PostalError
from postal.http.language import page_language
from postal.identity.rules import Actor
from postal.law import repository, service
from postal.law.pages.editor import EDITORS, REFUSALS, result
from postal.law.pages.forms import read, text, value_of
from postal.law.pages.withdrawals import upcoming
from postal.law.pages.words import WORDS
from postal.law.rules import (
    WEIGHT,
    Changed,
    CodePattern,
    Constant,
    Subject,
    TransitLimit,
    in_force,
    standing_of,
    unknown,
)
from postal.law.schemas import ConstantGiven, ListGiven, PatternGiven, TransitGiven
from postal.network.rules import local_day
from postal.web.rendering import page

RULE = ("valid_from", "valid_to", "citation", "status", "decision", "decided_on")
LIST_ROWS = 1_000
"""How many procedures the page for a list shows; longer lists come over the API."""


@get("/law/constants", opt=EDITORS, include_in_schema=False, summary="Page: constants and fares")
async def show_constants(request: Request[Actor, Any, Any]) -> Response[str]:
    """List every constant in force with its citation."""
    today = local_day(await clock.now())
    held = (await repository.constants_at(today)).by_name
    return page(
        request,
        "law/constants.html",
        title=("Hằng số và cước", "Constants and fares"),
        constants=[held[name] for name in sorted(held)],
        **WORDS,
    )


@get("/law/constants/{name:str}", opt=EDITORS, include_in_schema=False, summary="Page: change a constant")
async def show_constant(request: Request[Actor, Any, Any], name: FromPath[str]) -> Response[str]:
    """Show every value that a constant had, and the form for the next one."""
    return await _constant(request, name)


@post(
    "/law/constants/{name:str}",
    opt=EDITORS,
    include_in_schema=False,
    summary="Page: give a constant its next value",
)
async def change_constant(request: Request[Actor, Any, Any], name: FromPath[str]) -> Response[Any]:
    """Give a constant its next value."""
    form = await request.form()
    standing = await _values(name)
    others_named = [one.name for one in await _along(name)]
    typed = {field: text(form, field) for field in ("value", *RULE, *others_named)}

    async def change(now: datetime) -> Changed:
        value = value_of(typed["value"], standing[-1].value)
        others = [
            {"name": one.name, "value": value_of(text(form, one.name), one.value)}
            for one in await _along(name)
        ]
        told = {field: typed[field] for field in RULE}
        given = read({**told, "name": name, "value": value, "along": others}, ConstantGiven)
        constant = Constant(
            name=name, value=value, valid_from=given.valid_from, valid_to=given.valid_to, citation=given.citation,
            status=given.status, decision=given.decision, decided_on=given.decided_on,
        )  # fmt: skip
        return await service.change_constant(
            constant,
            given.by(),
            actor=request.user,
            now=now,
            along={one.name: one.value for one in given.along},
        )

    async def again(refused: PostalError) -> Response[str]:
        return await _constant(request, name, typed, refused)

    return await _do(request, change, again)


@get(
    "/law/numbers",
    opt=EDITORS,
    include_in_schema=False,
    summary="Page: transit standards and patterns of codes",
)
async def show_numbers(request: Request[Actor, Any, Any]) -> Response[str]:
    """Show transit standards and patterns, each with the form for the next one."""
    return await _numbers(request)


@post(
    "/law/numbers",
    opt=EDITORS,
    include_in_schema=False,
    summary="Page: change a transit standard or a pattern",
)
async def change_numbers(request: Request[Actor, Any, Any]) -> Response[Any]:
    """Give a scope its next transit standard, or add a pattern of codes."""
    form = await request.form()
    shared = {field: text(form, field) for field in RULE}

    async def change(now: datetime) -> Changed:
        if text(form, "act") == "pattern":
            examples = text(form, "examples").split()
            written = {"name": text(form, "name"), "pattern": text(form, "pattern"), "examples": examples}
            wanted = read({**shared, **written}, PatternGiven)
            pattern = CodePattern(name=wanted.name, pattern=wanted.pattern, **_dated(wanted))
            return await service.change_pattern(
                pattern, wanted.examples, wanted.by(), actor=request.user, now=now
            )
        stated = {"zone": text(form, "zone"), "days": text(form, "days"), "with_slip": "with_slip" in form}
        given = read({**shared, **stated}, TransitGiven)
        limit = TransitLimit(
            zone=given.zone,
            days=given.days,
            with_slip=given.with_slip,
            calendar=given.calendar,
            **_dated(given),
        )
        return await service.change_transit(limit, given.by(), actor=request.user, now=now)

    async def again(refused: PostalError) -> Response[str]:
        return await _numbers(request, {name: str(value) for name, value in form.items()}, refused)

    return await _do(request, change, again)


@get("/law/lists", opt=EDITORS, include_in_schema=False, summary="Page: what the post carries")
async def show_lists(request: Request[Actor, Any, Any]) -> Response[str]:
    """Show the decisions, and the list in force as the beginning of the next one."""
    return await _lists(request)


@post("/law/lists", opt=EDITORS, include_in_schema=False, summary="Page: decide anew what the post carries")
async def decide_list(request: Request[Actor, Any, Any]) -> Response[Any]:
    """Replace a list as a whole by what the form names."""
    form = await request.form()
    shared = {field: text(form, field) for field in (*RULE, "scope")}
    entries = [
        {
            "procedure": code,
            "eligible_submit": f"submit_{code}" in form,
            "eligible_return": f"return_{code}" in form,
            "requires_presence": f"presence_{code}" in form,
            "state_secret": f"secret_{code}" in form,
            "reason": text(form, f"reason_{code}"),
        }
        for code in (str(each) for each in form.getall("procedure", []))
    ]

    async def change(now: datetime) -> Changed:
        given = read(shared | {"entries": entries}, ListGiven)
        return await service.decide_list(
            given.scope, given.listed(), valid_from=given.valid_from, valid_to=given.valid_to,
            citation=given.citation, status=given.status, decision=given.by(), actor=request.user, now=now,
        )  # fmt: skip

    async def again(refused: PostalError) -> Response[str]:
        return await _lists(request, shared, {str(each["procedure"]): each for each in entries}, refused)

    return await _do(request, change, again)


async def _do(
    request: Request[Actor, Any, Any],
    change: Callable[[datetime], Awaitable[Changed]],
    again: Callable[[PostalError], Awaitable[Response[str]]],
) -> Response[str]:
    try:
        return result(request, await change(await clock.now()))
    except REFUSALS as refused:
        return await again(refused)


def _dated(given: TransitGiven | PatternGiven) -> dict[str, Any]:
    return {name: getattr(given, name) for name in RULE}


def _sentence(request: Request[Actor, Any, Any], refused: PostalError | None) -> dict[str, Any]:
    english = page_language(request.scope) == "en"
    return {
        "status": refused.status if refused else 200,
        "refused": (refused.en if english else refused.vi) if refused else "",
    }


async def _values(name: str) -> list[Constant]:
    values = [each for each in await repository.all_constants() if each.name == name]
    if not values:
        raise unknown(name)
    return values


async def _along(name: str) -> list[Constant]:
    """Give the weights that make 100 together with this one; what is no weight stands alone."""
    if not name.startswith(WEIGHT):
        return []
    held = (await repository.constants_at(local_day(await clock.now()))).by_name
    return [held[other] for other in sorted(held) if other.startswith(WEIGHT) and other != name]


async def _constant(
    request: Request[Actor, Any, Any],
    name: str,
    typed: dict[str, str] | None = None,
    refused: PostalError | None = None,
) -> Response[str]:
    values = await _values(name)
    last = (standing_of(values) or values)[-1].value
    today = local_day(await clock.now())
    shown = last if isinstance(last, str) else msgspec.json.encode(last).decode()
    return page(
        request,
        "law/constant.html",
        title=(name, name),
        name=name,
        values=values,
        form=typed or {"value": shown, "status": "configured"},
        along=await _along(name),
        changes=await repository.list_changes(what="constant", subject=name),
        **_sentence(request, refused),
        **WORDS | {"upcoming": upcoming(Subject.CONSTANT, values, today)},
    )


async def _numbers(
    request: Request[Actor, Any, Any],
    typed: dict[str, str] | None = None,
    refused: PostalError | None = None,
) -> Response[str]:
    today = local_day(await clock.now())
    transit, patterns = await repository.all_transit_limits(), await repository.all_patterns()
    later = [*upcoming(Subject.TRANSIT, transit, today), *upcoming(Subject.PATTERN, patterns, today)]
    return page(
        request,
        "law/numbers.html",
        title=("Chỉ tiêu J+n và mẫu mã hồ sơ", "Transit standards and code patterns"),
        transit=in_force(transit, today),
        patterns=in_force(patterns, today),
        form=typed or {"status": "configured"},
        **_sentence(request, refused),
        **WORDS | {"upcoming": later},
    )


async def _lists(
    request: Request[Actor, Any, Any],
    typed: dict[str, str] | None = None,
    entries: dict[str, dict[str, Any]] | None = None,
    refused: PostalError | None = None,
) -> Response[str]:
    today = local_day(await clock.now())
    scope = (typed or {}).get("scope") or repository.COUNTRY
    lists = await repository.all_lists()
    return page(
        request,
        "law/lists.html",
        title=("Danh mục qua bưu chính", "What the post carries"),
        lists=lists,
        offers=await service.list_procedures(today, limit=LIST_ROWS, province=scope),
        form=typed or {"status": "configured", "scope": scope},
        entries=entries or {},
        **_sentence(request, refused),
        **WORDS | {"upcoming": upcoming(Subject.LIST, lists, today)},
    )


NUMBER_PAGES = (
    show_constants,
    show_constant,
    change_constant,
    show_numbers,
    change_numbers,
    show_lists,
    decide_list,
)
