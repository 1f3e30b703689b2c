"""Programs that are called by webhooks: they keep every call, and answer, refuse, hang, or are away."""

import asyncio
import json
from contextlib import asynccontextmanager

from integrations.feed.rules import EVERYTHING
from integrations.signing.rules import verified
from integrations.webhooks import service
from postal.identity.rules import Actor, Role


def integrator(organisation: str) -> Actor:
    """Make whoever connects the programs of an organisation."""
    return Actor(
        kind="key", id="integrator", organisation=organisation, roles=frozenset({Role.SYSTEM}),
        sees=frozenset({organisation}),
    )  # fmt: skip


async def subscribed(organisation, address, now, *, wanted=EVERYTHING, after=None, name="Phần mềm nhận"):
    """Subscribe a program; gives the subscription and its secret."""
    issued = await service.create(
        name=name, url=address, wanted=wanted, after=after, actor=integrator(organisation), now=now
    )
    return issued.subscription, issued.secret


class Receiver:
    """Answers with the statuses of `says` first, then with `status`; while it `hangs` it says nothing."""

    def __init__(self):
        self.calls, self.says, self.status, self.extra, self.hangs = [], [], 204, "", False
        self._writers = set()

    async def serve(self, reader, writer):
        self._writers.add(writer)
        try:
            while await self._answer(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _answer(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        headers = {name.lower(): value for name, value in headers.items()}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if self.hangs:
            await asyncio.Event().wait()
        status = self.says.pop(0) if self.says else self.status
        self.calls.append((headers, body, status))
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n{self.extra}\r\n".encode())
        await writer.drain()
        return True

    def close(self):
        for writer in list(self._writers):
            writer.close()

    @property
    def taken(self):
        """What it accepted, as (headers, decoded body)."""
        return [(headers, json.loads(body)) for headers, body, status in self.calls if status < 300]

    @property
    def events(self):
        """The events that it accepted, each once, in the order of their first coming; its inbox knows ids again."""
        first = {}
        for headers, said in self.taken:
            if said["type"] != "ping":
                first.setdefault(headers["webhook-id"], said["data"])
        return list(first.values())

    def all_verified(self, secrets, now):
        """Say whether every call was signed."""
        return all(verified(secrets, headers, body, now) for headers, body, _ in self.calls)


@asynccontextmanager
async def receiver(port=0):
    """Serve on the loopback; gives the receiver, which knows its `origin` and `address`."""
    made = Receiver()
    server = await asyncio.start_server(made.serve, "127.0.0.1", port)
    made.port = server.sockets[0].getsockname()[1]
    made.origin = f"http://127.0.0.1:{made.port}"
    made.address = f"{made.origin}/hooks?source=postal"
    try:
        yield made
    finally:
        made.close()
        server.close()
