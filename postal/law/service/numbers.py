"""Constants, transit standards, lists of what the post carries and patterns of codes: the next one ends the last."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

import msgspec

from postal.calendars.rules import Limit, Unit
from postal.db import unit_of_work
from postal.errors import Unprocessable
from postal.identity.rules import Actor
from postal.law import repository
from postal.law.rules import (
    WEIGHT,
    Changed,
    CodePattern,
    Constant,
    Decision,
    ListEntry,
    PostalList,
    Status,
    TransitLimit,
    check_constant,
    check_decision,
    check_flags,
    check_limit,
    check_pattern,
    check_span,
    check_weights,
    place,
    standing_of,
    unknown,
)
from postal.law.service import authority
from postal.law.service.procedures import check_calendar
from postal.network.rules import local_day

Rule = TypeVar("Rule", Constant, TransitLimit, PostalList, CodePattern)
CALENDAR = "intake.default_calendar"


async def change_constant(
    constant: Constant,
    decision: Decision,
    *,
    actor: Actor,
    now: datetime,
    along: Mapping[str, Any] | None = None,
) -> Changed:
    """Give a constant its next value; only names that the program reads exist.

    `along` are values of further constants that the same decision changes, as weights must, which make 100 together.
    """
    authority.require_national(actor)
    values = {constant.name: constant.value} | dict(along or {})
    changed = {}
    async with unit_of_work():
        for name in sorted(values):
            await repository.lock("constant", name)
        for name, value in values.items():
            changed[name] = await _replace(
                msgspec.structs.replace(constant, name=name, value=value), decision, actor, now
            )
        if any(name.startswith(WEIGHT) for name in values):
            check_weights(await repository.all_constants(), constant.valid_from)
    return changed[constant.name]


async def _replace(constant: Constant, decision: Decision, actor: Actor, now: datetime) -> Changed:
    standing = [each for each in await repository.all_constants() if each.name == constant.name]
    if not standing:
        raise unknown(constant.name)
    check_constant(constant.name, constant.value, (standing_of(standing) or standing)[-1].value)
    if constant.name == CALENDAR:
        await check_calendar(str(constant.value), "/value")
    closed = await _close(standing, constant, decision, now)
    await repository.add_constant(constant)
    return await _noted("constant", constant.name, constant, closed, decision, actor, now)


async def change_transit(limit: TransitLimit, decision: Decision, *, actor: Actor, now: datetime) -> Changed:
    """Give a scope its next transit standard J + n."""
    authority.require_national(actor)
    check_limit(Limit(limit.days, Unit.WORKING_DAYS))
    subject = limit.subject
    async with unit_of_work():
        await repository.lock("transit", subject)
        await check_calendar(limit.calendar)
        standing = [
            each
            for each in await repository.all_transit_limits()
            if (each.zone, each.with_slip) == (limit.zone, limit.with_slip)
        ]
        closed = await _close(standing, limit, decision, now)
        await repository.add_transit_limit(limit)
        return await _noted("transit", subject, limit, closed, decision, actor, now)


async def change_pattern(
    pattern: CodePattern, examples: Sequence[str], decision: Decision, *, actor: Actor, now: datetime
) -> Changed:
    """Add a way of writing dossier codes, or give one its next form."""
    authority.require_national(actor)
    check_pattern(pattern.pattern, tuple(examples))
    async with unit_of_work():
        await repository.lock("pattern", pattern.name)
        standing = [each for each in await repository.all_patterns() if each.name == pattern.name]
        closed = await _close(standing, pattern, decision, now)
        await repository.add_pattern(pattern)
        return await _noted("pattern", pattern.name, pattern, closed, decision, actor, now)


async def decide_list(
    scope: str,
    entries: Sequence[ListEntry],
    *,
    valid_from: date,
    valid_to: date | None,
    citation: str,
    status: Status,
    decision: Decision,
    actor: Actor,
    now: datetime,
) -> Changed:
    """Put a list of what the post carries in the place of the one before it; dossiers on the road finish."""
    await authority.require_scope(actor, scope)
    _check_entries(entries)
    async with unit_of_work():
        await repository.lock("list", scope)
        await _refuse_unknown(entries)
        standing = await repository.all_lists(scope)
        listed = PostalList(
            scope=scope,
            version=max((each.version for each in standing), default=0) + 1,
            decision=decision.number,
            decided_on=decision.on,
            valid_from=valid_from,
            valid_to=valid_to,
            citation=citation,
            status=status,
        )
        closed = await _close(standing, listed, decision, now)
        await repository.add_list(listed, entries)
        return await _noted("list", scope, listed, closed, decision, actor, now, {"entries": list(entries)})


async def _close(standing: Sequence[Rule], rule: Rule, decision: Decision, now: datetime) -> Rule | None:
    today = local_day(now)
    check_decision(decision, today)
    check_span(rule.valid_from, rule.valid_to)
    closed = place(standing, rule.valid_from, rule.valid_to, today)
    if closed is not None:
        await repository.end(closed, rule.valid_from)
    return closed


async def _noted(
    what: str,
    subject: str,
    rule: Rule,
    closed: Rule | None,
    decision: Decision,
    actor: Actor,
    now: datetime,
    more: dict[str, Any] | None = None,
) -> Changed:
    changed = Changed(
        what=what,
        subject=subject,
        version=getattr(rule, "version", None),
        valid_from=rule.valid_from,
        valid_to=rule.valid_to,
        ended=getattr(closed, "version", None),
        ended_on=rule.valid_from if closed else None,
        open_dossiers=await authority.open_dossiers(None),
    )
    before = msgspec.to_builtins(closed) if closed else None
    after = msgspec.to_builtins(rule) | msgspec.to_builtins(more or {})
    return await authority.note(
        changed, "replaced" if closed else "added", decision, actor, now, before, after
    )


def _check_entries(entries: Sequence[ListEntry]) -> None:
    seen: set[str] = set()
    for at, entry in enumerate(entries):
        if entry.procedure in seen:
            raise Unprocessable(
                "law.entry_twice",
                vi=f"Thủ tục {entry.procedure} ghi hai lần",
                en=f"The procedure {entry.procedure} is listed twice",
                pointer=f"/entries/{at}/procedure",
            )
        seen.add(entry.procedure)
        check_flags(
            submit=entry.eligible_submit,
            back=entry.eligible_return,
            presence=entry.requires_presence,
            secret=entry.state_secret,
            pointer=f"/entries/{at}",
        )


async def _refuse_unknown(entries: Sequence[ListEntry]) -> None:
    known = await repository.known_codes([entry.procedure for entry in entries])
    for at, entry in enumerate(entries):
        if entry.procedure not in known:
            raise Unprocessable(
                "law.entry_unknown",
                vi=f"Không có thủ tục {entry.procedure}; hãy thêm thủ tục trước",
                en=f"There is no procedure {entry.procedure}; add it first",
                pointer=f"/entries/{at}/procedure",
            )
