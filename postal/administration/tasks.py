"""What the worker does about the log of looks, again and again."""

from datetime import datetime, timedelta

from postal.audit import service as audit
from postal.law import repository as law
from postal.network.rules import local_day


async def forget_looks(now: datetime) -> None:
    """Let go of looks at personal data that were kept as long as configured, some at a time."""
    constants = await law.constants_at(local_day(now))
    await audit.forget_looks(now - timedelta(days=constants.number("retention.look_days")))


REGULAR = {"looks": forget_looks}
