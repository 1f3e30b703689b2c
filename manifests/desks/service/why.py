"""Why a dossier is late: the sentences by which its limit follows."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from postal.errors import NotFound
from postal.identity.rules import Actor
from shipments.clocks import service as clocks
from shipments.clocks.rules import Clock, ClockName, Verdict
from shipments.clocks.rules.sentences import told


class Why(Struct, frozen=True):
    """The statutory clock of a dossier in words: how it began and counts, and how its limit follows."""

    verdict: Verdict | None
    due: datetime | None
    due_extended: datetime | None
    holder: str | None
    opening: tuple[tuple[str, str], ...]
    steps: tuple[tuple[str, str], ...]


async def reasons_of(dossiers: Sequence[str], *, actor: Actor, now: datetime) -> dict[str, Why]:
    """Derive the statutory clock of some dossiers; a page has few, since each is computed anew."""
    found = {}
    for code in dossiers:
        try:
            account = await clocks.clocks_of(code, actor=actor, now=now)
        except NotFound:
            # Seen a moment ago, and not any more.
            continue
        for derivation in account.derivations:
            if derivation.clock.clock is ClockName.STATUTORY:
                said = told(derivation)
                found[code] = _why(derivation.clock, tuple(said.opening), tuple(said.steps))
    return found


def _why(clock: Clock, opening: tuple[tuple[str, str], ...], steps: tuple[tuple[str, str], ...]) -> Why:
    return Why(clock.verdict, clock.due, clock.due_extended, clock.holder, opening, steps)
