"""What was said in a run of the machine: pieces, scans, manifests and devices, as a notebook would hold them.

Nothing of the product is used here. Each act has an instant of its own, minutes from every other one, and no clock is
wrong, so the order in which things were done is plain.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

CITIZEN = "CITIZEN"


@dataclass(eq=False)
class Piece:
    """A dossier, item or bag, and who is taken to hold it while nobody has scanned it; `closed` with which seals."""

    code: str
    kind: str
    origin: str
    destination: str
    presumed: str
    closed: list["Closing"] = field(default_factory=list)
    losses: list["Loss"] = field(default_factory=list)


@dataclass(frozen=True)
class Closing:
    """That somebody who had the piece then, as far as was known, put a seal on it."""

    at: datetime
    seal: str
    by: str


@dataclass(frozen=True)
class Loss:
    """That a case of a manifest ended in a loss, or that it did not after all."""

    at: datetime
    manifest: str
    withdrawn: bool = False


@dataclass(frozen=True)
class Said:
    """One content of a scan; `id` is unknown to us where the server made the row."""

    kind: str
    code: str
    at: datetime
    by: str
    id: str | None = None
    seq: int | None = None
    fields: tuple[tuple[str, Any], ...] = ()

    def get(self, name: str) -> Any:
        """Give a field, or None."""
        return dict(self.fields).get(name)


@dataclass(eq=False)
class Scan:
    """All that was said under one id, in the order in which it arrived."""

    contents: list[Said]
    received: list[datetime]
    kept: int | None = None

    @property
    def disputed(self) -> bool:
        """Tell whether two contents were said under the id."""
        return len(self.contents) > 1


@dataclass(eq=False)
class Manifest:
    """A list, and when what became of it."""

    code: str
    giver: str
    receiver: str
    lines: list[str]
    created: datetime
    sealed: datetime | None = None
    dispatched: datetime | None = None
    received: datetime | None = None
    closed: datetime | None = None
    cancelled: datetime | None = None
    cases: dict[str, "Case"] = field(default_factory=dict)
    look_again: bool = False


@dataclass(eq=False)
class Case:
    """What reconciliation could not settle; `expected` tells whether the manifest should have brought the piece."""

    line_class: str
    opened: datetime
    expected: bool
    resolution: str | None = None
    reopened: int = 0


@dataclass(eq=False)
class Device:
    """A scanner: what it has numbered, what of it has arrived, and what it stated when."""

    organisation: str
    last: int = 0
    held: set[int] = field(default_factory=set)
    syncs: list[tuple[datetime, int]] = field(default_factory=list)

    def covered(self, until: datetime) -> bool:
        """Tell whether all that it did until then has arrived: up to its last sync before the first with a gap."""
        known = None
        for at, last in self.syncs:
            if not set(range(1, last + 1)) <= self.held:
                break
            known = at
        return known is not None and known >= until


@dataclass(eq=False)
class Notebook:
    """Everything that was said and answered."""

    pieces: dict[str, Piece] = field(default_factory=dict)
    scans: list[Scan] = field(default_factory=list)
    by_id: dict[str, Scan] = field(default_factory=dict)
    manifests: dict[str, Manifest] = field(default_factory=dict)
    devices: dict[str, Device] = field(default_factory=dict)

    def hear(self, said: Said, now: datetime) -> str:
        """Note a content that arrived; give the verdict that it must get."""
        scan = self.by_id.get(said.id) if said.id else None
        if scan is None:
            scan = Scan([said], [now])
            self.scans.append(scan)
            if said.id:
                self.by_id[said.id] = scan
            return "accepted"
        if said == scan.contents[0]:
            return "repeated"
        if said not in scan.contents:
            scan.contents.append(said)
            scan.received.append(now)
        return "disputed"

    def counting(self) -> list[tuple[Said, str | None]]:
        """Give one content of each scan, and why it does not count, if so.

        Corrections take effect from the latest to the earliest, so that one which was taken back itself has none, and
        the last word on a scan holds. Only the party that said something may take it back, and only afterwards.
        """
        settled: set[int] = set()
        why: dict[int, str] = {id(scan): "disputed" for scan in self.scans if scan.disputed}
        first = {id(scan): scan.contents[0] for scan in self.scans}
        corrections = [scan for scan in self.scans if scan.contents[0].kind == "correct"]
        for scan in sorted(corrections, key=lambda one: one.contents[0].at, reverse=True):
            correction = scan.contents[0]
            target = self.by_id.get(correction.get("corrects"))
            if id(scan) in why or target is None or id(target) in settled:
                continue
            wrong = target.contents[0]
            if wrong.by != correction.by or wrong.at >= correction.at:
                continue
            settled.add(id(target))
            if correction.get("keep") is None:
                why[id(target)] = "voided"
            else:
                assert target.kept is not None
                first[id(target)] = target.contents[target.kept]
                why.pop(id(target), None)
        return [(first[id(scan)], why.get(id(scan))) for scan in self.scans]
