"""What somebody has in hand, as far as the reader may know."""

from datetime import date

from msgspec import Struct

from postal.identity.rules import Actor
from shipments.fees import repository
from shipments.fees.rules import Account, Figures, is_safe
from shipments.fees.service.entries import MANAGES


class InHand(Struct, frozen=True, kw_only=True):
    """The money of a day: each person's account, and their sum; `safes` have what offices counted on that day."""

    person: str | None
    day: date
    figures: Figures
    accounts: tuple[Account, ...]
    safes: tuple[Account, ...] = ()


async def in_hand(person: str | None, day: date, *, actor: Actor) -> InHand:
    """Give what a person, or everybody of the organisation, has taken, passed on and still has of a day's money.

    A person sees the own account; who manages, a key of the organisation, and an inspector see all of them.
    """
    safes = await repository.accounts_of(actor, person="", day=day) if person is None else []
    if person is None and actor.person is not None and not actor.roles & MANAGES:
        person = actor.person
    accounts = [
        account
        for account in await repository.accounts_of(actor, person=person, day=day)
        # What went into a safe was collected by a person before: it is no second collection.
        if _may_read(actor, account) and not is_safe(account.code)
    ]
    total = Figures(
        collected=sum(account.figures.collected for account in accounts),
        remitted=sum(account.figures.remitted for account in accounts),
        refunded=sum(account.figures.refunded for account in accounts),
        in_hand=sum(account.figures.in_hand for account in accounts),
        under_way=sum(account.figures.under_way for account in accounts),
    )
    return InHand(
        person=person,
        day=day,
        figures=total,
        accounts=tuple(accounts),
        safes=tuple(safe for safe in safes if _may_read(actor, safe)),
    )


def _may_read(actor: Actor, account: Account) -> bool:
    if actor.reads_everything or actor.person in (None, account.person):
        return True
    return bool(actor.roles & (repository.OVERSEES if is_safe(account.code) else MANAGES))
