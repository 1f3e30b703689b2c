"""Withdrawing a rule that is yet to come: it stays and holds on no day, and what it ended holds on."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import msgspec
from msgspec import Struct

from postal.errors import Conflict, NotFound
from postal.law.rules.model import AnyRule, Rule, standing_of


class Past(Struct, frozen=True, kw_only=True):
    """One change of a rule as its history tells it."""

    action: str
    version: int | None
    before: Any
    after: Any


def find_withdrawable(rules: Sequence[Rule], subject: str, valid_from: date, today: date) -> Rule:
    """Find the rule that begins on a day and may be withdrawn; what is in force is ended or replaced instead."""
    named = [rule for rule in rules if rule.valid_from == valid_from]
    standing = standing_of(named)
    if not named:
        raise NotFound(
            "law.no_such_rule",
            vi=f"Không có quy định nào của {subject} có hiệu lực từ ngày {valid_from:%d/%m/%Y}",
            en=f"No rule of {subject} begins on {valid_from.isoformat()}",
            pointer="/valid_from",
        )
    if not standing:
        raise Conflict(
            "law.withdrawn_already",
            vi=f"Quy định của {subject} từ ngày {valid_from:%d/%m/%Y} đã được thu hồi",
            en=f"The rule of {subject} from {valid_from.isoformat()} has been withdrawn already",
            pointer="/valid_from",
        )
    if valid_from <= today:
        raise Conflict(
            "law.in_force",
            vi=f"Quy định này đã có hiệu lực từ ngày {valid_from:%d/%m/%Y} nên không thu hồi được;"
            " hãy chấm dứt hoặc ban hành quy định thay thế",
            en=f"This rule has been in force since {valid_from.isoformat()} and cannot be withdrawn;"
            " end it, or put another in its place",
            pointer="/valid_from",
        )
    return standing[-1]


def reopened(
    withdrawn: AnyRule, others: Iterable[Rule], past: Sequence[Past]
) -> tuple[Rule, date | None] | None:
    """Find the rule that the withdrawn one had ended, and until when it holds without it; None if there is none.

    It holds as long as it was to hold before anything was put in its place, at most until the next rule that stands.
    `past` is the history of the rule, the oldest change first.
    """
    standing = standing_of(others)
    ended = next((rule for rule in standing if rule.valid_to == withdrawn.valid_from), None)
    if ended is None:
        return None
    known, own = _own_end(ended, past)
    if not known:
        return None
    ends = [rule.valid_from for rule in standing if rule.valid_from > ended.valid_from]
    until = min([*ends, own] if own else ends, default=None)
    return None if until == ended.valid_to else (ended, until)


def _own_end(rule: AnyRule, past: Sequence[Past]) -> tuple[bool, date | None]:
    """Give whether a rule was ever ended, and the end that it had of its own."""
    now = msgspec.json.decode(msgspec.json.encode(rule))
    known, end = False, None
    for change in past:
        if change.action == "replaced" and change.before and not known and _is(now, change.before):
            known, end = True, change.before["valid_to"]
        elif change.action == "ended" and change.version == getattr(rule, "version", None):
            known, end = True, change.after["valid_to"]
    return known, date.fromisoformat(end) if end else None


def _is(rule: dict[str, Any], told: dict[str, Any]) -> bool:
    return all(rule.get(name) == value for name, value in told.items() if name != "valid_to")
