"""Sort the rows of a handover: which still count, what is expected in which bag, which side said what."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from manifests.reconciliation.rules.seals import settings
from manifests.reconciliation.rules.words import ARRIVING, SIGHTING, Handover, Line
from postal.ledger.rules import Row, Stream
from shipments.pieces.rules import CodeKind, kind_of


class Sides(Struct, frozen=True):
    """The rows that bear on one piece: by the giver's side, the receiver, others, and barcodes around it."""

    giver: tuple[Row, ...]
    receiver: tuple[Row, ...]
    others: tuple[Row, ...]
    barcode: tuple[Row, ...]

    def all(self) -> Iterator[Row]:
        """Give every row of every side."""
        yield from (*self.giver, *self.receiver, *self.others, *self.barcode)

    def only(self, ids: Collection[object]) -> "Sides":
        """Keep the rows with these ids, on their sides."""
        return Sides(
            *(
                tuple(row for row in rows if row.content.id in ids)
                for rows in (self.giver, self.receiver, self.others, self.barcode)
            )
        )


class Books(Struct, frozen=True):
    """The rows of a handover in order: by piece, with the list's numbers and the bag that each piece came in.

    `order` names manifest ∪ scans: lines by number, contents of their bags, then what was only scanned. A sealed
    item is one thing to whoever hands it over, so what is packed in an item is not looked for.
    """

    order: tuple[str, ...]
    numbers: dict[str, int]
    lines: dict[str, Line]
    containers: dict[str, str]
    rows: dict[str, tuple[Row, ...]]
    disputed: dict[str, tuple[Row, ...]]
    carriers: frozenset[str]
    seals: dict[str, tuple[Row, ...]]


def books_of(handover: Handover, rows: Sequence[Row], carriers: Iterable[str] = ()) -> Books:
    """Open the books of a handover; `rows` are those known, each once, in corrected time.

    `carriers` are further ones, told of by rows that are not among them.
    """
    sealing = settings(rows)
    standing, disputed = settle(row for row in rows if row.content.stream == Stream.SCAN)
    lines = {line.piece: line for line in handover.lines}
    containers = _containers(handover, standing)
    inside = sorted(
        code
        for code, outer in containers.items()
        if code not in lines and kind_of(outer) is CodeKind.BAG and _chain(code, containers) & lines.keys()
    )
    named = {
        row.content.code
        for row in (*standing, *_flat(disputed))
        if row.content.body.get("manifest") == handover.code
    }
    known = lines.keys() | set(inside) | {handover.code}
    order = (*sorted(lines, key=lambda code: lines[code].n), *inside, *sorted(named - known))
    return Books(
        order=order,
        numbers={code: line.n for code, line in lines.items()},
        lines=lines,
        containers={code: bag for code, bag in containers.items() if code in lines or code in inside},
        rows=_by_code(standing),
        disputed=_by_code(_flat(disputed)),
        carriers=_carriers(handover, standing).union(carriers),
        seals=sealing,
    )


def settle(rows: Iterable[Row]) -> tuple[list[Row], list[list[Row]]]:
    """Leave out what a later row of the same party corrected, and what is disputed.

    A correction may name which of two disputed contents to keep. The last word on a row holds; who may not correct
    it has no word.
    """
    versions: dict[str, list[Row]] = {}
    for row in rows:
        versions.setdefault(str(row.content.id), []).append(row)
    settled: dict[str, Row | None] = {}
    standing: list[Row] = []
    disputed: list[list[Row]] = []
    latest_first = sorted(versions.values(), key=_moment, reverse=True)
    for contents in latest_first:
        row_id = str(contents[0].content.id)
        counting = settled.get(row_id, contents[0])
        if counting is None:
            continue
        if row_id not in settled and len(contents) > 1:
            disputed.append(contents)
        elif counting.content.kind == "correct":
            _correct(counting, versions, settled)
        else:
            standing.append(counting)
    return standing[::-1], disputed


def _correct(correction: Row, versions: dict[str, list[Row]], settled: dict[str, Row | None]) -> None:
    row_id, keep = str(correction.content.body.get("corrects")), correction.content.body.get("keep")
    contents = versions.get(row_id)
    if contents is None or row_id in settled or _moment(contents) >= _moment([correction]):
        return
    # Of the same piece and by the same party, as in the fold of custody.
    told, teller = contents[0].content, correction.content
    if (told.organisation, told.code) != (teller.organisation, teller.code):
        return
    kept = next((row for row in contents if row.content_hash.hex() == keep), None)
    if keep is None or kept is not None:
        settled[row_id] = kept


def _moment(contents: Sequence[Row]) -> tuple[datetime, UUID]:
    return contents[0].corrected_at, contents[0].content.id


def whole_scans(handover: Handover, books: Books) -> tuple[Row, ...]:
    """Give the receiver's scans of the manifest's own barcode."""
    return tuple(
        row
        for row in books.rows.get(handover.code, ())
        if row.content.organisation == handover.receiver and row.content.kind in ARRIVING
    )


def sides_of(handover: Handover, books: Books, code: str) -> Sides:
    """Give each side's rows of a piece in this handover, and the barcode scans of what the piece is in."""
    line = books.lines.get(code)
    expected = line is not None or code in books.containers
    own = [row for row in books.rows.get(code, ()) if _belongs(handover, row, line, expected=expected)]
    giving = {handover.giver, handover.carrier} | books.carriers
    around = [handover.code, *_chain(code, books.containers)] if expected else []
    barcode = [
        row
        for outer in around
        for row in books.rows.get(outer, ())
        if row.content.organisation == handover.receiver
        and row.content.kind in ARRIVING
        and (outer == handover.code or _belongs(handover, row, line, expected=True))
    ]
    return Sides(
        giver=tuple(row for row in own if row.content.organisation in giving - {handover.receiver}),
        receiver=tuple(row for row in own if row.content.organisation == handover.receiver),
        others=tuple(row for row in own if row.content.organisation not in giving | {handover.receiver}),
        barcode=tuple(barcode),
    )


def _belongs(handover: Handover, row: Row, line: Line | None, *, expected: bool) -> bool:
    """Tell whether a row speaks of this handover: it names it, or is of an expected piece meanwhile.

    Who forgets the manifest, or names the wrong one, still has the piece in hand; a report, or a scan of the
    giver's side, that names another manifest is about that other one.
    """
    named = row.content.body.get("manifest")
    if named == handover.code:
        return True
    telling = ARRIVING | SIGHTING if row.content.organisation == handover.receiver else ARRIVING
    if (
        not expected
        or (named is not None and row.content.kind not in telling)
        or row.content.kind == "report"
    ):
        return False
    doubt = timedelta(milliseconds=row.uncertainty_ms)
    after_seal = row.corrected_at + doubt >= handover.sealed_at
    return after_seal and (line is None or line.until is None or row.corrected_at < line.until)


def _containers(handover: Handover, rows: Sequence[Row]) -> dict[str, str]:
    """Map each piece to the bag it was in when the receiver took either; what comes later is no matter."""
    inside: dict[str, str] = {}
    taken: set[str] = set()
    for row in rows:
        code, kind = row.content.code, row.content.kind
        if row.content.organisation == handover.receiver and row.corrected_at >= handover.sealed_at:
            taken |= {code} if kind in SIGHTING else set()
        elif kind not in {"pack", "unpack"} or {code, inside.get(code)} & (taken | {handover.code}):
            continue
        elif kind == "pack" and row.content.body.get("container") is not None:
            inside[code] = row.content.body["container"]
        else:
            inside.pop(code, None)
    return inside


def _chain(code: str, containers: dict[str, str]) -> set[str]:
    chain: set[str] = set()
    outer = containers.get(code)
    while outer is not None and outer not in chain:
        chain.add(outer)
        outer = containers.get(outer)
    return chain


def _carriers(handover: Handover, rows: Iterable[Row]) -> frozenset[str]:
    """Name whom the giver's side offered pieces to under this manifest: they carry for it, no strangers."""
    giving = {handover.giver, handover.carrier}
    return frozenset(
        str(row.content.body["counterparty"])
        for row in rows
        if row.content.kind == "offer"
        and row.content.organisation in giving
        and row.content.body.get("manifest") == handover.code
        and row.content.body.get("counterparty") not in (None, handover.receiver)
    )


def _by_code(rows: Iterable[Row]) -> dict[str, tuple[Row, ...]]:
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row.content.code, []).append(row)
    return {code: tuple(own) for code, own in grouped.items()}


def _flat(groups: Iterable[Iterable[Row]]) -> list[Row]:
    return [row for group in groups for row in group]
