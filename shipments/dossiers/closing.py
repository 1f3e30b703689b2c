"""What custody says of a dossier and its result when its case is to be closed."""

from postal.ledger.repository import row_set, rows_of
from shipments.custody.projection import history
from shipments.custody.rules import Custody, Phase, ScanKind
from shipments.dossiers.projection import undisputed
from shipments.dossiers.rules import Whereabouts
from shipments.dossiers.rules.papers import has_open_incident
from shipments.pieces.rules import result_code

INCIDENTS = frozenset({"damaged", "lost"})


async def whereabouts(dossier: str) -> tuple[Whereabouts, Whereabouts]:
    """Give where the dossier's papers and its result are."""
    return await _whereabouts(dossier), await _whereabouts(result_code(dossier))


async def _whereabouts(code: str) -> Whereabouts:
    custody = await history(code)
    if custody is None:
        return Whereabouts()
    delivered = custody.phase is Phase.DELIVERED
    return Whereabouts(
        known=True,
        delivered=delivered,
        returned=custody.phase is Phase.RETURNED,
        originals=await _originals(custody) if delivered else None,
        incident=custody.phase is Phase.LOST
        or custody.condition in INCIDENTS
        or has_open_incident(undisputed(await row_set(code))),
    )


async def _originals(custody: Custody) -> int | None:
    """Read how many originals the last delivery counted: of the piece itself, or of the item that it was in."""
    delivery = next((step for step in reversed(custody.steps) if step.kind == ScanKind.DELIVER.value), None)
    if delivery is None:
        return None
    scanned = delivery.via or custody.code
    for row in (await rows_of([scanned]))[scanned].rows:
        if row.content.id == delivery.row:
            return (row.content.body.get("counted") or {}).get("originals")
    return None
