"""Which forms the page of a dossier offers: what the state allows, and what each asks for. Pure."""

from collections.abc import Collection, Iterable

from msgspec import Struct

from postal.identity.rules import Role
from shipments.dossiers.rules import CaseKind, Dossier, Status

STATES = frozenset({Role.DESK, Role.SPECIALIST, Role.AGENCY_HEAD})
"""Who may speak for a case; the post's officer at the desk hands over and does not decide."""

ORDER = (
    CaseKind.RECEIVED,
    CaseKind.SUPPLEMENTED,
    CaseKind.FEE_PAID,
    CaseKind.TRANSFERRED,
    CaseKind.STEP_DONE,
    CaseKind.COMPLETED,
    CaseKind.RESULT_AT_DESK,
    CaseKind.CLOSED,
    CaseKind.SUPPLEMENT_REQUESTED,
    CaseKind.EXTENDED,
    CaseKind.FEE_DUE,
    CaseKind.REJECTED,
    CaseKind.WITHDRAWAL_REQUESTED,
    CaseKind.WITHDRAWN,
    CaseKind.STOPPED,
)
"""What brings the case on comes first; what ends or delays it comes last."""

PRIMARY: dict[Status, CaseKind] = {
    Status.REGISTERED: CaseKind.RECEIVED,
    Status.RECEIVED: CaseKind.TRANSFERRED,
    Status.PROCESSING: CaseKind.COMPLETED,
    Status.SUPPLEMENT: CaseKind.SUPPLEMENTED,
    Status.FEE: CaseKind.FEE_PAID,
    Status.WITHDRAWAL: CaseKind.WITHDRAWN,
    Status.DONE: CaseKind.RESULT_AT_DESK,
}

ENDS = frozenset({CaseKind.REJECTED, CaseKind.STOPPED, CaseKind.WITHDRAWN})
"""What cannot be taken back and ends the case: its button says so."""

REASONS: dict[CaseKind, str] = {
    CaseKind.SUPPLEMENT_REQUESTED: "supplement",
    CaseKind.REJECTED: "reject",
    CaseKind.STOPPED: "stop",
}
"""The list from which an act takes its reason."""


class Offer(Struct, frozen=True):
    """One form of the page."""

    act: CaseKind
    primary: bool
    ends: bool
    again: bool = False
    """It was done once, so it takes the head of the agency, a reason and a decision."""


def offers(dossier: Dossier, allowed: Collection[CaseKind], roles: Collection[Role]) -> tuple[Offer, ...]:
    """List the forms for somebody: only what the state and their role allow, what is done as a rule in front."""
    if STATES.isdisjoint(roles):
        return ()
    found = _offered(dossier, allowed, Role.AGENCY_HEAD in roles)
    return tuple(sorted(found, key=lambda offer: not offer.primary))


def _offered(dossier: Dossier, allowed: Collection[CaseKind], head: bool) -> Iterable[Offer]:  # noqa: FBT001 - private
    for act in ORDER:
        if act not in allowed or (act is CaseKind.RESULT_AT_DESK and dossier.result_at_desk_at):
            continue
        again = (act is CaseKind.SUPPLEMENT_REQUESTED and dossier.supplements > 0) or (
            act is CaseKind.EXTENDED and dossier.extensions > 0
        )
        if again and not head:
            continue
        first = PRIMARY.get(dossier.status)
        if first is CaseKind.RESULT_AT_DESK and dossier.result_at_desk_at:
            first = CaseKind.CLOSED
        yield Offer(act, act is first, act in ENDS, again)
