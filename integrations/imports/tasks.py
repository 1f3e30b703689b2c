"""The worker's part in imports."""

from datetime import datetime

from integrations.imports import service
from postal.config import held


async def look(now: datetime) -> None:
    """Look into the watched folders, and erase files whose time has come."""
    await service.watch(held(), now)
    await service.clear(now)


REGULAR = {"imports": look}
OUTBOX_HANDLERS = {"imports.step": service.step}
