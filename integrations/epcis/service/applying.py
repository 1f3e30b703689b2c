"""Taking some events of an organisation in: each once, those about hands as scans, all of them kept."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from integrations.epcis import repository
from integrations.epcis.repository import Captured
from integrations.epcis.rules.checking import check_event
from integrations.epcis.rules.documents import EVENTS, kept, read_event
from integrations.epcis.rules.gs1_keys import canonical
from integrations.epcis.rules.hashing import digest, event_id
from integrations.epcis.rules.inward import Draft, corrections_of, drafts_of
from integrations.epcis.rules.outward import local
from integrations.epcis.rules.querying import epcs_of
from integrations.epcis.rules.values import read_instant
from integrations.epcis.rules.wrong import Wrong, below
from integrations.epcis.service.addresses import names
from postal.identifiers import new_id
from postal.identity.rules import Actor, Role
from postal.identity.service.stations import station_of
from postal.ledger.repository import find_rows
from shipments.custody.rules.wire import ScanBatch
from shipments.custody.service import receive_within

Rows = list[tuple[UUID, str]]


class Read(Struct):
    """An event that was found right, with its hash and, for an error declaration, the hash of that."""

    index: int
    event: dict[str, Any]
    spaces: dict[str, str]
    digest: bytes
    declared: bytes | None

    @property
    def once(self) -> tuple[bytes, bytes | None]:
        """What makes it the same as another one."""
        return self.digest, self.declared


class Applied(Struct, frozen=True):
    """What became of some events: those that were kept, how many of them moved something, and which were repeated."""

    kept: list[Captured]
    moving: int
    repeated: list[int]


def read(
    raws: Sequence[bytes], first: int, spaces: dict[str, str], at: str | None = None
) -> tuple[list[Read], list[tuple[int, Wrong]]]:
    """Read and check events; `first` is the index of the first one in its document."""
    right: list[Read] = []
    wrong: list[tuple[int, Wrong]] = []
    for index, raw in enumerate(raws, first):
        place = below(EVENTS, index) if at is None else at
        event, own, wrongs = read_event(raw, spaces, place)
        if not wrongs:
            wrongs.extend(check_event(event, own, place))
        if wrongs:
            wrong += [(index, each) for each in wrongs]
            continue
        right.append(Read(index, event, own, digest(event, own), _declaration(event)))
    return right, wrong


def _declaration(event: dict[str, Any]) -> bytes | None:
    if "errorDeclaration" not in event:
        return None
    return hashlib.sha256(msgspec.json.encode(event["errorDeclaration"], order="sorted")).digest()


async def apply(
    events: Sequence[Read], organisation: str, *, capture: UUID | None, epoch: str, actor: str, now: datetime
) -> Applied:
    """Take events in, in the open unit of work; those that were captured before change nothing."""
    await repository.lock_organisation(organisation)
    known = await repository.known(organisation, [each.digest for each in events])
    seen, fresh, repeated = set(known), list[Read](), list[int]()
    for each in events:
        if each.once in seen:
            repeated.append(each.index)
        else:
            seen.add(each.once)
            fresh.append(each)
    drafts = {each.index: drafts_of(each.event, each.digest, organisation, names()) for each in fresh}
    plain = {each.digest: [(draft.id, draft.code) for draft in drafts[each.index]] for each in fresh}
    for each in fresh:
        if each.declared is not None:
            rows = (
                known.get((each.digest, None))
                or plain.get(each.digest)
                or await _ours(each.digest, organisation)
            )
            drafts[each.index] = corrections_of(each.event, each.digest, organisation, rows, now)
    said = await _scanned(
        [draft for each in drafts.values() for draft in each], organisation, epoch, actor, now
    )
    kept_events = [
        _captured(each, [one for one in drafts[each.index] if one.id in said], now) for each in fresh
    ]
    if kept_events:
        await repository.add_events(capture, organisation, now, kept_events)
    return Applied(kept_events, sum(1 for each in kept_events if each.rows), repeated)


async def _ours(sha: bytes, organisation: str) -> Rows:
    """Find the rows of an organisation that we told under a hash: it may take back what it scanned, not another's."""
    found = await find_rows(await repository.rows_given([sha]))
    return [
        (row.content.id, row.content.code)
        for row, disputed in found.values()
        if row.content.organisation == organisation and not disputed and row.content.kind != "correct"
    ]


async def _scanned(
    drafts: Sequence[Draft], organisation: str, epoch: str, actor: str, now: datetime
) -> set[UUID]:
    """Send scans through the door of all scans, as the organisation's station; gives those that the ledger has."""
    if not drafts:
        return set()
    station = await station_of("epcis", organisation, now)
    # In the order of happening: the sequence of a device must not say otherwise.
    ordered = sorted(drafts, key=lambda draft: (draft.occurred_at, draft.id))
    batch = ScanBatch(
        device=station,
        epoch=epoch,
        sent_at=now,
        last_seq=len(ordered),
        scans=[_scan(draft, seq, station) for seq, draft in enumerate(ordered, 1)],
    )
    speaking = Actor(
        kind="key",
        id=actor,
        organisation=organisation,
        roles=frozenset({Role.SYSTEM}),
        sees=frozenset({organisation}),
    )
    answered = await receive_within(batch, actor=speaking, now=now)
    return {
        draft.id
        for draft, result in zip(ordered, answered.results, strict=True)
        if result.verdict != "refused"
    }


def _scan(draft: Draft, seq: int, by: str) -> dict[str, Any]:
    fields = {
        "id": str(draft.id),
        "seq": seq,
        "kind": draft.kind,
        "code": draft.code,
        "occurred_at": draft.occurred_at.isoformat(),
        "by": by,
        "manifest": draft.manifest,
        "counterparty": draft.counterparty,
        "container": draft.container,
        "condition": draft.condition,
        "reason": draft.reason,
        "corrects": str(draft.corrects) if draft.corrects else None,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _captured(each: Read, drafts: Sequence[Draft], now: datetime) -> Captured:
    identifier = each.event.get("eventID") or event_id(each.event, each.spaces)
    event = kept(each.event, each.spaces, names()) | {
        "recordTime": local(now, exactly=True),
        "eventID": identifier,
    }
    return Captured(
        id=new_id(now),
        digest=each.digest,
        declared=each.declared,
        event_time=read_instant(each.event["eventTime"]),
        addresses=sorted({*map(canonical, epcs_of(each.event)), identifier}),
        rows=[draft.id for draft in drafts],
        codes=[draft.code for draft in drafts],
        event=event,
    )
