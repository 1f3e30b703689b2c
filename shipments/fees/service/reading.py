"""What somebody has in hand, as far as the reader may know."""

from datetime import date

from msgspec import Struct

from postal.identity.rules import Actor
from shipments.fees import repository
from shipments.fees.rules import Account, Figures
from shipments.fees.service.entries import MANAGES


class InHand(Struct, frozen=True, kw_only=True):
    """The money of a day: each person's account, and their sum."""

    person: str | None
    day: date
    figures: Figures
    accounts: tuple[Account, ...]


async def in_hand(person: str | None, day: date, *, actor: Actor) -> InHand:
    """Give what a person, or everybody of the organisation, has taken, passed on and still has of a day's money.

    A person sees the own account; who manages, a key of the organisation, and an inspector see all of them.
    """
    if person is None and actor.person is not None and not actor.roles & MANAGES:
        person = actor.person
    accounts = [
        account
        for account in await repository.accounts_of(actor, person=person, day=day)
        if _may_read(actor, account)
    ]
    total = Figures(
        collected=sum(account.figures.collected for account in accounts),
        remitted=sum(account.figures.remitted for account in accounts),
        refunded=sum(account.figures.refunded for account in accounts),
        in_hand=sum(account.figures.in_hand for account in accounts),
        under_way=sum(account.figures.under_way for account in accounts),
    )
    return InHand(person=person, day=day, figures=total, accounts=tuple(accounts))


def _may_read(actor: Actor, account: Account) -> bool:
    return actor.reads_everything or actor.person in (None, account.person) or bool(actor.roles & MANAGES)
