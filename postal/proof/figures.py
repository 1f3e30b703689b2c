"""What metrics tell of the log."""

from postal import clock
from postal.observability.figures import Figure
from postal.proof import repository


async def of_log() -> list[Figure]:
    """Tell how large the log is and how far it is behind the ledger."""
    size, place = await repository.end()
    oldest = await repository.oldest_behind(place)
    behind = 0.0 if oldest is None else max(0.0, (await clock.now() - oldest).total_seconds())
    return [
        Figure("postal_proof_rows", "Rows in the log", size),
        Figure(
            "postal_proof_behind_seconds", "How long ago the oldest row came that the log has not", behind
        ),
    ]
