"""The moving state of a fold: who claims the piece, and how a scan changes that.

State judges, it does not gate: every row takes effect as far as it can, and flags say what was odd about it.
A receipt is an admission against one's own interest, so it moves custody even where the giver's side is
missing (`unconfirmed`); an act that only a holder can do, by a party to whom nobody gave the piece, is a
second claim.
"""

from datetime import datetime
from uuid import UUID

from postal.ledger.rules import Row
from shipments.custody.rules.model import CITIZEN, Custody, Instruction, Offer, Phase, SealNote, Step

AT_REST = (Phase.REGISTERED, Phase.HELD, Phase.AWAITING_PICKUP, Phase.RETURNING)


def outermost(containers: dict[str, Custody], container: str, at: datetime, row: UUID) -> Step | None:
    """Find the step that the outermost container of a container was in at a point of the order."""
    found, current, seen = None, container, set[str]()
    while current not in seen and (outer := containers.get(current)) and (step := outer.step_at(at, row)):
        seen.add(current)
        found = step
        if step.container is None:
            break
        current = step.container
    return found


def unopened_in(
    containers: dict[str, Custody],
    container: str,
    since: tuple[datetime, UUID],
    until: tuple[datetime, UUID] | None,
) -> bool:
    """Tell whether a container, or one around it, was received after a piece went in, before a point of the order."""
    current, seen = container, set[str]()
    while current not in seen and (outer := containers.get(current)):
        seen.add(current)
        if any(
            step.kind == "receive"
            and since < (step.at, step.row)
            and (until is None or (step.at, step.row) < until)
            for step in outer.steps
        ):
            return True
        last = outer.step_at(*until) if until else None
        around = last.container if last else outer.container
        if around is None:
            return False
        current = around
    return False


class State:
    """A piece while its rows are applied in order; `weak` while its first holder is only presumed."""

    def __init__(self, presumed: str | None, containers: dict[str, Custody]) -> None:
        self.claims: list[str] = [presumed] if presumed else []
        self.weak = True
        self.container: str | None = None
        self.containers = containers
        self.offer: Offer | None = None
        self.phase = Phase.REGISTERED
        self.returning = False
        self.came_back = False
        self.lost = False
        self.lost_by: str | None = None
        self.place: str | None = None
        self.person: str | None = None
        self.since: datetime | None = None
        self.condition = "intact"
        self.attempts: list[datetime] = []
        self.unconfirmed_from: str | None = None
        self.flags: list[str] = []
        self.steps: list[Step] = []
        self.seen: dict[str, datetime] = {}
        self.homes: tuple[str, ...] = ()
        self.senders: tuple[str, ...] = ()
        self.origin: str | None = None
        self.recipient: str | None = None
        self.reached = False
        self.instruction: Instruction | None = None
        self.seals: list[SealNote] = []
        self.entered: tuple[datetime, UUID] | None = None
        self.unverified: str | None = None
        self.refused_at: datetime | None = None
        self.trip: str | None = None
        self.crew: str | None = None

    @property
    def aboard(self) -> str | None:
        """Name the trip that moves the piece itself; what is inside something is moved with that."""
        return self.trip if self.container is None else None

    def flag(self, name: str) -> None:
        """Note what was odd about the row being applied."""
        if name not in self.flags:
            self.flags.append(name)

    def see(self, party: str | None, at: datetime) -> None:
        """Let an organisation see the piece from this instant on."""
        if party and party != CITIZEN and (party not in self.seen or at < self.seen[party]):
            self.seen[party] = at

    def surface(self, at: datetime, row: UUID) -> None:
        """Bring the container's custody to this level, for an act upon a piece that is inside one."""
        if self.container is None:
            return
        if self.entered and unopened_in(self.containers, self.container, self.entered, (at, row)):
            self.unverified = self.container
        step = outermost(self.containers, self.container, at, row)
        if step is None:
            self.weak = True
            self.flag("container_unknown")
        else:
            self.claims = list(step.claims)
            self.offer = step.offer
            self.weak = False
            self.came_back = step.phase is Phase.RETURNED
        self.container = None

    def take(self, party: str, at: datetime, person: str | None = None) -> None:
        """Make a party the one that answers."""
        self.claims = [party]
        self.offer = None
        self.weak = False
        self.lost = False
        self.since = at
        self.person = person
        self.unconfirmed_from = None
        self.refused_at = None
        if party != self.crew:
            self.trip = None
        self.phase = Phase.HELD
        self.see(party, at)

    def claim(self, party: str, at: datetime, person: str | None) -> None:
        """Apply what an act that only a holder can do says about who holds the piece."""
        if party in self.claims and not self.weak:
            return
        if self.offer and self.offer.receiver == party:
            self.hand_over(party, at, person)
            self.flag("implied_receipt")
        elif self.claims == [party]:
            self.confirm(party, at, person)
        elif self.weak or not self.claims:
            self.take(party, at, person)
            self.flag("unconfirmed")
        else:
            self.claims.append(party)
            self.flag("not_holder")
            self.see(party, at)

    def confirm(self, party: str, at: datetime, person: str | None) -> None:
        """Show that who was taken to hold the piece does; what its manifest has offered meanwhile stands."""
        self.weak = False
        self.since = at
        self.person = person
        self.phase = Phase.HELD
        self.see(party, at)

    def hand_over(self, receiver: str, at: datetime, person: str | None) -> None:
        """Complete an offer: the giver's claim ends, the receiver's begins; other claims stay contested."""
        giver = self.offer.giver if self.offer else None
        others = [party for party in self.claims if party not in (giver, receiver)]
        condition = self.phase
        self.take(receiver, at, person)
        if others:
            self.claims = [*others, receiver]
            self.phase = condition

    def record_step(self, row: Row, at: datetime, trip: str | None = None) -> None:
        """Close the row being applied as a step of the history."""
        content = row.content
        self.steps.append(
            Step(
                row=content.id,
                kind=content.kind,
                at=at,
                organisation=content.organisation,
                person=content.person,
                flags=tuple(self.flags),
                claims=tuple(self.claims),
                container=self.container,
                offer=self.offer,
                phase=self.shown_phase(),
                manifest=content.body.get("manifest"),
                place=self.place,
                trip=trip,
            )
        )
        self.flags = []

    def shown_phase(self) -> Phase:
        """Name the phase that a person would: a loss and a pending offer stand over the rest."""
        if self.lost:
            return Phase.LOST
        if self.offer and self.phase in AT_REST:
            return Phase.OFFERED
        return self.phase
