"""What changes a piece's way without moving it: recall, redirection, seals. Told as the law and the design tell it.

The sender may call a piece back or send it elsewhere until its recipient has it; so may the recipient send it on. Who
scans it meanwhile is told. A seal is what the last word on it says; whoever says otherwise says something odd.
"""

from typing import Protocol

from tests.machine.said import CITIZEN, Said

INSTRUCTIONS = ("recall", "redirect")
TOLD = {"recall": "recalled", "redirect": "redirected"}
AT_HOME = ("registered", "held")


class OnItsWay(Protocol):
    """What of a piece in hand matters here."""

    claims: list[str]
    presumed: bool
    container: str | None
    phase: str
    origin: str
    recipient: str
    reached: bool
    asked: "tuple[str, str, str] | None"
    seals: list[tuple[str, str]]

    def flag(self, name: str) -> None: ...


def instruct(hands: OnItsWay, said: Said, *, arrived: bool) -> None:
    """Let a party say where the piece shall go; `arrived` tells that it, or what it is in, reached its recipient."""
    recall = said.kind == "recall"
    where = hands.origin if recall else said.get("counterparty")
    may = {hands.origin} if recall else {hands.origin, hands.recipient}
    if said.by not in may:
        hands.flag("not_sender")
    elif where is None:
        hands.flag("no_destination")
    elif arrived:
        hands.flag("too_late")
    else:
        hands.asked = (said.kind, where, said.by)
        if not recall and hands.recipient != CITIZEN:
            hands.recipient = where


def with_recipient(hands: OnItsWay, claims: tuple[str, ...], phase: str) -> bool:
    """Tell whether whoever it is for has it."""
    return phase == "delivered" or (hands.recipient != CITIZEN and claims == (hands.recipient,))


def arrive(hands: OnItsWay) -> None:
    """See after each act whether it has reached its recipient, or is back home after a recall."""
    if hands.container is not None:
        return
    for_recipient = (
        hands.phase == "delivered" if hands.recipient == CITIZEN else hands.claims == [hands.recipient]
    )
    if for_recipient and not hands.presumed:
        hands.reached = True
    called_back = hands.asked is not None and hands.asked[0] == "recall"
    if called_back and hands.claims == [hands.origin] and hands.phase in AT_HOME:
        hands.phase = "returned"


def remind(hands: OnItsWay, said: Said) -> None:
    """Tell whoever handles it that it shall go elsewhere."""
    if hands.asked is None or said.kind in INSTRUCTIONS:
        return
    kind, where, _ = hands.asked
    if said.kind == "deliver":
        if said.by != where:
            hands.flag("against_instruction")
    elif hands.container is not None or hands.claims != [where]:
        hands.flag(TOLD[kind])


def note_seal(hands: OnItsWay, said: Said) -> None:
    """Keep what a scan of the piece says of its seal, and say what differs from the word before."""
    seal = said.get("seal")
    if seal is None or said.kind in ("pack", "unpack"):
        return
    number, state = seal["number"], seal["state"]
    before = hands.seals[-1] if hands.seals else None
    if (before and number != before[0]) or (before and state == "intact" and before[1] != "intact"):
        hands.flag("seal_differs")
    elif state != "intact" and (before is None or before[1] != state):
        hands.flag(f"seal_{state}")
    hands.seals.append((number, state))
