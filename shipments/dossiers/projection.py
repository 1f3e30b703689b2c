"""Fold cases from the ledger and store the result: the projector of dossiers."""

from postal.ledger.projections import Touched
from postal.ledger.repository import RowSet, rows_of
from postal.ledger.rules import Row
from shipments.dossiers import repository
from shipments.dossiers.rules import CaseEvent, dossier_from, events_of
from shipments.pieces.rules import RESULT_SUFFIX


async def project(touched: Touched) -> None:
    """Bring the dossiers among these codes up to their ledger rows; scans say nothing about a case."""
    candidates = [code for code in touched.told if not code.endswith(RESULT_SUFFIX)]
    if not candidates:
        return
    sets = await touched.rows(candidates)
    found = {code: dossier_from(code, undisputed(sets[code])) for code in candidates if code in sets}
    dossiers = {code: dossier for code, dossier in found.items() if dossier is not None}
    await repository.put([dossiers[code] for code in sorted(dossiers)])
    await repository.drop([code for code in candidates if code not in dossiers])


async def events(code: str) -> tuple[CaseEvent, ...]:
    """Read the events of a case from the ledger."""
    row_set = (await rows_of([code])).get(code)
    return events_of(code, undisputed(row_set)) if row_set else ()


def undisputed(row_set: RowSet) -> tuple[Row, ...]:
    """Leave out rows whose id stands for two contents: neither counts until a correction settles it."""
    return tuple(row for row in row_set.rows if len(row_set.disputed.get(row.content.id, ())) < 2)
