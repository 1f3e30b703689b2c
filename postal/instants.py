"""The one type of a moment in time: aware, compared in UTC."""

from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta

Instant = Annotated[datetime, Meta(tz=True)]
"""An RFC 3339 instant with an offset; a naive one is refused at the edge."""


def utc(value: datetime) -> datetime:
    """Give the same instant in UTC; a naive value is a programming error."""
    if value.tzinfo is None:
        msg = "naive datetime"
        raise ValueError(msg)
    return value.astimezone(UTC)
