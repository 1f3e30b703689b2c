"""What is said of many pieces at once: manifests with their lines, trips with their load, inventories of a container.

A manifest hands over: its dispatch offers, its barcode receives. A trip (chuyến thư) only carries: it says where its
load is, never who answers for it, so its departures and arrivals move no claim. An inventory says what was not inside.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from postal.ledger.rules import Row
from shipments.custody.rules.model import Offer, Phase
from shipments.custody.rules.order import Placed
from shipments.custody.rules.seals import INVENTORIED, SEALING, note_seal
from shipments.custody.rules.state import State

HANDOVERS = ("receive", "refuse", "offer")
"""Scans of a manifest's code that count for each of its lines."""

PASSAGES = ("depart", "arrive")
"""Scans of a trip's code that count for each piece aboard."""

SEALED, LOADED, UNLOADED = "manifest.sealed", "trip.loaded", "trip.unloaded"


LOSS_STATED, LOSS_WITHDRAWN = "loss.stated", "loss.withdrawn"
"""Records by which a case that was settled says that the piece is missing for good, or was settled wrongly."""


class Groups(Struct):
    """The manifests and trips that a piece is on, and what came of them so far in the order."""

    sealed: Mapping[str, Mapping[str, object]]
    received: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)


def groups_of(placed: Sequence[Placed]) -> Groups:
    """Open the lists of the manifests that a piece is on."""
    return Groups(
        sealed={
            item.row.content.code: item.row.content.body for item in placed if item.row.content.kind == SEALED
        }
    )


def bearing_on(code: str, rows: Sequence[Row]) -> list[Row]:
    """Keep the piece's own rows, those of its manifests and trips, and inventories that looked for it.

    Rows of other pieces that name it say nothing of it.
    """
    others = [row.content for row in rows if row.content.code != code]
    if not others:
        return list(rows)
    groups = {content.code for content in others if content.kind in (SEALED, LOADED)}
    return [
        row
        for row in rows
        if row.content.code == code
        or row.content.code in groups
        or (row.content.kind == INVENTORIED and code in row.content.subjects)
    ]


def counts_for(row: Row, groups: Groups, trip: str | None) -> bool:
    """Tell whether a scan of another code counts for the piece: of a manifest that lists it, or of its trip."""
    content = row.content
    if content.code in groups.sealed:
        return content.kind in HANDOVERS
    return content.code == trip and content.kind in PASSAGES


def apply_record(state: State, code: str, item: Placed, groups: Groups) -> None:
    """Let a record of a group or of the piece's own seal take effect."""
    content = item.row.content
    if content.kind in SEALING:
        _container(state, code, item)
    elif content.kind in (LOADED, UNLOADED):
        _load(state, code, item)
    elif content.kind in (LOSS_STATED, LOSS_WITHDRAWN) and content.code == code:
        _loss(state, item)
    elif (manifest := groups.sealed.get(content.code)) is not None:
        _manifest(state, item, manifest, groups)


def _manifest(state: State, item: Placed, manifest: Mapping[str, object], groups: Groups) -> None:
    """Let a dispatched manifest offer the lines its giver holds; a cancelled one takes its offers back."""
    content = item.row.content
    giver, receiver = str(manifest.get("giver")), str(manifest.get("receiver"))
    if content.kind == SEALED:
        state.see(giver, item.at)
    elif content.kind == "manifest.closed":
        groups.closed.add(content.code)
    elif content.kind == "manifest.dispatched" and content.code not in groups.received:
        state.see(receiver, item.at)
        if state.container is None and state.claims == [giver] and state.offer is None:
            state.offer = Offer(
                giver=giver, receiver=receiver, manifest=content.code, at=item.at, row=content.id
            )
            state.record_step(item.row, item.at)
    elif content.kind == "manifest.cancelled" and state.offer and state.offer.manifest == content.code:
        state.offer = None
        state.record_step(item.row, item.at)


def _load(state: State, code: str, item: Placed) -> None:
    """Note that the piece went aboard a trip or left it; it is on one at most, the last that it was loaded on.

    What is inside something goes where that goes, so nothing is noted of it.
    """
    content = item.row.content
    if code not in content.subjects or state.container is not None:
        return
    if content.kind == LOADED:
        if state.trip is not None and state.trip != content.code:
            state.flag("other_trip")
        state.trip, state.crew = content.code, content.body.get("carrier")
        state.see(state.crew, item.at)
    elif state.trip == content.code:
        state.trip = None
    else:
        state.flag("not_aboard")
    state.record_step(item.row, item.at, content.code)


def _loss(state: State, item: Placed) -> None:
    """Note that a case ended in a loss; only the same case takes that back, and a scan of the piece finds it again."""
    content = item.row.content
    case = str(content.body.get("discrepancy"))
    if content.kind == LOSS_STATED:
        state.lost, state.lost_by = True, case
    elif state.lost and state.lost_by == case:
        state.lost = False
        state.flag("found_again")
    state.record_step(item.row, item.at)


def _container(state: State, code: str, item: Placed) -> None:
    """Note a new seal of the container itself; a piece that an inventory missed is taken out of the container."""
    content = item.row.content
    if content.code == code:
        if content.organisation not in state.claims:
            state.flag("not_holder")
        note_seal(state, item)
    elif state.container == content.code:
        state.surface(item.at, content.id)
        state.flag("not_found_inside")
    else:
        return
    state.record_step(item.row, item.at)


def pass_by(state: State, placed: Placed, party: str) -> None:
    """Let what is aboard a trip depart or arrive with it: its place changes, and never who answers."""
    content = placed.row.content
    if content.kind == "arrive":
        state.place = content.body.get("place") or party
        if state.phase is Phase.IN_TRANSIT:
            state.phase = Phase.HELD
    elif party in state.claims or party == state.crew:
        state.phase, state.place = Phase.IN_TRANSIT, None
    else:
        state.flag("not_holder")


def addressed(item: Placed, groups: Groups) -> Placed:
    """Give an offer that names only its manifest the receiver which the sealed manifest states."""
    content = item.row.content
    manifest = str(content.body.get("manifest") or content.code)
    if content.kind != "offer" or manifest not in groups.sealed or content.body.get("counterparty"):
        return item
    body = {**content.body, "counterparty": groups.sealed[manifest].get("receiver"), "manifest": manifest}
    return Placed(replace(item.row, content=replace(content, body=body)), item.at)


def note_manifest(state: State, row: Row, groups: Groups, *, own: bool) -> None:
    """Keep what a scan under a manifest means for it: received by now, or scanned when it was closed already."""
    content = row.content
    manifest = str(content.body.get("manifest") or content.code)
    if manifest in groups.closed:
        state.flag("after_closing")
    if content.kind != "receive":
        return
    groups.received.add(manifest)
    if not own and state.claims == [content.organisation]:
        state.unverified = content.code
