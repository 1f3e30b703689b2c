"""What the worker does about deliveries: sending all the time, and clearing now and then."""

from datetime import datetime

from integrations.deliveries import service


async def clear(now: datetime) -> None:
    """Give up and drop what is old."""
    await service.clear(now)


STEADY = {"deliveries": service.keep_delivering}
REGULAR = {"old deliveries": clear}
