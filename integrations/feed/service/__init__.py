"""Reading the feed, and following it from inside: what goes out to others begins here."""

from integrations.feed.service.following import READER, cursor_of, follow, forget, place
from integrations.feed.service.reading import cursor_ahead, cursor_before, read
from integrations.feed.service.waiting import read_waiting

__all__ = [
    "READER",
    "cursor_ahead",
    "cursor_before",
    "cursor_of",
    "follow",
    "forget",
    "place",
    "read",
    "read_waiting",
]
