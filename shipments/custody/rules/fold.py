"""The fold: from the set of rows of a piece to who answers for it now, and to its history.

Laws, held as properties: any permutation of the rows folds to the same bytes; a repeated row changes nothing;
a row voided by a correction changes custody no more than an absent one; and at any instant there is one
holder, or several claims, or a reason why the order cannot be decided.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from postal.ledger.rules import Row, Stream
from shipments.custody.rules.acts import ACTS, sighted
from shipments.custody.rules.groups import (
    Groups,
    addressed,
    apply_record,
    bearing_on,
    counts_for,
    groups_of,
    note_manifest,
    pass_by,
)
from shipments.custody.rules.instructions import carry_out, delivered_around, remind
from shipments.custody.rules.model import CITIZEN, Custody, Phase, Sight, Step
from shipments.custody.rules.order import Placed, in_order, may_swap
from shipments.custody.rules.seals import note_seal, speaks_of_seal
from shipments.custody.rules.state import State, unopened_in


class Subject(Struct, frozen=True, kw_only=True):
    """What the fold needs to know of a piece: its code, its parties and when it was registered.

    `presumed` is who is taken to hold it before the first scan: the citizen for a dossier, else who
    registered it. `homes` are the organisations whose receipt ends a return, `senders` those that may recall it to its
    `origin` or send it to another `destination` before it has reached that.
    """

    code: str
    presumed: str | None
    registered_at: datetime
    parties: tuple[str, ...] = ()
    homes: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()
    origin: str | None = None
    destination: str | None = None


def fold(
    subject: Subject,
    rows: Iterable[Row],
    disputed: Mapping[UUID, Sequence[Row]] | None = None,
    containers: Mapping[str, Custody] | None = None,
    as_of: datetime | None = None,
) -> Custody:
    """Fold the rows of a piece and of the manifests it is a line of, as known at `as_of` (receive time)."""
    known = bearing_on(subject.code, [row for row in rows if as_of is None or row.received_at <= as_of])
    alternatives = {
        row_id: tuple(row for row in contents if as_of is None or row.received_at <= as_of)
        for row_id, contents in (disputed or {}).items()
    }
    effective, excused = _settle(subject.code, known, alternatives)
    placed = in_order(effective)
    outcome = _apply(subject, placed, dict(containers or {}), excused)
    reason = _undecided(subject, placed, dict(containers or {}), excused, outcome)
    return replace(outcome, undecided=reason) if reason else outcome


def standing(code: str, rows: Sequence[Row], disputed: Mapping[UUID, Sequence[Row]]) -> list[Row]:
    """Give the rows of a code that count, in the total order: neither disputed nor taken back."""
    effective, excused = _settle(code, rows, disputed)
    return [item.row for item in in_order(effective) if item.row.content.id not in excused]


def _settle(
    code: str, rows: Sequence[Row], disputed: Mapping[UUID, Sequence[Row]]
) -> tuple[list[Row], dict[UUID, str]]:
    """Apply corrections, last first: give the rows that count, and why each other one does not.

    The last word on a row holds. What was said of a manifest as a whole is corrected under the manifest's code.
    """
    unique = {row.content.id: row for row in rows}
    excused = {row_id: "disputed" for row_id, contents in disputed.items() if len(contents) > 1}
    corrections = sorted(
        (row for row in unique.values() if row.content.kind == "correct"),
        key=lambda row: (row.corrected_at, row.content.id),
        reverse=True,
    )
    settled: set[UUID] = set()
    for correction in corrections:
        if correction.content.id in excused:
            continue
        target = unique.get(_uuid(correction.content.body.get("corrects")))
        if target is None or target.content.id in settled or not _may_correct(correction, target, code):
            continue
        keep = correction.content.body.get("keep")
        kept = next(
            (row for row in disputed.get(target.content.id, ()) if keep and row.content_hash.hex() == keep),
            None,
        )
        if kept is not None:
            unique[target.content.id] = kept
            excused.pop(target.content.id, None)
            settled.add(target.content.id)
        elif keep is None:
            excused[target.content.id] = "voided"
            settled.add(target.content.id)
    return list(unique.values()), excused


def _uuid(text: object) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        return UUID(int=0)


def _may_correct(correction: Row, target: Row, code: str) -> bool:
    same_party = correction.content.organisation == target.content.organisation
    same_code = correction.content.code in (code, target.content.code)
    earlier = (target.corrected_at, target.content.id) < (correction.corrected_at, correction.content.id)
    return same_party and same_code and earlier


def _apply(
    subject: Subject, placed: Sequence[Placed], containers: dict[str, Custody], excused: Mapping[UUID, str]
) -> Custody:
    state = _begin(subject, containers)
    groups = groups_of(placed)
    last: Placed | None = None
    for item in placed:
        content = item.row.content
        if content.stream is Stream.RECORD:
            apply_record(state, subject.code, item, groups)
            carry_out(state)
            continue
        own = content.code == subject.code
        if content.stream is not Stream.SCAN or not (own or counts_for(item.row, groups, state.aboard)):
            continue
        if content.id in excused:
            state.flag(excused[content.id])
        elif content.organisation is not None:
            _scan(state, item, groups, content.organisation, own=own)
        state.record_step(item.row, item.at, None if own or content.code != state.aboard else state.trip)
        last = item
    return _custody(subject, state, last)


def _begin(subject: Subject, containers: dict[str, Custody]) -> State:
    state = State(subject.presumed, containers)
    state.homes, state.senders = subject.homes, subject.senders
    state.origin, state.recipient = subject.origin, subject.destination
    for party in subject.parties:
        state.see(party, subject.registered_at)
    return state


def _scan(state: State, item: Placed, groups: Groups, party: str, *, own: bool) -> None:
    """Apply one scan that counts: of the piece itself, or of the manifest or the trip that it is on."""
    content = item.row.content
    act = ACTS.get(content.kind)
    if act is None:
        return
    if own:
        sighted(state, item)
        if speaks_of_seal(content.body):
            note_seal(state, item)
    elif content.code == state.aboard:
        pass_by(state, item, party)
        return
    else:
        state.flag("by_manifest")
    if groups.sealed:
        act(state, addressed(item, groups), party)
        note_manifest(state, item.row, groups, own=own)
    else:
        act(state, item, party)
    if state.instruction or (state.recipient in state.claims and not state.reached):
        carry_out(state)
    if state.instruction:
        remind(state, content.kind, party)


def _custody(subject: Subject, state: State, last: Placed | None) -> Custody:
    claims, offer, phase, undecided = tuple(state.claims), state.offer, state.shown_phase(), None
    person, place, trip = state.person, state.place, state.trip
    unverified = state.unverified
    outer = state.containers.get(state.container) if state.container else None
    if outer is not None:
        claims, offer, phase, undecided = outer.claims, outer.offer, outer.phase, outer.undecided
        person, place, trip = outer.person, outer.place, outer.trip
        if state.entered and unopened_in(state.containers, outer.code, state.entered, None):
            unverified = outer.code
    _see_through_containers(state)
    return Custody(
        code=subject.code,
        phase=phase,
        claims=claims,
        container=state.container,
        offer=offer,
        undecided=undecided,
        unconfirmed_from=state.unconfirmed_from,
        since=state.since,
        person=person,
        place=place,
        condition=state.condition,
        attempts=tuple(state.attempts),
        instruction=state.instruction,
        seal=state.seals[-1] if state.seals else None,
        unverified=unverified,
        refused_at=state.refused_at,
        # Also where it was handed to another than its recipient, and where a loss is reported after it.
        reached=state.reached or state.phase is Phase.DELIVERED or delivered_around(state.recipient, outer),
        recipient=state.recipient,
        trip=trip,
        last_row=last.row.content.id if last else None,
        last_at=last.at if last else None,
        sights=tuple(sorted(Sight(party, since) for party, since in state.seen.items())),
        steps=tuple(state.steps),
        seals=tuple(state.seals),
    )


def stays(steps: Sequence[Step]) -> list[tuple[str, Step, Step | None]]:
    """List the stays in containers: container, the step it went in by, the step it came out by."""
    found: list[tuple[str, Step, Step | None]] = []
    inside: tuple[str, Step] | None = None
    for step in steps:
        if inside and step.container != inside[0]:
            found.append((inside[0], inside[1], step))
            inside = None
        if inside is None and step.container is not None:
            inside = (step.container, step)
    if inside:
        found.append((inside[0], inside[1], None))
    return found


def shared_steps(custody: Custody, containers: Mapping[str, Custody]) -> list[Step]:
    """Give the steps that the piece shared with its containers, each marked with the container."""
    shared = []
    for container, entry, leave in stays(custody.steps):
        outer = containers.get(container)
        if outer is None:
            continue
        for step in (*outer.steps, *shared_steps(outer, containers)):
            after = (step.at, step.row) > (entry.at, entry.row)
            before = leave is None or (step.at, step.row) < (leave.at, leave.row)
            if after and before:
                shared.append(step if step.via else replace(step, via=container))
    return shared


def _see_through_containers(state: State) -> None:
    """Who sees a container while a piece is inside it sees the piece."""
    for container, entry, leave in stays(state.steps):
        outer = state.containers.get(container)
        if outer is None:
            continue
        current = outer.step_at(entry.at, entry.row)
        inside = [
            step for step in outer.steps if step.at >= entry.at and (leave is None or step.at <= leave.at)
        ]
        for step in ([current] if current else []) + inside:
            since = max(step.at, entry.at)
            for party in step.claims:
                state.see(party, since)
            if step.offer and step.offer.receiver:
                state.see(step.offer.receiver, since)


def _undecided(
    subject: Subject,
    placed: Sequence[Placed],
    containers: dict[str, Custody],
    excused: Mapping[UUID, str],
    outcome: Custody,
) -> str | None:
    """Say why the order of two rows cannot be decided although it matters, or `None`.

    Neighbours whose clocks cannot tell them apart are tried the other way round; only a different holder,
    container or delivery matters.
    """
    if outcome.undecided:
        return outcome.undecided
    for index, (one, two) in enumerate(pairwise(placed)):
        if not (one.row.content.kind in ACTS and two.row.content.kind in ACTS and may_swap(one, two)):
            continue
        other = [*placed[:index], Placed(two.row, one.at), Placed(one.row, two.at), *placed[index + 2 :]]
        swapped = _apply(subject, other, containers, excused)
        if (set(swapped.claims), swapped.container) != (set(outcome.claims), outcome.container):
            return f"order:{one.row.content.id},{two.row.content.id}"
    return None


def presumed_holder(kind: str, registered_by: str | None) -> str | None:
    """Name who is taken to hold a piece before its first scan."""
    return CITIZEN if kind == "dossier" else registered_by
