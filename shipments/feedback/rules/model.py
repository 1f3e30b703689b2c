"""The case of one feedback: channels, categories, states, and the moves between them."""

import hashlib
import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum

from msgspec import Struct

from postal.instants import Instant

RECEIVED = "feedback.received"
ACCEPTED = "feedback.accepted"
ASKED = "feedback.supplement_asked"
SUPPLEMENTED = "feedback.supplemented"
REFUSED = "feedback.refused"
ANSWERED = "feedback.answered"
PUBLISHED = "feedback.published"

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CODE = re.compile(r"PA-[0-9]{6}-[A-HJ-NP-Z2-9]{6}")
_FOLLOW_GROUPS = 4


class Channel(StrEnum):
    """How it came in."""

    ONLINE = "online"
    HOTLINE = "hotline"
    LETTER = "letter"
    IN_PERSON = "in_person"


class Category(StrEnum):
    """What it is about. A report of violations by staff (QĐ 45/2016 Đ16) is for those who control procedures alone."""

    DELAY = "delay"
    ATTITUDE = "attitude"
    PROCEDURE = "procedure"
    FEE = "fee"
    LOSS = "loss"
    SUGGESTION = "suggestion"
    OTHER = "other"
    VIOLATION = "violation"


class State(StrEnum):
    """How far it is."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    SUPPLEMENT = "supplement"
    REFUSED = "refused"
    ANSWERED = "answered"
    PUBLISHED = "published"


class Part(StrEnum):
    """What a text is in the conversation."""

    SAID = "said"
    ASKED = "asked"
    SUPPLEMENT = "supplement"
    ANSWER = "answer"


_S = State
MOVES: dict[str, dict[State, State]] = {
    ACCEPTED: {_S.RECEIVED: _S.ACCEPTED, _S.ACCEPTED: _S.ACCEPTED, _S.SUPPLEMENT: _S.SUPPLEMENT},
    ASKED: {_S.RECEIVED: _S.SUPPLEMENT, _S.ACCEPTED: _S.SUPPLEMENT},
    SUPPLEMENTED: {_S.SUPPLEMENT: _S.ACCEPTED},
    REFUSED: {_S.RECEIVED: _S.REFUSED, _S.ACCEPTED: _S.REFUSED, _S.SUPPLEMENT: _S.REFUSED},
    ANSWERED: {_S.RECEIVED: _S.ANSWERED, _S.ACCEPTED: _S.ANSWERED, _S.SUPPLEMENT: _S.ANSWERED},
    PUBLISHED: {_S.ANSWERED: _S.PUBLISHED},
}
"""Where each record leads from where. One that fits no state is kept and flagged, and moves nothing."""


class Feedback(Struct, frozen=True, kw_only=True):
    """One feedback as its records leave it.

    `organisation` answers for it now; `parties` took it or once answered for it. `late` names the limits that were
    missed by what was done; what is still open is late once `resolve_due` is over.
    """

    code: str
    channel: Channel
    category: Category
    state: State
    received_at: Instant
    taken_by: str | None
    organisation: str | None
    parties: tuple[str, ...]
    dossier: str | None
    authority: str | None
    office: str | None
    refuse_due: Instant
    supplement_due: Instant
    resolve_due: Instant
    accepted_at: Instant | None = None
    supplement_at: Instant | None = None
    refused_at: Instant | None = None
    answered_at: Instant | None = None
    publish_due: Instant | None = None
    published_at: Instant | None = None
    reason: str | None = None
    outcome: str | None = None
    person: str | None = None
    late: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    @property
    def waits_for_us(self) -> bool:
        """Tell whether somebody of ours still has to do something before it is answered."""
        return self.state in {State.RECEIVED, State.ACCEPTED}


def is_feedback(code: str) -> bool:
    """Tell by its form whether a code names a feedback."""
    return _CODE.fullmatch(code) is not None


def new_code(day: date, choose: Callable[[str], str]) -> str:
    """Make the code by which staff know it; `choose` picks a letter at random."""
    return f"PA-{day:%y%m%d}-" + "".join(choose(ALPHABET) for _ in range(6))


def new_follow_code(choose: Callable[[str], str]) -> str:
    """Make the code by which its author follows it: 80 bits, in groups that can be read out on the telephone."""
    return "-".join("".join(choose(ALPHABET) for _ in range(4)) for _ in range(_FOLLOW_GROUPS))


def follow_hash(typed: str) -> bytes:
    """Hash a follow code as it may have been typed: case, spaces and dashes do not matter."""
    plain = "".join(letter for letter in typed.upper() if letter in ALPHABET)
    return hashlib.sha256(b"postal:feedback:1\x00" + plain.encode()).digest()
