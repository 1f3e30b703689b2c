"""Who answers for a piece, told as the design tells it: acts in the order in which they were done.

The giver answers until the receiver has received. A receipt is an admission and moves custody even without an offer. An
act that only a holder can do, by somebody whom nobody gave the piece, is a second claim. What is packed in something is
where that is.
"""

from dataclasses import dataclass, field
from datetime import datetime

from tests.machine import plain_road
from tests.machine.said import CITIZEN, Closing, Loss, Manifest, Notebook, Piece, Said

AT_REST = ("registered", "held", "awaiting_pickup")
Offer = tuple[str, str | None, str | None]
"""Giver, receiver, manifest."""

IN_HAND = (
    *("accept", "arrive", "attempt_failed", "deliver", "depart", "hold"),
    *("offer", "out_for_delivery", "pack", "receive", "return", "unpack"),
)
HOLDERS = ("offer", "pack", "depart", "out_for_delivery", "attempt_failed", "hold", "deliver")


@dataclass(frozen=True)
class Moment:
    """How a piece stood after one row of its history."""

    at: datetime
    id: str | None
    kind: str
    claims: tuple[str, ...]
    container: str | None
    offer: Offer | None
    phase: str
    flags: tuple[str, ...]


@dataclass
class Hands:
    """A piece while it is handed about; `presumed` while no scan says who holds it."""

    code: str
    claims: list[str]
    origin: str
    recipient: str
    presumed: bool = True
    reached: bool = False
    asked: tuple[str, str, str] | None = None
    seals: list[tuple[str, str]] = field(default_factory=list)
    container: str | None = None
    offer: Offer | None = None
    phase: str = "registered"
    lost: bool = False
    lost_by: str | None = None
    came_back: bool = False
    condition: str = "intact"
    unconfirmed_from: str | None = None
    flags: list[str] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)

    def flag(self, name: str) -> None:
        if name not in self.flags:
            self.flags.append(name)

    def take(self, party: str) -> None:
        """Make one party answer, whatever was before."""
        self.claims, self.presumed, self.offer = [party], False, None
        self.lost, self.unconfirmed_from, self.phase = False, None, "held"

    def complete(self, receiver: str) -> None:
        """End a handover: the giver's claim goes, rivals' claims stay."""
        assert self.offer
        rivals = [party for party in self.claims if party not in (self.offer[0], receiver)]
        phase = self.phase
        self.take(receiver)
        if rivals:
            self.claims, self.phase = [*rivals, receiver], phase

    def act_as_holder(self, party: str) -> None:
        """Do what only a holder can do."""
        if party in self.claims and not self.presumed:
            return
        if self.offer and self.offer[1] == party:
            self.complete(party)
            self.flag("implied_receipt")
        elif self.claims == [party]:
            self.presumed, self.phase = False, "held"
        elif self.presumed:
            self.take(party)
            self.flag("unconfirmed")
        else:
            self.claims.append(party)
            self.flag("not_holder")

    def admit(self, party: str, stated: str | None, *, was_inside: bool) -> None:
        """Take over without an offer, on the receiver's own word."""
        before = list(self.claims)
        if not self.presumed and stated is not None and stated not in before and not was_inside:
            self.claims.append(party)
            self.flag("not_from_holder")
            return
        if self.offer and self.offer[1] not in (None, party):
            self.flag("other_receiver")
        presumed = self.presumed
        self.take(party)
        if len(before) > 1:
            self.claims = [*(rival for rival in before if rival not in (stated, party)), party]
        if not presumed or before != [party]:
            self.flag("unconfirmed")
        if not presumed and len(before) == 1:
            self.unconfirmed_from = before[0]

    def note(self, at: datetime, row: str | None, kind: str) -> None:
        """Close one row of the history."""
        now = (tuple(self.claims), self.container, self.offer, self.shown(), tuple(self.flags))
        self.moments.append(Moment(at, row, kind, *now))
        self.flags = []

    def shown(self) -> str:
        """Name the phase as people do."""
        if self.lost:
            return "lost"
        return "offered" if self.offer and self.phase in AT_REST else self.phase


@dataclass(frozen=True)
class Standing:
    """Who answers for a piece now, and how it came to that."""

    claims: tuple[str, ...]
    container: str | None
    offer: Offer | None
    phase: str
    condition: str
    unconfirmed_from: str | None
    asked: tuple[str, str, str] | None
    seals: tuple[str, ...]
    seal: tuple[str, str] | None
    reached: bool
    recipient: str
    moments: tuple[Moment, ...]


class Custody:
    """The custody of every piece of a notebook, as it stands."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook
        self.counting = notebook.counting()
        self._known: dict[str, Standing] = {}

    def of(self, code: str) -> Standing:
        """Tell who answers for a piece."""
        if code not in self._known:
            self._known[code] = self._told(self.notebook.pieces[code])
        return self._known[code]

    def _told(self, piece: Piece) -> Standing:
        hands = Hands(piece.code, [piece.presumed], piece.origin, piece.destination)
        taken_over: set[str] = set()
        for at, event in sorted(self._events(piece.code), key=lambda one: one[0]):
            if isinstance(event, Closing):
                if event.by not in hands.claims:
                    # What was told later shows that it had gone on by then.
                    hands.flag("not_holder")
                hands.seals.append((event.seal, "intact"))
                hands.note(at, None, "container.closed")
            elif isinstance(event, Loss):
                self._lost(hands, event)
            elif isinstance(event, tuple):
                self._said(hands, *event)
                if event[1] is None and event[0].kind == "receive":
                    taken_over.add(event[0].get("manifest") or event[0].code)
                hands.note(at, event[0].id, event[0].kind)
            else:
                self._recorded(hands, at, event, taken_over)
        outer = self.of(hands.container) if hands.container else None
        return Standing(
            claims=outer.claims if outer else tuple(hands.claims),
            container=hands.container,
            offer=outer.offer if outer else hands.offer,
            phase=outer.phase if outer else hands.shown(),
            condition=hands.condition,
            unconfirmed_from=hands.unconfirmed_from,
            asked=hands.asked,
            seals=tuple(number for number, _ in hands.seals),
            seal=hands.seals[-1] if hands.seals else None,
            reached=hands.reached
            or hands.phase == "delivered"
            or (outer is not None and plain_road.with_recipient(hands, outer.claims, outer.phase)),
            recipient=hands.recipient,
            moments=tuple(hands.moments),
        )

    def _events(self, code: str):
        lists = {one.code for one in self.notebook.manifests.values() if one.sealed and code in one.lines}
        for said, why in self.counting:
            by_list = said.code in lists and said.kind in ("offer", "receive", "refuse")
            if said.code == code or by_list:
                yield said.at, (said, why)
        for closing in self.notebook.pieces[code].closed:
            yield closing.at, closing
        for loss in self.notebook.pieces[code].losses:
            yield loss.at, loss
        for name in lists:
            manifest = self.notebook.manifests[name]
            for at in (manifest.dispatched, manifest.cancelled):
                if at:
                    yield at, manifest

    def _lost(self, hands: Hands, loss: Loss) -> None:
        """Let a case that ended in a loss, or no longer does, say where the piece is."""
        if not loss.withdrawn:
            hands.lost, hands.lost_by = True, loss.manifest
        elif hands.lost and hands.lost_by == loss.manifest:
            hands.lost = False
            hands.flag("found_again")
        hands.note(loss.at, None, "loss.withdrawn" if loss.withdrawn else "loss.stated")

    def _recorded(self, hands: Hands, at: datetime, manifest: Manifest, taken_over: set[str]) -> None:
        """Let a dispatched manifest offer what its giver holds, and a cancelled one take its offers back."""
        if at == manifest.dispatched:
            free = hands.container is None and hands.claims == [manifest.giver] and hands.offer is None
            if free and manifest.code not in taken_over:
                hands.offer = (manifest.giver, manifest.receiver, manifest.code)
                hands.note(at, None, "manifest.dispatched")
        elif hands.offer and hands.offer[2] == manifest.code:
            hands.offer = None
            hands.note(at, None, "manifest.cancelled")

    def _outside(self, hands: Hands, at: datetime) -> bool:
        """Bring a piece out of what it is in: it has whatever its outermost container had then."""
        if hands.container is None:
            return False
        found = self._outermost(hands.container, at)
        if found is None:
            # Nobody has scanned the container since it was made, so nothing is known of the way that it went.
            hands.presumed = True
            hands.flag("container_unknown")
        else:
            hands.claims, hands.presumed, hands.offer = list(found.claims), False, found.offer
            hands.came_back = found.phase == "returned"
        hands.container = None
        return True

    def _outermost(self, inside: str | None, at: datetime) -> Moment | None:
        """Tell how what a container is in, at last, stood at an instant; None if nobody had scanned it by then."""
        found = None
        while inside:
            before = [moment for moment in self.of(inside).moments if moment.at <= at]
            if not before:
                break
            found = before[-1]
            inside = found.container
        return found

    def _instructed(self, hands: Hands, said: Said) -> None:
        around = self._outermost(hands.container, said.at)
        arrived = hands.reached or hands.phase == "delivered"
        if around is not None:
            arrived = arrived or plain_road.with_recipient(hands, around.claims, around.phase)
        plain_road.instruct(hands, said, arrived=arrived)

    _recall = _redirect = _instructed

    def _said(self, hands: Hands, said: Said, why: str | None) -> None:
        if why:
            hands.flag(why)
            return
        if said.kind == "correct":
            return
        if said.code != hands.code:
            hands.flag("by_manifest")
        elif hands.lost and said.kind in IN_HAND:
            hands.lost = False
            hands.flag("found_again")
        if said.code == hands.code:
            plain_road.note_seal(hands, said)
        if said.kind == "pack" and hands.container:
            same = said.get("container") == hands.container
            hands.flag("already_packed" if same else "in_other_container")
        if said.kind in HOLDERS and self._outside(hands, said.at):
            hands.flag("implied_unpack")
        if said.kind in HOLDERS:
            hands.act_as_holder(said.by)
        getattr(self, f"_{said.kind}")(hands, said)
        under = self.notebook.manifests.get(said.get("manifest") or said.code)
        listed = under and under.sealed and hands.code in under.lines
        if listed and under.closed and under.closed < said.at:
            hands.flag("after_closing")
        plain_road.arrive(hands)
        plain_road.remind(hands, said)

    def _accept(self, hands: Hands, said: Said) -> None:
        self._outside(hands, said.at)
        if hands.presumed or hands.claims == [CITIZEN]:
            hands.take(said.by)
        elif said.by in hands.claims:
            hands.flag("already_holder")
        else:
            hands.act_as_holder(said.by)

    def _offer(self, hands: Hands, said: Said) -> None:
        to, manifest = said.get("counterparty"), said.get("manifest")
        listed = self.notebook.manifests.get(manifest or said.code)
        if to is None and listed and listed.sealed and hands.code in listed.lines:
            to, manifest = listed.receiver, listed.code
        hands.offer = (said.by, to, manifest)

    def _receive(self, hands: Hands, said: Said) -> None:
        was_inside = self._outside(hands, said.at)
        if was_inside:
            hands.flag("implied_unpack")
        note_condition(hands, said)
        if hands.offer and hands.offer[0] != said.by and hands.offer[1] in (None, said.by):
            hands.complete(said.by)
        elif said.by in hands.claims and not hands.presumed:
            hands.flag("already_holder")
        else:
            hands.admit(said.by, said.get("counterparty"), was_inside=was_inside)

    def _refuse(self, hands: Hands, said: Said) -> None:
        if hands.offer and hands.offer[1] in (None, said.by):
            hands.offer = None
            hands.flag("refused")
            note_condition(hands, said)
        elif (
            said.by in hands.claims
            and hands.container is None
            and hands.phase in ("out_for_delivery", "awaiting_pickup")
        ):
            hands.phase = "held"
            hands.flag("recipient_refused")
        else:
            hands.flag("nothing_offered")

    def _pack(self, hands: Hands, said: Said) -> None:
        if hands.offer:
            hands.offer = None
            hands.flag("offer_dropped")
        hands.container = said.get("container")

    def _unpack(self, hands: Hands, said: Said) -> None:
        if hands.container is None:
            hands.flag("not_packed")
            hands.act_as_holder(said.by)
            return
        if said.get("container") not in (None, hands.container):
            hands.flag("other_container")
        hands.came_back = False
        self._outside(hands, said.at)
        hands.act_as_holder(said.by)
        if hands.claims == [said.by]:
            hands.phase = "returned" if hands.came_back else "held"

    def _depart(self, hands: Hands, said: Said) -> None:
        hands.phase = "in_transit"

    def _arrive(self, hands: Hands, said: Said) -> None:
        if hands.phase == "in_transit":
            hands.phase = "held"

    def _out_for_delivery(self, hands: Hands, said: Said) -> None:
        hands.phase = "out_for_delivery"

    def _attempt_failed(self, hands: Hands, said: Said) -> None:
        hands.phase = "held"

    def _hold(self, hands: Hands, said: Said) -> None:
        hands.phase = "awaiting_pickup"

    def _deliver(self, hands: Hands, said: Said) -> None:
        rivals = [party for party in hands.claims if party not in (said.by, CITIZEN)]
        hands.take(CITIZEN)
        hands.claims, hands.phase = [*rivals, CITIZEN], "delivered"

    def _report(self, hands: Hands, said: Said) -> None:
        condition = said.get("condition")
        if condition == "lost":
            hands.lost, hands.lost_by = True, None
        elif condition == "found":
            was_lost, hands.lost = hands.lost, False
            if said.by not in hands.claims:
                self._outside(hands, said.at)
                hands.admit(said.by, said.get("counterparty"), was_inside=False)
            elif not was_lost:
                hands.flag("not_lost")
        note_condition(hands, said)


def note_condition(hands: Hands, said: Said) -> None:
    """Keep the last bad state that somebody reported."""
    if said.get("condition") not in (None, "intact", "lost", "found"):
        hands.condition = said.get("condition")
