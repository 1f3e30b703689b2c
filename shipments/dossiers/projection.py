"""Fold cases from the ledger and store the result: the projector of dossiers."""

from uuid import UUID

from msgspec import Struct

from postal.ledger.projections import Touched
from postal.ledger.repository import RowSet, rows_of
from postal.ledger.rules import Row
from shipments.dossiers import repository
from shipments.dossiers.rules import CaseEvent, Dossier, dossier_from, events_of
from shipments.dossiers.rules.supplements import supplements_of
from shipments.pieces.rules import RESULT_SUFFIX


class ReadCase(Struct, frozen=True):
    """What the ledger says under a code: the dossier, if it is one, and the rows that count."""

    dossier: Dossier | None
    rows: tuple[Row, ...]

    @property
    def sources(self) -> dict[UUID, str | None]:
        """Tell of each row which other system it came from."""
        return {row.content.id: row.content.source for row in self.rows}


async def project(touched: Touched) -> None:
    """Bring the dossiers among these codes up to their ledger rows; scans say nothing about a case."""
    read = await touched.once(cases)
    if not read:
        return
    dossiers = {code: case.dossier for code, case in read.items() if case.dossier is not None}
    await repository.put([dossiers[code] for code in sorted(dossiers)])
    await repository.drop([code for code in read if code not in dossiers])
    asked = [
        request
        for code, dossier in sorted(dossiers.items())
        for request in supplements_of(dossier, events_of(code, read[code].rows), read[code].sources)
    ]
    await repository.put_supplements(sorted(read), asked)


async def cases(touched: Touched) -> dict[str, ReadCase]:
    """Read the cases among the codes of a round, for `Touched.once`; a code without a registration has no dossier."""
    candidates = [code for code in touched.told if not code.endswith(RESULT_SUFFIX)]
    if not candidates:
        return {}
    sets = await touched.rows(candidates)
    rows = {code: undisputed(sets[code]) for code in candidates if code in sets}
    return {code: ReadCase(dossier_from(code, rows.get(code, ())), rows.get(code, ())) for code in candidates}


async def events(code: str) -> tuple[CaseEvent, ...]:
    """Read the events of a case from the ledger."""
    row_set = (await rows_of([code])).get(code)
    return events_of(code, undisputed(row_set)) if row_set else ()


def undisputed(row_set: RowSet) -> tuple[Row, ...]:
    """Leave out rows whose id stands for two contents: neither counts until a correction settles it."""
    return tuple(row for row in row_set.rows if len(row_set.disputed.get(row.content.id, ())) < 2)
