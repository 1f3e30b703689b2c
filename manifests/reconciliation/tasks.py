"""Background work of reconciliation."""

from typing import Any

from manifests.reconciliation import service
from postal import clock


async def recheck(payload: dict[str, Any]) -> None:
    """Look again at closed manifests about which something came to light."""
    await service.recheck(payload["manifests"], await clock.now())


OUTBOX_HANDLERS = {service.TOPIC: recheck}
REGULAR = {"manifests due": service.look_again}
