"""When a receiver has failed for so long that it is given up. Pure."""

from datetime import datetime, timedelta


def failing_since(
    before: datetime | None, delivered_at: datetime | None, failed_at: datetime | None
) -> datetime | None:
    """Say since when a receiver has taken nothing, from the last success and failure and what was known before.

    One that nobody called is not failing, however long ago its last success was: what counts is the first failure
    after that, as far as it was seen.
    """
    if failed_at is None or (delivered_at is not None and delivered_at >= failed_at):
        return None
    if before is None or (delivered_at is not None and delivered_at >= before):
        return failed_at
    return before


def is_given_up(since: datetime | None, limit: timedelta, now: datetime) -> bool:
    """Say whether a receiver has failed for long enough."""
    return since is not None and now - since >= limit
