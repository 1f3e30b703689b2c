"""The life of a manifest: its states, what may be done in each, its code, and the digest that sealing fixes."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

from postal.instants import Instant
from postal.ledger.rules import canonical_instant

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Letters and digits that are not taken for one another when read aloud or typed from paper."""

SUFFIX_LENGTH = 6


class State(StrEnum):
    """Where a manifest stands (design, section 4)."""

    DRAFT = "draft"
    SEALED = "sealed"
    DISPATCHED = "dispatched"
    RECEIVING = "receiving"
    RECONCILED = "reconciled"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Action(StrEnum):
    """What a party does to a manifest."""

    EDIT = "edit"
    SEAL = "seal"
    DISPATCH = "dispatch"
    RECEIVE = "receive"
    CLOSE = "close"
    CANCEL = "cancel"


ALLOWED: dict[Action, frozenset[State]] = {
    Action.EDIT: frozenset({State.DRAFT}),
    Action.SEAL: frozenset({State.DRAFT}),
    # The receiver's scans may come in before the giver's dispatch does.
    Action.DISPATCH: frozenset({State.SEALED, State.RECEIVING}),
    Action.RECEIVE: frozenset({State.SEALED, State.DISPATCHED, State.RECEIVING}),
    Action.CLOSE: frozenset({State.DISPATCHED, State.RECEIVING}),
    Action.CANCEL: frozenset({State.DRAFT, State.SEALED}),
}

WITH_RECEIPT = frozenset({State.RECEIVING, State.RECONCILED, State.CLOSED})
"""States in which there is a handover to speak of: somebody at the receiver has told something."""

RECEIVERS_ACTIONS = frozenset({Action.RECEIVE, Action.CLOSE})


class ManifestLine(Struct, frozen=True, kw_only=True):
    """A piece on the list; `open` until somebody but the giver's side has scanned it or the manifest has ended."""

    n: int
    piece: str
    open: bool


class Manifest(Struct, frozen=True, kw_only=True):
    """A list of pieces to be handed over, as it stands."""

    code: str
    state: State
    giver: str
    receiver: str
    carrier: str | None
    route: str | None
    cut_off: Instant | None
    note: str | None
    created_at: Instant
    sealed_at: Instant | None = None
    dispatched_at: Instant | None = None
    receiving_at: Instant | None = None
    reconciled_at: Instant | None = None
    closed_at: Instant | None = None
    cancelled_at: Instant | None = None
    digest: str | None = None
    line_count: int = 0
    lines: tuple[ManifestLine, ...] = ()

    @property
    def pieces(self) -> tuple[str, ...]:
        """Name the pieces in the order of the list."""
        return tuple(line.piece for line in self.lines)


def draft_of(
    *,
    giver: str,
    receiver: str,
    carrier: str | None,
    route: str | None,
    cut_off: datetime | None,
    note: str | None,
    created_at: datetime,
) -> Manifest:
    """Describe an empty draft that has no code yet."""
    return Manifest(
        code="",
        state=State.DRAFT,
        giver=giver,
        receiver=receiver,
        carrier=carrier,
        route=route,
        cut_off=cut_off,
        note=note,
        created_at=created_at,
    )


def may(action: Action, manifest: Manifest) -> bool:
    """Tell whether the state allows the action; a dispatch is made once."""
    done_before = action is Action.DISPATCH and manifest.dispatched_at is not None
    return manifest.state in ALLOWED[action] and not done_before


def is_party(manifest: Manifest, organisations: Collection[str]) -> bool:
    """Tell whether one of these organisations may know of the manifest; a draft is the giver's alone."""
    parties = {manifest.giver}
    if manifest.state is not State.DRAFT:
        parties |= {manifest.receiver, manifest.carrier or manifest.giver}
    return not parties.isdisjoint(organisations)


def acts(action: Action, manifest: Manifest, organisations: Collection[str]) -> bool:
    """Tell whether the action is for one of these organisations to do."""
    return (manifest.receiver if action in RECEIVERS_ACTIONS else manifest.giver) in organisations


def code_of(day: date, suffix: str) -> str:
    """Write a manifest code: the local day and a random suffix."""
    return f"BK-{day:%y%m%d}-{suffix}"


def far_from(code: str, others: Collection[str]) -> bool:
    """Tell whether no other code of that day differs in one character only, so that no slip leads to another one."""
    return all(sum(a != b for a, b in zip(code, other, strict=False)) > 1 for other in others)


def canonical_text(
    code: str, giver: str, receiver: str, carrier: str | None, sealed_at: datetime, pieces: Sequence[str]
) -> str:
    """Write what sealing fixes: one fact a line, the lines of the list by number, each ended by a line feed.

    ```
    postal:manifest:1
    code BK-261123-K7M2QX
    giver BC-10000
    receiver MC-00001
    carrier -
    sealed_at 2026-11-23T01:00:00.000000Z
    1 DH123456785VN
    2 DH123456799VN
    ```
    """
    facts = [
        "postal:manifest:1",
        f"code {code}",
        f"giver {giver}",
        f"receiver {receiver}",
        f"carrier {carrier or '-'}",
        f"sealed_at {canonical_instant(sealed_at)}",
        *(f"{n} {piece}" for n, piece in enumerate(pieces, 1)),
    ]
    return "".join(f"{fact}\n" for fact in facts)


def digest_of(text: str) -> str:
    """Digest a canonical text: SHA-256 of its UTF-8 bytes, in lower-case hex."""
    return hashlib.sha256(text.encode()).hexdigest()
