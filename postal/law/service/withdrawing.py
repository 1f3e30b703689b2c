"""Withdrawing rules that are yet to come into force, by a later decision."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from postal.db import unit_of_work
from postal.identity.rules import Actor
from postal.law import repository
from postal.law.rules import (
    WEIGHT,
    AnyRule,
    Changed,
    CodePattern,
    Constant,
    Decision,
    Past,
    PostalList,
    Procedure,
    Subject,
    TransitLimit,
    Withdrawn,
    check_decision,
    check_weights,
    find_withdrawable,
    reopened,
    standing_of,
)
from postal.law.service import authority
from postal.network.rules import local_day

WHOLE_HISTORY = 10_000


async def withdraw(
    what: Subject,
    subject: str,
    valid_from: date,
    decision: Decision,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> Withdrawn:
    """Withdraw a rule that begins after today; what it was to replace holds on.

    Nothing is deleted: the rule stays in the history with the decision that withdrew it. Weights that one decision
    changed together are withdrawn together.

    Raises:
        Conflict: The rule is in force, or was withdrawn before.
        Forbidden: Another office answers for it.
        NotFound: No such rule begins on that day.
    """
    async with unit_of_work():
        rules = await _locked(what, subject)
        today = local_day(now)
        check_decision(decision, today)
        if what is not Subject.PROCEDURE:
            await _require(actor, what, subject)
        rule = find_withdrawable(rules, subject, valid_from, today)
        if isinstance(rule, Procedure):
            await authority.require_issuer(actor, rule.issuer)
        found = await _withdraw(what, subject, rule, rules, decision, reason, actor, now)
        if what is Subject.CONSTANT and subject.startswith(WEIGHT):
            await _withdraw_weights(rule, decision, reason, actor, now)
    return found


def subject_of(rule: AnyRule) -> str:
    """How the history of the law names what a rule is about."""
    match rule:
        case Procedure():
            return rule.code
        case PostalList():
            return rule.scope
        case TransitLimit():
            return rule.subject
        case Constant() | CodePattern():
            return rule.name


async def rules_of(what: Subject, subject: str) -> Sequence[AnyRule]:
    """Every rule about a subject there ever was."""
    match what:
        case Subject.PROCEDURE:
            return await repository.list_versions(subject)
        case Subject.CONSTANT:
            return [each for each in await repository.all_constants() if each.name == subject]
        case Subject.TRANSIT:
            return [each for each in await repository.all_transit_limits() if each.subject == subject]
        case Subject.LIST:
            return await repository.all_lists(subject)
        case Subject.PATTERN:
            return [each for each in await repository.all_patterns() if each.name == subject]


async def _locked(what: Subject, subject: str) -> Sequence[AnyRule]:
    await repository.lock(what, subject)
    return await rules_of(what, subject)


async def _require(actor: Actor, what: Subject, subject: str) -> None:
    if what is Subject.LIST:
        await authority.require_scope(actor, subject)
    else:
        authority.require_national(actor)


async def _withdraw(
    what: Subject,
    subject: str,
    rule: AnyRule,
    rules: Sequence[AnyRule],
    decision: Decision,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Withdrawn:
    told = await repository.list_changes(what=what, subject=subject, limit=WHOLE_HISTORY)
    past = [
        Past(action=each.action, version=each.version, before=each.before, after=each.after)
        for each in reversed(told)
    ]
    again = reopened(rule, [each for each in rules if each != rule], past)
    await repository.withdraw(rule)
    if again is not None:
        await repository.end(*again)
    changed = Changed(
        what=what,
        subject=subject,
        version=getattr(rule, "version", None),
        valid_from=rule.valid_from,
        valid_to=rule.valid_from,
        ended=None,
        ended_on=None,
        open_dossiers=await authority.open_dossiers(subject if what is Subject.PROCEDURE else None),
    )
    holds = {"again": msgspec.to_builtins(again[0]) | {"valid_to": again[1]}} if again else {"again": None}
    before = msgspec.to_builtins(rule)
    await authority.note(changed, "withdrawn", decision, actor, now, before, holds, reason=reason)
    return Withdrawn(
        what=what,
        subject=subject,
        version=changed.version,
        valid_from=rule.valid_from,
        decision=decision.number,
        decided_on=decision.on,
        reason=reason,
        again_from=again[0].valid_from if again else None,
        again_to=again[1] if again else None,
    )


async def _withdraw_weights(
    rule: AnyRule, decision: Decision, reason: str, actor: Actor, now: datetime
) -> None:
    """Withdraw what the same decision said of the other weights; all of them still make 100."""
    weights = [each for each in await repository.all_constants() if each.name.startswith(WEIGHT)]
    for name in sorted({each.name for each in weights}):
        rules = [each for each in weights if each.name == name]
        for each in standing_of(rules):
            if each.valid_from == rule.valid_from and each.decision == rule.decision:
                await repository.lock(Subject.CONSTANT, name)
                await _withdraw(Subject.CONSTANT, name, each, rules, decision, reason, actor, now)
    check_weights(await repository.all_constants(), rule.valid_from)
