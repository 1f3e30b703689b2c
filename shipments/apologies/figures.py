"""What metrics tell of apologies."""

from postal import clock
from postal.observability.figures import Figure
from shipments.apologies import repository


async def of_apologies() -> list[Figure]:
    """Count what is overdue without an apology: there must be none."""
    count = await repository.count_overdue(await clock.now())
    return [
        Figure("postal_overdue_without_apology", "Dossiers overdue for which nobody apologised", float(count))
    ]
