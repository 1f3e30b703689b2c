"""What metrics tell of deliveries to programs of others."""

from integrations.deliveries import repository
from postal import clock
from postal.observability.figures import Figure


async def of_deliveries() -> list[Figure]:
    """Tell what waits and for how long, what was given up, and who is left alone, by kind of partner."""
    now = await clock.now()
    told = []
    for row in await repository.backlog():
        labels = {"kind": row.kind}
        age = max(0.0, (now - row.oldest).total_seconds()) if row.oldest else 0.0
        told += [
            Figure("postal_deliveries", "Deliveries not done", row.waiting, {**labels, "state": "waiting"}),
            Figure("postal_deliveries", "Deliveries not done", row.dead, {**labels, "state": "dead"}),
            Figure(
                "postal_deliveries_oldest_seconds",
                "How long the delivery that waits longest waits",
                age,
                labels,
            ),
            Figure("postal_deliveries_circuits_open", "Destinations that are left alone", row.open, labels),
        ]
    return told
