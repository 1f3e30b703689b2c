"""Row ids: UUID version 7, whose first 48 bits are the millisecond that it was made for."""

import secrets
import threading
from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
UUID_VERSION = 7
LARGEST_MS = (1 << 48) - 1
# Of the 74 bits after the millisecond: near the end a new beginning is drawn.
FULL = (1 << 74) - (1 << 40)
# Instants past this overflow datetime; a UUIDv7 can name years up to 10889.
LARGEST_INSTANT_MS = (datetime.max.replace(tzinfo=UTC) - EPOCH) // MILLISECOND

# Requests overlap, so the millisecond of one comes back after that of another; a request outlasts far fewer than these.
REMEMBERED = 10_000

_counter_lock = threading.Lock()
_tails: OrderedDict[int, int] = OrderedDict()


def new_id(now: datetime) -> UUID:
    """Make an id for the instant `now`; ids made in one process for one millisecond ascend.

    So do those of a unit of work that others overlap: rows that it records at one instant keep their order.
    """
    ms = (now - EPOCH) // MILLISECOND
    if not 0 <= ms <= LARGEST_MS:
        msg = f"no UUIDv7 for {now}"
        raise ValueError(msg)
    # Random because two processes must never make the same id; the counter keeps the order within one.
    with _counter_lock:
        tail = _tails.get(ms, FULL)
        tail = tail + 1 + secrets.randbits(32) if tail < FULL else secrets.randbits(73)
        _tails[ms] = tail
        _tails.move_to_end(ms)
        if len(_tails) > REMEMBERED:
            _tails.popitem(last=False)
    return _assembled(ms, tail >> 62, tail & ((1 << 62) - 1))


def uuid7_instant(value: UUID) -> datetime | None:
    """Give the millisecond inside a UUIDv7, or None when it is another version or past year 9999."""
    if value.version != UUID_VERSION or value.variant != RFC_4122:
        return None
    ms = value.int >> 80
    return EPOCH + ms * MILLISECOND if ms <= LARGEST_INSTANT_MS else None


def lowest_id(instant: datetime) -> UUID:
    """Give the bound below which every id was made for an earlier millisecond (for ranges and partitions)."""
    return UUID(int=((instant - EPOCH) // MILLISECOND) << 80)


def _assembled(ms: int, high: int, low: int) -> UUID:
    return UUID(int=(ms << 80) | (UUID_VERSION << 76) | (high << 64) | (0b10 << 62) | low)
