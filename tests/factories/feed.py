"""Readers of the feed."""

import httpx

from integrations.feed import service
from integrations.feed.rules import EVERYTHING, START, Cursor, Event, Wanted
from postal.identity.rules import Actor

INSPECTOR = Actor(kind="key", id="inspector", organisation="VN", reads_everything=True)


def reader_of(*organisations: str) -> Actor:
    """Make the actor of a key of some organisations, a predecessor among them."""
    return Actor(kind="key", id="reader", organisation=organisations[0], sees=frozenset(organisations))


class Reader:
    """Follows the feed in this process and remembers everything that it was given."""

    def __init__(
        self, actor: Actor = INSPECTOR, after: Cursor | None = None, wanted: Wanted = EVERYTHING
    ) -> None:
        self.actor = actor
        self.after = after
        self.wanted = wanted
        self.events: list[Event] = []

    async def read(self, limit: int = 100) -> bool:
        """Read a page; tells whether it was the last one just now."""
        page = await service.read(actor=self.actor, after=self.after, limit=limit, wanted=self.wanted)
        assert len(page.events) <= limit
        assert page.following >= (self.after or START)
        self.events += page.events
        self.after = page.following
        return page.caught_up

    async def catch_up(self, limit: int = 100) -> list[Event]:
        """Read until nothing more is there, and give everything read so far."""
        while not await self.read(limit):
            pass
        return self.events


async def pages(client: httpx.AsyncClient, headers: dict[str, str], *, after=None, **query):
    """Follow the feed over HTTP until it says that this is all; gives the events and the last cursor."""
    events = []
    while True:
        given = {"after": after} if after else {}
        answer = await client.get("/api/v1/events", params={**given, **query}, headers=headers)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        events += page["items"]
        after = page["next_cursor"]
        if page["caught_up"]:
            assert "link" not in answer.headers
            return events, after
        assert after.replace("=", "%3D") in answer.headers["link"]
