"""Originals that must come back, papers counted at each handover, and old papers that an agency wants back. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct

from postal.instants import Instant
from postal.ledger.rules import Row
from shipments.dossiers.rules.corrections import without_corrected
from shipments.dossiers.rules.dossier import Line
from shipments.dossiers.rules.gate import Whereabouts, unreturned

RETURNED, CORRECTED = "papers.returned", "papers.corrected"
WANTED, RECEIVED, WAIVED = "recovery.wanted", "recovery.received", "recovery.waived"
STATED = frozenset({RETURNED, WANTED, RECEIVED, WAIVED})
"""What people state of papers, and may take back."""

INCIDENT_OPENED, INCIDENT_CLOSED, REISSUE = "incident.opened", "incident.closed", "incident.reissue"
"""Records of incidents, which a package above this one writes under the code of the piece."""


class PaperState(StrEnum):
    """Where an original that must come back stands; each line has exactly one."""

    OWED = "owed"
    DELIVERED = "delivered"
    INCIDENT = "incident"


class Original(Struct, frozen=True, kw_only=True):
    """One line of originals that must come back."""

    number: int
    name: str
    copies: int
    state: PaperState


class CountedPapers(Struct, frozen=True, kw_only=True):
    """What was counted of one code at one scan, and what it was compared with.

    `finding` is short or over where it differs; `against` is the count it differs from, None for the list registered.
    """

    row: UUID
    code: str
    kind: str
    at: Instant
    organisation: str | None
    documents: int | None = None
    originals: int | None = None
    expected_documents: int | None = None
    expected_originals: int | None = None
    against: UUID | None = None
    finding: str | None = None


class OldPaperState(StrEnum):
    """How far an old paper is on its way back to the agency."""

    WANTED = "wanted"
    TAKEN = "taken"
    RETURNED = "returned"
    WAIVED = "waived"


class OldPaper(Struct, frozen=True, kw_only=True):
    """Old papers of one kind: how many are wanted, were taken back, and reached the agency."""

    kind: str
    wanted: int
    taken: int
    returned: int
    state: OldPaperState

    @property
    def open(self) -> bool:
        """Tell whether somebody still has to bring it."""
        return self.state in (OldPaperState.WANTED, OldPaperState.TAKEN)


class Scanned(Struct, frozen=True, kw_only=True):
    """A scan that bears on papers: of which code, and what was counted."""

    row: UUID
    code: str
    kind: str
    at: datetime
    organisation: str | None
    body: Mapping[str, Any]


class PaperStatement(Struct, frozen=True, kw_only=True):
    """What somebody stated of the papers by hand; `corrected_by` is the row that took it back as mistaken."""

    row: UUID
    kind: str
    at: Instant
    organisation: str | None
    corrected_by: UUID | None = None


class Papers(Struct, frozen=True, kw_only=True):
    """The papers of a dossier as they stand."""

    dossier: str
    originals: tuple[Original, ...]
    counts: tuple[CountedPapers, ...]
    old_papers: tuple[OldPaper, ...]
    statements: tuple[PaperStatement, ...] = ()

    @property
    def owed(self) -> tuple[Original, ...]:
        """Name the originals that are still owed."""
        return tuple(each for each in self.originals if each.state is PaperState.OWED)


def statements_of(rows: Iterable[Row]) -> tuple[PaperStatement, ...]:
    """List what was stated by hand, in order, with what took it back."""
    several = list(rows)
    _, void = without_corrected(several, CORRECTED)
    own = {row.content.id: row for row in several if row.content.kind in STATED}
    return tuple(
        PaperStatement(
            row=row.content.id,
            kind=row.content.kind,
            at=row.corrected_at,
            organisation=row.content.organisation,
            corrected_by=void.get(row.content.id),
        )
        for row in sorted(own.values(), key=lambda row: (row.corrected_at, row.content.id))
    )


def stated_lines(rows: Iterable[Row]) -> frozenset[int]:
    """Give the numbers of lines that were stated as handed to the citizen, or were issued anew and delivered."""
    counting, _ = without_corrected(rows, CORRECTED)
    numbers: set[int] = set()
    reissued: dict[int, bool] = {}
    for row in counting:
        if row.content.kind == RETURNED:
            numbers |= set(row.content.body["lines"])
        elif row.content.kind == REISSUE and row.content.body.get("paper") is not None:
            reissued[int(row.content.body["paper"])] = row.content.body.get("state") == "delivered"
    return frozenset(numbers | {number for number, delivered in reissued.items() if delivered})


def has_open_incident(rows: Iterable[Row]) -> bool:
    """Tell whether the last word about an incident of these rows is that it is open."""
    last: dict[str, tuple[tuple[datetime, UUID], str]] = {}
    for row in rows:
        if row.content.kind in (INCIDENT_OPENED, INCIDENT_CLOSED):
            when = (row.corrected_at, row.content.id)
            last[row.content.code] = max(
                last.get(row.content.code, (when, row.content.kind)), (when, row.content.kind)
            )
    return any(kind == INCIDENT_OPENED for _, kind in last.values())


def originals_of(
    lines: Sequence[Line], dossier: Whereabouts, result: Whereabouts, stated: Collection[int]
) -> tuple[Original, ...]:
    """Tell of each original that must come back whether it did, or is the matter of an incident."""
    owed = {line.number for line in unreturned(lines, dossier, result, stated)}
    incident = dossier.incident or result.incident
    without = (
        {line.number for line in unreturned(lines, _calm(dossier), _calm(result), stated)}
        if incident
        else set[int]()
    )
    return tuple(
        Original(
            number=line.number,
            name=line.name,
            copies=line.copies,
            state=PaperState.OWED
            if line.number in owed
            else PaperState.INCIDENT
            if line.number in without
            else PaperState.DELIVERED,
        )
        for line in lines
        if line.must_return
    )


def _calm(whereabouts: Whereabouts) -> Whereabouts:
    return Whereabouts(
        known=whereabouts.known,
        delivered=whereabouts.delivered,
        returned=whereabouts.returned,
        originals=whereabouts.originals,
    )


def counts_of(dossier: str, lines: Sequence[Line], scans: Iterable[Scanned]) -> tuple[CountedPapers, ...]:
    """Compare what was counted at each handover: the dossier with its list, anything else with its first count."""
    papers = [line for line in lines if line.form != "electronic"]
    listed = (
        sum(line.copies for line in papers),
        sum(line.copies for line in papers if line.form == "original"),
    )
    first: dict[str, tuple[UUID | None, int | None, int | None]] = {}
    if papers:
        first[dossier] = (None, *listed)
    found = []
    for scan in sorted(scans, key=lambda each: (each.at, each.row)):
        counted = scan.body.get("counted")
        if not counted or scan.kind == "recover":
            continue
        documents, originals = counted.get("documents"), counted.get("originals")
        against, *expected = first.setdefault(scan.code, (scan.row, documents, originals))
        differences = [
            got - want
            for got, want in zip((documents, originals), expected, strict=True)
            if got is not None and want is not None and got != want
        ]
        found.append(
            CountedPapers(
                row=scan.row,
                code=scan.code,
                kind=scan.kind,
                at=scan.at,
                organisation=scan.organisation,
                documents=documents,
                originals=originals,
                expected_documents=expected[0],
                expected_originals=expected[1],
                against=None if against == scan.row else against,
                finding=None
                if not differences
                else "papers.short"
                if min(differences) < 0
                else "papers.over",
            )
        )
    return tuple(found)


def old_papers_of(rows: Iterable[Row], scans: Iterable[Scanned]) -> tuple[OldPaper, ...]:
    """Follow the old papers that an agency wants back: taken at the door, then back at the agency, or waived."""
    counting, _ = without_corrected(rows, CORRECTED)
    wanted: dict[str, int] = {}
    returned: dict[str, int] = {}
    waived: set[str] = set()
    for row in counting:
        body = row.content.body
        if row.content.kind == WANTED:
            for paper in body["papers"]:
                wanted[paper["kind"]] = wanted.get(paper["kind"], 0) + paper["count"]
        elif row.content.kind == RECEIVED:
            for paper in body["papers"]:
                returned[paper["kind"]] = returned.get(paper["kind"], 0) + paper["count"]
        elif row.content.kind == WAIVED:
            waived.add(body["kind"])
    taken = _taken(wanted, scans)
    return tuple(
        OldPaper(
            kind=kind,
            wanted=count,
            taken=taken.get(kind, 0),
            returned=returned.get(kind, 0),
            state=_old_state(count, taken.get(kind, 0), returned.get(kind, 0), waived=kind in waived),
        )
        for kind, count in wanted.items()
    )


def _taken(wanted: Mapping[str, int], scans: Iterable[Scanned]) -> dict[str, int]:
    """Share out what was taken back: to the kind that the scan names, else to what is wanted, in its order."""
    taken: dict[str, int] = {}
    loose = 0
    for scan in scans:
        if scan.kind != "recover":
            continue
        number = (scan.body.get("counted") or {}).get("documents", 1)
        named = scan.body.get("reason")
        if named is not None and named in wanted:
            taken[named] = taken.get(named, 0) + number
        else:
            loose += number
    for kind, count in wanted.items():
        share = min(loose, max(count - taken.get(kind, 0), 0))
        if share:
            taken[kind] = taken.get(kind, 0) + share
            loose -= share
    return taken


def _old_state(wanted: int, taken: int, returned: int, *, waived: bool) -> OldPaperState:
    if returned >= wanted:
        return OldPaperState.RETURNED
    if waived:
        return OldPaperState.WAIVED
    return OldPaperState.TAKEN if taken >= wanted else OldPaperState.WANTED
