"""When a notice may go: not at night to people, and after a failure later and later."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from integrations.notifications.rules.model import Channel

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
WAITS = (60, 300, 1_800, 7_200, 18_000, 36_000, 50_400)
"""Seconds after each failed try: about a day and a half in all, longer than any greylisting."""

MAX_ATTEMPTS = len(WAITS) + 1
AGES = {
    "out_for_delivery": timedelta(hours=6),
    "attempt_failed": timedelta(days=3),
    "desk": timedelta(days=2),
}
"""How old a fact may be when it is told; nobody needs to hear next morning that the courier is on the way."""

OLDEST = timedelta(days=14)


def due_after(at: datetime, channel: Channel, quiet_from: int, quiet_until: int) -> datetime:
    """Give the first instant at which a notice may go; machines have no night."""
    if channel is Channel.WEBHOOK or quiet_from == quiet_until:
        return at
    local = at.astimezone(ZONE)
    overnight = quiet_from > quiet_until
    quiet = (
        local.hour >= quiet_from or local.hour < quiet_until
        if overnight
        else quiet_from <= local.hour < quiet_until
    )
    if not quiet:
        return at
    morning = local.replace(hour=quiet_until, minute=0, second=0, microsecond=0)
    return (morning if morning > local else morning + timedelta(days=1)).astimezone(at.tzinfo)


def is_stale(kind: str, at: datetime, now: datetime) -> bool:
    """Say whether nobody needs to hear it any more."""
    return now - at > AGES.get(kind, OLDEST)


def next_try(now: datetime, attempts: int, retry_after: int | None = None) -> datetime | None:
    """Give when to try again after so many tries; None when that was the last."""
    if attempts >= MAX_ATTEMPTS:
        return None
    return now + timedelta(seconds=max(WAITS[attempts - 1], min(retry_after or 0, 86_400)))
