"""Recall and redirect before delivery (Luật Bưu chính, Điều 16): who may ask, until when, and what it changes.

The sender may recall a piece or send it elsewhere until it is delivered (khoản 2); the addressee may have it sent on
until it has reached the address (khoản 3). An instruction moves nothing and nobody's answer for the papers: it changes
where the piece is bound, and every scan meanwhile is told so. One that comes too late, or from somebody else, stays on
the record with a flag and changes nothing.
"""

from collections.abc import Collection

from shipments.custody.rules.model import CITIZEN, Custody, Instruction, Phase, Step
from shipments.custody.rules.order import Placed
from shipments.custody.rules.state import State, outermost

RECALL, REDIRECT = "recall", "redirect"
INSTRUCTIONS = frozenset({RECALL, REDIRECT})
WORDS = {RECALL: "recalled", REDIRECT: "redirected"}
_MAY_END = (Phase.REGISTERED, Phase.HELD, Phase.RETURNING)


def recall(state: State, placed: Placed, party: str) -> None:
    """Call the piece back to where it began its way."""
    _instruct(state, placed, party, state.origin, state.senders)


def redirect(state: State, placed: Placed, party: str) -> None:
    """Send the piece to another destination, named as the counterparty."""
    wanted = placed.row.content.body.get("counterparty")
    allowed = (*state.senders, state.recipient) if state.recipient else state.senders
    _instruct(state, placed, party, wanted, allowed)


def _instruct(
    state: State, placed: Placed, party: str, destination: str | None, allowed: Collection[str]
) -> None:
    content = placed.row.content
    if party not in allowed:
        state.flag("not_sender")
    elif not destination:
        state.flag("no_destination")
    elif _delivered(state, placed):
        state.flag("too_late")
    else:
        state.instruction = Instruction(
            kind=content.kind,
            destination=destination,
            by=party,
            at=placed.at,
            row=content.id,
            reason=content.body.get("reason"),
        )
        if content.kind == REDIRECT and state.recipient != CITIZEN:
            state.recipient = destination
        state.see(destination, placed.at)
        carry_out(state)


def _delivered(state: State, placed: Placed) -> bool:
    """Tell whether the piece, or what it is in, has reached its recipient."""
    if state.reached or state.phase is Phase.DELIVERED:
        return True
    if state.container is None:
        return False
    around = outermost(state.containers, state.container, placed.at, placed.row.content.id)
    return delivered_around(state.recipient, around)


def delivered_around(recipient: str | None, around: Custody | Step | None) -> bool:
    """Tell whether what a piece is in has been delivered or has reached the piece's recipient."""
    return around is not None and (
        around.phase is Phase.DELIVERED or _has(recipient, around.claims, around.phase)
    )


def _has(recipient: str | None, claims: Collection[str], phase: Phase) -> bool:
    if recipient == CITIZEN:
        return phase is Phase.DELIVERED
    return recipient is not None and tuple(claims) == (recipient,)


def carry_out(state: State) -> None:
    """Note after an act that the recipient has the piece, or that one called back is back home."""
    if state.container is not None:
        return
    if not state.weak and _has(state.recipient, state.claims, state.phase):
        state.reached = True
    asked = state.instruction
    if asked and asked.kind == RECALL and state.claims == [asked.destination] and state.phase in _MAY_END:
        state.phase = Phase.RETURNED


def remind(state: State, kind: str, party: str) -> None:
    """Tell whoever scans a piece that is bound elsewhere than it was; delivering it all the same is against that."""
    asked = state.instruction
    if asked is None or kind in INSTRUCTIONS:
        return
    if kind == "deliver":
        if party != asked.destination:
            state.flag("against_instruction")
    elif state.container is not None or state.claims != [asked.destination]:
        state.flag(WORDS[asked.kind])


def refusal(
    kind: str,
    custody: Custody,
    *,
    senders: Collection[str],
    addressee: str,
    organisations: Collection[str],
) -> str | None:
    """Say why organisations may give no instruction as things stand: `not_sender`, `too_late`, or None if they may."""
    allowed = {*senders} | ({addressee} if kind == REDIRECT else set())
    if allowed.isdisjoint(organisations):
        return "not_sender"
    if custody.phase is Phase.DELIVERED or custody.reached:
        return "too_late"
    return None
