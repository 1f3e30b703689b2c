"""What the worker does about notices, again and again."""

from datetime import datetime

from integrations.notifications import service


async def tell(now: datetime) -> None:
    """Find what there is to tell, and give over what is due."""
    await service.gather(now)
    await service.deliver_due(now)


REGULAR = {"notices": tell}
