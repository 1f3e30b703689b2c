"""Fold nonconformities from the ledger and store them: their projector."""

from postal.ledger.projections import Touched
from shipments.dossiers.projection import undisputed
from shipments.steps import repository
from shipments.steps.rules import PREFIX, fold_nonconformity


async def project(touched: Touched) -> None:
    """Bring the nonconformities among these codes up to their rows; only their own records speak of them."""
    codes = sorted(code for code in touched.told if code.startswith(PREFIX))
    if not codes:
        return
    sets = await touched.rows(codes)
    folded = [fold_nonconformity(code, undisputed(sets[code])) for code in codes]
    await repository.put(codes, [each for each in folded if each is not None])
