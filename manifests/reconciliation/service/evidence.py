"""What speaks to a case: the scans of both sides, side by side, and what people have done with it since."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from manifests.discrepancies import repository as discrepancies
from manifests.discrepancies.rules import Discrepancy
from manifests.manifests import repository as manifests
from manifests.manifests.rules import Manifest
from manifests.reconciliation.rules import ReconciledLine
from manifests.reconciliation.service.judging import judge
from postal.files.rules import About
from postal.files.service import attached_to
from postal.identity.rules import Actor
from postal.instants import Instant
from postal.ledger.repository import find_rows
from postal.ledger.rules import Row


class Sighting(Struct, frozen=True, kw_only=True):
    """A scan as evidence. `at` is corrected for the device's clock and true to within the uncertainty.

    `person` is the code of whoever scanned, for readers of the same organisation and inspectors alone.
    """

    row: UUID
    kind: str
    code: str
    at: Instant
    stated_at: Instant
    received_at: Instant
    uncertainty_ms: int
    organisation: str | None
    person: str | None
    device: str | None
    condition: str | None = None
    reason: str | None = None
    seal: str | None = None
    seal_state: str | None = None
    container: str | None = None


class Deed(Struct, frozen=True, kw_only=True):
    """Something that was done with a case; `row` is the scan that made the system do it."""

    kind: str
    at: Instant
    organisation: str | None
    person: str | None
    line_class: str | None = None
    resolution: str | None = None
    owner: str | None = None
    assignee: str | None = None
    note: str | None = None
    seal: str | None = None
    row: str | None = None


class Paper(Struct, frozen=True, kw_only=True):
    """A photo or paper that is attached to the case; its bytes are at `/files/{id}` until it is erased."""

    id: UUID
    kind: str
    media_type: str
    size: int
    organisation: str
    created_at: Instant
    erased: bool


class CaseFile(Struct, frozen=True, kw_only=True):
    """A case with everything that speaks to it. Without a `line`, nothing is told of the piece any more."""

    case: Discrepancy
    manifest: str
    giver: str
    receiver: str
    line: ReconciledLine | None
    by_giver: tuple[Sighting, ...]
    by_receiver: tuple[Sighting, ...]
    by_others: tuple[Sighting, ...]
    files: tuple[Paper, ...]
    history: tuple[Deed, ...]


async def case_file(discrepancy: UUID, *, actor: Actor, now: datetime) -> CaseFile:
    """Gather what speaks to a case, for one of its parties."""
    case = await discrepancies.get(discrepancy, actor)
    manifest = (await manifests.find_many([case.manifest]))[case.manifest]
    result, rows = await judge(manifest, now=now)
    line = next((line for line in result.lines if line.code == case.piece), None)
    evidence = line.evidence if line is not None else None
    sides = (evidence.giver, evidence.receiver, evidence.others) if evidence is not None else ((), (), ())
    known = {id_: row for id_, (row, _) in (await find_rows({id_ for side in sides for id_ in side})).items()}
    given, taken, others = (_sightings([known[id_] for id_ in side if id_ in known], actor) for side in sides)
    return CaseFile(
        case=case,
        manifest=manifest.code,
        giver=manifest.giver,
        receiver=manifest.receiver,
        line=line,
        by_giver=given,
        by_receiver=taken,
        by_others=others if _is_party(manifest, actor) else (),
        files=await _papers(case, actor),
        history=await _history(case, rows, actor),
    )


def _is_party(manifest: Manifest, actor: Actor) -> bool:
    parties = {manifest.giver, manifest.receiver, manifest.carrier}
    return actor.reads_everything or not parties.isdisjoint(actor.sees)


def _sightings(rows: Collection[Row], actor: Actor) -> tuple[Sighting, ...]:
    ordered = sorted(rows, key=lambda row: (row.corrected_at, row.content.id))
    return tuple(_sighting(row, actor) for row in ordered)


def _sighting(row: Row, actor: Actor) -> Sighting:
    content, body = row.content, row.content.body
    seal = body.get("seal")
    return Sighting(
        row=content.id,
        kind=content.kind,
        code=content.code,
        at=row.corrected_at,
        stated_at=content.occurred_at,
        received_at=row.received_at,
        uncertainty_ms=row.uncertainty_ms,
        organisation=content.organisation,
        person=_person(row, actor),
        device=content.device,
        condition=body.get("condition"),
        reason=body.get("reason"),
        seal=seal.get("number") if isinstance(seal, dict) else None,
        seal_state=seal.get("state") if isinstance(seal, dict) else None,
        container=body.get("container"),
    )


async def _papers(case: Discrepancy, actor: Actor) -> tuple[Paper, ...]:
    return tuple(
        Paper(
            id=file.id,
            kind=file.kind.value,
            media_type=file.media,
            size=file.size,
            organisation=file.organisation,
            created_at=file.created_at,
            erased=file.key.wrapped is None,
        )
        for file in await attached_to(About.DISCREPANCY, str(case.id), actor=actor)
    )


async def _history(case: Discrepancy, rows: Iterable[Row], actor: Actor) -> tuple[Deed, ...]:
    about = [
        row
        for row in rows
        if row.content.id == case.id or row.content.body.get("discrepancy") == str(case.id)
    ]
    notes = await discrepancies.notes_of([row.content.id for row in about])
    return tuple(
        Deed(
            kind=row.content.kind.removeprefix("discrepancy."),
            at=row.content.occurred_at,
            organisation=row.content.organisation,
            person=_person(row, actor),
            line_class=row.content.body.get("class"),
            resolution=row.content.body.get("resolution"),
            owner=row.content.body.get("owner"),
            assignee=row.content.body.get("assignee"),
            note=notes.get(row.content.id),
            seal=row.content.body.get("seal"),
            row=row.content.body.get("row"),
        )
        for row in sorted(about, key=lambda row: (row.content.occurred_at, row.content.id))
    )


def _person(row: Row, actor: Actor) -> str | None:
    known = actor.reads_everything or row.content.organisation in actor.sees
    return row.content.person if known else None
