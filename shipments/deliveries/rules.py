"""When papers that could not be delivered may go back, and what a proxy must show (TT 17/2017/TT-BTTTT Đ5)."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta, Struct

from postal.calendars.rules import WorkingTime
from postal.law.rules import Constants


class IdentityPaper(StrEnum):
    """The kind of identity paper that was shown; its number is nobody's business here."""

    CCCD = "cccd"
    CMND = "cmnd"
    PASSPORT = "passport"
    OTHER = "other"


class Recipient(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who took the papers: the addressee or a proxy, by which kind of paper, and the reference of a giấy ủy quyền.

    The reference is the number of the letter or the digest of its photo, never the number of a person's paper.
    """

    role: Literal["addressee", "proxy"] = "addressee"
    identity: IdentityPaper | None = None
    authorisation: Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/\-]{2,63}$(?!\n)")] | None = None


_PERSONS_NUMBER = re.compile(r"[0-9]{9}|[0-9]{12}|[A-Z][0-9]{7,8}")


def names_a_person(recipient: Recipient) -> bool:
    """Tell whether a reference has the form of an identity number (CMND, CCCD, passport), which no row may hold."""
    return bool(_PERSONS_NUMBER.fullmatch((recipient.authorisation or "").upper()))


def oddities(recipient: dict[str, object] | None) -> list[str]:
    """Name what is odd about how a delivery was made, from the body of its scan; nothing where it says nothing."""
    if recipient is None:
        return []
    flags = []
    if recipient.get("role") == "proxy" and not recipient.get("authorisation"):
        flags.append("deliver.no_authorisation")
    if not recipient.get("identity"):
        flags.append("deliver.identity_not_asked")
    return flags


class ReturnRule(Struct, frozen=True, kw_only=True):
    """How often, and how far apart, the recipient is invited before a return; `at_once` are reasons that end it."""

    invitations: int
    gap_days: int
    at_once: frozenset[str]
    citation: str


class Invitation(Struct, frozen=True):
    """A delivery that failed, and why."""

    at: datetime
    reason: str | None = None


class TooEarly(Struct, frozen=True, kw_only=True):
    """Why a return came too early: what was done of what is asked, the first day on which it may be, and the law."""

    invitations: int
    needed: int
    earliest: date
    citation: str


def return_rule(constants: Constants) -> ReturnRule | None:
    """Read the rule from the law in force on a day; None where no text held yet."""
    needed, gap = constants.find("delivery.min_invitations"), constants.find("delivery.invitation_gap_days")
    if needed is None or gap is None:
        return None
    ends = constants.find("delivery.return_at_once")
    return ReturnRule(
        invitations=int(needed.value),
        gap_days=int(gap.value),
        at_once=frozenset(ends.value) if ends else frozenset(),
        citation=needed.citation,
    )


def counted_invitations(
    invitations: Iterable[Invitation], rule: ReturnRule, time: WorkingTime
) -> tuple[date, ...]:
    """Give the days of the invitations that count: each so many working days after the one before it."""
    days: list[date] = []
    for invitation in sorted(invitations, key=lambda each: each.at):
        day = time.local_day(invitation.at)
        if not days or time.working_days_between(days[-1], day) >= rule.gap_days:
            days.append(day)
    return tuple(days)


def too_early(
    invitations: Iterable[Invitation],
    returned_at: datetime,
    rule: ReturnRule,
    time: WorkingTime,
    *,
    reason: str | None = None,
) -> TooEarly | None:
    """Judge a return: None where enough invitations were made, or one failed for good (moved, refused, no address).

    What is invited after the return says nothing for it.
    """
    made = [each for each in invitations if each.at <= returned_at]
    reasons = {given.lower() for given in (reason, *(each.reason for each in made)) if given}
    counted = counted_invitations(made, rule, time)
    if reasons & rule.at_once or len(counted) >= rule.invitations:
        return None
    return TooEarly(
        invitations=len(counted),
        needed=rule.invitations,
        earliest=_earliest(counted, returned_at, rule, time),
        citation=rule.citation,
    )


def _earliest(counted: tuple[date, ...], at: datetime, rule: ReturnRule, time: WorkingTime) -> date:
    """Find the day of the last invitation still needed, if each is made as soon as it counts."""
    day = counted[-1] if counted else time.add_working_days(time.local_day(at), 0)
    for _ in range(rule.invitations - max(len(counted), 1)):
        day = time.add_working_days(day, rule.gap_days)
    return day
