"""What each kind of scan does to the state of a piece (design, section 4; domain.md 7.3)."""

from collections.abc import Callable

from postal.ledger.rules import Row
from shipments.custody.rules.instructions import recall, redirect
from shipments.custody.rules.model import CITIZEN, Offer, Phase
from shipments.custody.rules.order import Placed
from shipments.custody.rules.state import State
from shipments.deliveries.rules import oddities

Act = Callable[[State, Placed, str], None]

AT_THE_DOOR = (Phase.OUT_FOR_DELIVERY, Phase.AWAITING_PICKUP)

IN_HAND = frozenset(
    {
        "accept",
        "arrive",
        "attempt_failed",
        "deliver",
        "depart",
        "hold",
        "offer",
        "out_for_delivery",
        "pack",
        "receive",
        "return",
        "unpack",
    }
)
"""Scans of the piece itself that nobody can make without having it in hand."""


def sighted(state: State, placed: Placed) -> None:
    """Note before an act that the piece itself was seen: it is verified, and one that was lost is found again."""
    content = placed.row.content
    if content.kind in IN_HAND:
        if state.lost:
            state.lost = False
            state.flag("found_again")
    elif content.kind != "report" or content.body.get("condition") == "lost":
        return
    state.unverified = None
    if state.container is not None:
        state.entered = (placed.at, content.id)


def _accept(state: State, placed: Placed, party: str) -> None:
    state.surface(placed.at, placed.row.content.id)
    if state.weak or state.claims == [CITIZEN]:
        state.take(party, placed.at, placed.row.content.person)
    elif party in state.claims:
        state.flag("already_holder")
    else:
        state.claim(party, placed.at, placed.row.content.person)


def _offer(state: State, placed: Placed, party: str) -> None:
    _claim(state, placed, party)
    content = placed.row.content
    receiver = content.body.get("counterparty")
    state.offer = Offer(
        giver=party, receiver=receiver, manifest=content.body.get("manifest"), at=placed.at, row=content.id
    )
    state.see(receiver, placed.at)


def _receive(state: State, placed: Placed, party: str) -> None:
    content = placed.row.content
    was_inside = state.container is not None
    state.surface(placed.at, content.id)
    if was_inside:
        state.flag("implied_unpack")
    _note_condition(state, placed.row)
    offer = state.offer
    if offer and offer.giver != party and offer.receiver in (None, party):
        state.hand_over(party, placed.at, content.person)
    elif party in state.claims and not state.weak:
        state.flag("already_holder")
    else:
        _admit(state, placed, party, was_inside=was_inside)
    if state.returning and state.claims == [party] and party in state.homes:
        state.phase = Phase.RETURNED
    state.place = content.body.get("place") or party


def _admit(state: State, placed: Placed, party: str, *, was_inside: bool = False) -> None:
    """Receive without an offer: custody moves on the receiver's own word, unless it names another giver."""
    content = placed.row.content
    before = list(state.claims)
    stated = content.body.get("counterparty")
    if before and not state.weak and stated is not None and stated not in before and not was_inside:
        state.claims.append(party)
        state.flag("not_from_holder")
        state.see(party, placed.at)
        return
    if state.offer and state.offer.receiver not in (None, party):
        state.flag("other_receiver")
    others = before if len(before) > 1 else []
    weak = state.weak
    state.take(party, placed.at, content.person)
    if others:
        state.claims = [*(claim for claim in others if claim not in (stated, party)), party]
    if not weak or (before and before != [party]):
        state.flag("unconfirmed")
    if not weak and len(before) == 1:
        state.unconfirmed_from = before[0]


def _refuse(state: State, placed: Placed, party: str) -> None:
    if state.offer and state.offer.receiver in (None, party):
        state.offer = None
        state.flag("refused")
        _note_condition(state, placed.row)
    elif party in state.claims and state.container is None and state.phase in AT_THE_DOOR:
        # Nobody offers papers to a citizen by scan: who stands at the door with them speaks for the recipient.
        state.refused_at, state.phase = placed.at, Phase.HELD
        state.flag("recipient_refused")
    else:
        state.flag("nothing_offered")


def _pack(state: State, placed: Placed, party: str) -> None:
    container = placed.row.content.body.get("container")
    if state.container is not None:
        state.flag("already_packed" if container == state.container else "in_other_container")
    _claim(state, placed, party)
    if not container or container == placed.row.content.code:
        state.flag("no_container")
        return
    if state.offer:
        state.offer = None
        state.flag("offer_dropped")
    if container not in state.containers:
        state.flag("container_unknown")
    state.container = container
    state.entered = (placed.at, placed.row.content.id)


def _unpack(state: State, placed: Placed, party: str) -> None:
    content = placed.row.content
    named = content.body.get("container")
    if state.container is None:
        state.flag("not_packed")
        _claim(state, placed, party)
        return
    if named and named != state.container:
        state.flag("other_container")
    state.came_back = False
    state.surface(placed.at, content.id)
    state.claim(party, placed.at, content.person)
    if state.claims == [party]:
        state.since = placed.at
        state.person = content.person
        # What came home inside a returned item was returned too.
        state.phase = Phase.RETURNED if state.came_back else Phase.HELD
        state.see(party, placed.at)


def _depart(state: State, placed: Placed, party: str) -> None:
    _claim(state, placed, party)
    state.phase = Phase.IN_TRANSIT
    state.place = None


def _arrive(state: State, placed: Placed, party: str) -> None:
    state.place = placed.row.content.body.get("place") or party
    if state.phase is Phase.IN_TRANSIT:
        state.phase = Phase.HELD


def _out_for_delivery(state: State, placed: Placed, party: str) -> None:
    _claim(state, placed, party)
    state.phase = Phase.OUT_FOR_DELIVERY


def _attempt_failed(state: State, placed: Placed, party: str) -> None:
    _claim(state, placed, party)
    state.attempts.append(placed.at)
    state.phase = Phase.HELD
    if str(placed.row.content.body.get("reason")).lower() == "refused":
        state.refused_at = placed.at


def _hold(state: State, placed: Placed, party: str) -> None:
    _claim(state, placed, party)
    state.phase = Phase.AWAITING_PICKUP


def _deliver(state: State, placed: Placed, party: str) -> None:
    _claim(state, placed, party)
    others = [claim for claim in state.claims if claim not in (party, CITIZEN)]
    state.take(CITIZEN, placed.at)
    state.claims = [*others, CITIZEN]
    state.phase = Phase.DELIVERED
    state.place = None
    for odd in oddities(placed.row.content.body.get("recipient")):
        state.flag(odd)


def _return(state: State, placed: Placed, party: str) -> None:
    _claim(state, placed, party)
    state.returning = True
    state.phase = Phase.RETURNING


def _report(state: State, placed: Placed, party: str) -> None:
    condition = placed.row.content.body.get("condition")
    if condition == "lost":
        state.lost, state.lost_by = True, None
    elif condition == "found":
        was_lost, state.lost = state.lost, False
        if party not in state.claims:
            state.surface(placed.at, placed.row.content.id)
            _admit(state, placed, party)
        elif not was_lost:
            state.flag("not_lost")
    _note_condition(state, placed.row)


def _no_custody(state: State, placed: Placed, party: str) -> None:
    """Recovered papers: on the record, without a change of who answers."""


def _claim(state: State, placed: Placed, party: str) -> None:
    if state.container is not None:
        state.surface(placed.at, placed.row.content.id)
        state.flag("implied_unpack")
    state.claim(party, placed.at, placed.row.content.person)


def _note_condition(state: State, row: Row) -> None:
    condition = row.content.body.get("condition")
    if condition not in (None, "intact", "lost", "found"):
        state.condition = condition


ACTS: dict[str, Act] = {
    "accept": _accept,
    "offer": _offer,
    "receive": _receive,
    "refuse": _refuse,
    "pack": _pack,
    "unpack": _unpack,
    "depart": _depart,
    "arrive": _arrive,
    "out_for_delivery": _out_for_delivery,
    "attempt_failed": _attempt_failed,
    "hold": _hold,
    "deliver": _deliver,
    "return": _return,
    "report": _report,
    "recall": recall,
    "redirect": redirect,
    "recover": _no_custody,
}
