"""Fold letters of apology from the ledger and store them: the projector of apologies."""

from postal.ledger.projections import Touched
from shipments.apologies import repository
from shipments.apologies.rules import apologies_of
from shipments.dossiers.projection import cases


async def project(touched: Touched) -> None:
    """Bring the letters of the dossiers of this round up to their rows."""
    read = await touched.once(cases)
    if not read:
        return
    found = [
        letter
        for _, case in sorted(read.items())
        if case.dossier is not None
        for letter in apologies_of(case.dossier, case.rows)
    ]
    await repository.put(sorted(read), found)
