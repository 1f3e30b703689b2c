"""Deliveries for tests: a kind of partner that calls one local address, and messages for it."""

import json
from contextlib import contextmanager
from uuid import UUID, uuid4

from integrations import plugin
from integrations.deliveries import service
from integrations.deliveries.rules import Adapter, Outgoing
from integrations.outgoing import service as outgoing
from integrations.outgoing.rules import Call
from postal.config import OutgoingSettings, Settings
from postal.db import execute, unit_of_work
from postal.identifiers import new_id


class Plain(Adapter):
    """Sends a message's payload as JSON to the address of its destination; knows what ended."""

    def __init__(self):
        self.addresses, self.ended = {}, []

    async def prepare(self, destination, messages, now):
        headers = {"content-type": "application/json"}
        return {
            each.id: Call(
                url=self.addresses[destination],
                body=json.dumps(each.payload).encode(),
                headers={**headers, "webhook-id": str(each.id), "attempt": str(each.attempt)},
            )
            for each in messages
        }

    async def settled(self, destination, ended, now):
        self.ended += [(each.message.id, each.state) for each in ended]


@contextmanager
def plain(*origins):
    """Install the kind `test`, which may call these origins."""
    adapter = Plain()
    kept = plugin.ADAPTERS.get("test")
    plugin.ADAPTERS["test"] = adapter
    outgoing.configure(Settings(outgoing=OutgoingSettings(trusted=tuple(origins))))
    try:
        yield adapter
    finally:
        outgoing.configure(Settings())
        plugin.ADAPTERS.pop("test")
        if kept is not None:
            plugin.ADAPTERS["test"] = kept


async def destination(now, *, organisation="BC-1", at_once=4, code="T") -> UUID:
    """Open a destination of the kind `test`."""
    made = uuid4()
    async with unit_of_work():
        await service.open_destination(
            "test", made, organisation=organisation, code=code, now=now, at_once=at_once
        )
    return made


async def queued(to, now, count=1, *, key=None, first=0) -> list[UUID]:
    """Hand over messages, with one key or a key by number."""
    messages = [
        Outgoing(
            id=new_id(now),
            topic="test.happened",
            subject=f"S-{number}",
            key=key(number) if callable(key) else key,
            payload={"n": number},
        )
        for number in range(first, first + count)
    ]
    async with unit_of_work():
        await service.enqueue("test", to, messages, now=now)
    return [each.id for each in messages]


async def delivered(organisation, now) -> tuple[str, str]:
    """Give a destination of an organisation and a message that was given up there."""
    to = await destination(now, organisation=organisation)
    await queued(to, now)
    await execute("UPDATE delivery SET state = 'dead', ended_at = $2 WHERE destination = $1", to, now)
    return str(to), str((await service.deliveries_of(to))[0].id)
