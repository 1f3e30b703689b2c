"""What the rules say of a seeded day: holders, steps, and the classes of each handover."""

from datetime import timedelta
from typing import Any

from msgspec import Struct

from manifests.reconciliation.rules import Custody as Answering
from manifests.reconciliation.rules import DeviceCoverage, Elsewhere, Handover, Line, reconcile
from postal.ledger.rules import Row
from shipments.custody.rules import Custody, Subject, fold
from tests.factories.arrivals import BAGS, DESK, ITEMS, LISTS, MORNING, OFFICE, Day, Known, at


class Judged(Struct):
    """Who holds what, by which steps, and the class of each piece on each list."""

    holders: dict[str, tuple[tuple[str, ...], str | None, str | None]]
    steps: dict[str, list[tuple[Any, ...]]]
    classes: dict[str, str]
    exact: list[Custody]


def judged(day: Day, known: Known) -> Judged:
    """Ask the rules who holds what, and for the class of each piece of each list."""
    folded: dict[str, Custody] = {}
    for code in (*BAGS, *ITEMS):
        names = {code, *(name for name, lines in day.lists.items() if code in lines)}
        rows = [row for row in known.rows if row.content.code in names]
        disputed = {
            row_id: contents
            for row_id, contents in known.disputed.items()
            if any(row.content.code in names for row in contents)
        }
        subject = Subject(code=code, presumed=OFFICE, registered_at=MORNING, parties=(OFFICE,), homes=(DESK,))
        containers = {} if code in BAGS else {bag: folded[bag] for bag in BAGS}
        folded[code] = fold(subject, rows, disputed, containers)
    return Judged(
        holders={code: (one.claims, one.container, one.undecided) for code, one in folded.items()},
        steps={
            code: [
                (step.row, step.kind, step.flags, step.claims, step.container, step.phase)
                for step in one.steps
            ]
            for code, one in folded.items()
        },
        classes=_classes(day, known, folded),
        exact=list(folded.values()),
    )


def _classes(day: Day, known: Known, folded: dict[str, Custody]) -> dict[str, str]:
    rows = [*known.rows, *(row for contents in known.disputed.values() for row in contents)]
    sealed = {row.content.code: row for row in day.records if row.content.kind == "manifest.sealed"}
    found = {}
    for name, (giver, receiver) in LISTS.items():
        result = reconcile(
            _handover(day, name, giver, receiver, sealed),
            rows,
            custody={code: Answering(holder=one.holder, claims=one.claims) for code, one in folded.items()},
            elsewhere=_elsewhere(day, name, sealed, rows),
            coverage=[_coverage(day, party) for party in (giver, receiver)],
            waiting_limit=timedelta(hours=72),
            as_of=at(day.ends + 2000),
        )
        found |= {
            f"{name} {line.code}": f"{line.line_class} {line.evidence.reason} {line.answers}"
            for line in result.lines
        }
    return found


def _handover(day: Day, name: str, giver: str, receiver: str, sealed: dict[str, Row]) -> Handover:
    own = sealed[name].corrected_at
    dispatched = [row.corrected_at for row in day.records if row.content.kind == "manifest.dispatched"]
    lines = []
    for number, piece in enumerate(day.lists[name], 1):
        later = [
            row.corrected_at
            for code, row in sealed.items()
            if piece in day.lists[code] and row.corrected_at > own
        ]
        lines.append(Line(piece=piece, n=number, destination=DESK, until=min(later, default=None)))
    return Handover(
        code=name,
        giver=giver,
        receiver=receiver,
        sealed_at=own,
        dispatched_at=max(dispatched, default=None),
        lines=tuple(lines),
    )


def _elsewhere(day: Day, name: str, sealed: dict[str, Row], rows: list[Row]) -> dict[str, Elsewhere]:
    homes = {}
    for code in (*ITEMS, *BAGS):
        scans = [
            row.corrected_at
            for row in rows
            if row.content.code == code and row.content.body.get("manifest") == name
        ]
        others = [
            other
            for other, row in sealed.items()
            if scans and other != name and code in day.lists[other] and row.corrected_at <= min(scans)
        ]
        homes[code] = Elsewhere(manifest=others[-1] if others else None, destination=DESK)
    return homes


def _coverage(day: Day, party: str) -> DeviceCoverage:
    until = None if day.never_sends(f"may-{party.lower()}") else at(day.ends + 3000)
    return DeviceCoverage(device=party, organisation=party, covered_until=until)
