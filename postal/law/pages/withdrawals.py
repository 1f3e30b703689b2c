"""Withdrawing a rule that is yet to come, on the pages of the editor."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from litestar import Request, Response, post
from msgspec import Struct

from postal import clock
from postal.errors import BadInput, Conflict, Forbidden, NotFound, PostalError, Unprocessable
from postal.http.language import page_language
from postal.identity.access import roles
from postal.identity.rules import Actor
from postal.law import service
from postal.law.pages.forms import read, text
from postal.law.pages.words import WORDS
from postal.law.rules import AnyRule, Subject, Withdrawn, standing_of
from postal.law.schemas import WithdrawRule
from postal.network.rules import local_day
from postal.web.rendering import page

FIELDS = ("what", "subject", "valid_from", "decision", "decided_on", "reason")


class Upcoming(Struct, frozen=True):
    """A rule that is yet to come into force, as its history names it."""

    what: str
    subject: str
    rule: AnyRule


def upcoming(what: Subject, rules: Iterable[AnyRule], today: date) -> list[Upcoming]:
    """Give the rules that may still be withdrawn, by the day on which they begin."""
    found = [
        Upcoming(what.value, service.subject_of(rule), rule)
        for rule in standing_of(rules)
        if rule.valid_from > today
    ]
    return sorted(found, key=lambda each: (each.rule.valid_from, each.subject))


@post(
    "/law/withdrawals",
    opt=roles(*service.EDITORS),
    include_in_schema=False,
    summary="Page: withdraw a rule that is yet to come",
)
async def withdraw(request: Request[Actor, Any, Any]) -> Response[str]:
    """Withdraw a rule and say what holds on; what is refused comes back with the reason and all that was typed."""
    form = await request.form()
    typed = {name: text(form, name) for name in FIELDS}
    now = await clock.now()
    try:
        given = read(typed, WithdrawRule)
        done = await service.withdraw(
            given.what,
            given.subject,
            given.valid_from,
            given.by(),
            given.reason,
            actor=request.user,
            now=now,
        )
    except (BadInput, Conflict, Forbidden, NotFound, Unprocessable) as refused:
        return await _shown(request, local_day(now), typed, refused=refused)
    return await _shown(request, local_day(now), typed, done=done)


async def _shown(
    request: Request[Actor, Any, Any],
    today: date,
    typed: dict[str, str],
    *,
    done: Withdrawn | None = None,
    refused: PostalError | None = None,
) -> Response[str]:
    english = page_language(request.scope) == "en"
    named: list[Upcoming] = []
    if done is None and typed["what"] in set(Subject):
        what = Subject(typed["what"])
        named = upcoming(what, await service.rules_of(what, typed["subject"]), today)
    return page(
        request,
        "law/withdrawal.html",
        title=("Thu hồi quy định", "Withdraw a rule"),
        status=refused.status if refused else 200,
        refused=(refused.en if english else refused.vi) if refused else "",
        done=done,
        **WORDS | {"upcoming": named, "withdrawing": typed},
    )


WITHDRAWAL_PAGES = (withdraw,)
