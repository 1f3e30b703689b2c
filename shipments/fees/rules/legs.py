"""Who pays for carrying the papers home, the second leg: whoever chose the post, or whose fault it is (QĐ 45 Đ12)."""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from postal.law.rules import Constant, Constants, Status
from shipments.dossiers.rules import CaseEvent, CaseKind, Dossier, ServiceMode

CHOSEN, AGENCY_FAULTS, POST_FAULTS, OTHERWISE = (
    "fare.second_leg.chosen",
    "fare.second_leg.agency_faults",
    "fare.second_leg.post_faults",
    "fare.second_leg.otherwise",
)
AGAIN = "supplement_again"
"""A second request for papers: the law allows one, so the agency answers for what it makes the post carry."""


class Payer(StrEnum):
    """Who pays a fare."""

    APPLICANT = "applicant"
    AGENCY = "agency"
    POST = "post"


class SecondLeg(Struct, frozen=True, kw_only=True):
    """Who pays the way home of a dossier's papers or result, by which rule; a configured rule is never called law."""

    payer: Payer
    rejected: bool
    rule: str
    citation: str
    status: Status


def second_leg(dossier: Dossier, events: Sequence[CaseEvent], constants: Constants) -> SecondLeg | None:
    """Attribute the second leg; None where there is none, or nothing was in force.

    A result goes home because the applicant chose so. Papers that go home because the desk turned them down are carried
    twice, and that is paid by whose fault it is: the reason of the rejection tells, by dated lists that each name the
    reasons of one party.
    """
    rejected = next((each for each in reversed(events) if each.kind is CaseKind.REJECTED), None)
    if rejected is None:
        chosen = constants.find(CHOSEN) if dossier.service_mode is not ServiceMode.SUBMIT else None
        return _by(chosen, Payer(chosen.value), rejected=False) if chosen else None
    reasons = {rejected.body.get("reason")} | ({AGAIN} if dossier.supplements > 1 else set())
    for name, payer in ((AGENCY_FAULTS, Payer.AGENCY), (POST_FAULTS, Payer.POST)):
        faults = constants.find(name)
        if faults and reasons & set(faults.value):
            return _by(faults, payer, rejected=True)
    otherwise = constants.find(OTHERWISE)
    return _by(otherwise, Payer(otherwise.value), rejected=True) if otherwise else None


def _by(rule: Constant, payer: Payer, *, rejected: bool) -> SecondLeg:
    return SecondLeg(
        payer=payer, rejected=rejected, rule=rule.name, citation=rule.citation, status=rule.status
    )
