"""A reference system of the post: a small program of its own, with a notebook of orders, items and despatches.

It speaks only the messages, over HTTP both ways, and knows nothing of how this system works. What it sends may be lost,
come twice or in another order: it keeps its messages until they are answered, and sends them again. What it is sent it
may fail to take, or take and lose the answer.

Run it by itself to try a set-up by hand: `python -m tests.factories.post_system 8098`.
"""

import asyncio
import json
import random
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from standardwebhooks import Webhook


class PostSystem:
    """The post's notebook; `faults` are the chances of what goes wrong on the way, drawn by `seed`."""

    def __init__(self, seed=1, faults=0.0):
        self.chance, self.faults = random.Random(seed), faults
        self.secret, self.taken, self.refused = None, {}, 0
        self.orders, self.events, self.announced, self.answers = {}, {}, {}, {}
        self.outbox, self.sequence, self.said = [], 0, {}

    def goes_wrong(self):
        return self.chance.random() < self.faults

    # What it is told.

    async def serve(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = [line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line]
        headers = {name.lower(): value for name, value in lines}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        status, answer = (503, {}) if self.goes_wrong() else self.take(headers, body)
        # Taken, and the answer lost: it will come again.
        if not (status == 200 and self.goes_wrong()):
            said = json.dumps(answer).encode()
            head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(said)}\r\n"
            writer.write(head.encode() + b"Connection: close\r\n\r\n" + said)
            await writer.drain()
        writer.close()

    def take(self, headers, body):
        given = {
            name: headers.get(name, "") for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
        }
        # The clock of a test is not the machine's, by which the library would judge the timestamp.
        at = datetime.fromtimestamp(int(given["webhook-timestamp"] or 0), UTC)
        signature = Webhook(self.secret).sign(given["webhook-id"], at, body.decode())
        if signature not in given["webhook-signature"].split():
            self.refused += 1
            return 401, {}
        name = given["webhook-id"]
        if name not in self.taken:
            self.taken[name] = body
            self.note(headers["message-kind"], json.loads(body))
        return 200, {"ok": True}

    def note(self, kind, message):
        if kind == "post.order_status":
            known = self.orders.setdefault(message["orderNumber"], {"changedAt": "", "vnpostalStatus": None})
            if message["changedAt"] >= known["changedAt"]:
                known.update(message)
        elif kind == "post.emsevt":
            for event in message["events"]:
                self.events[message["journal"], event["sequence"]] = event
        elif kind == "post.predes":
            self.announced[message["despatch"]] = message
        elif kind == "post.resdes":
            known = self.answers.setdefault(message["despatch"], {"answer": 0})
            if message["answer"] > known["answer"]:
                known.update(message)

    # What it tells.

    def write(self, kind, message):
        self.outbox.append((kind, f"{kind}-{len(self.said)}-{len(self.outbox)}", message))

    def happened(self, item, code, at, office, **more):
        """Note an event of an item in its own journal, and give it to whoever is told."""
        self.sequence += 1
        event = {
            "sequence": self.sequence,
            "itemId": item,
            "eventCode": code,
            "eventTime": at,
            "officeCode": office,
        }
        return event | more

    def tell(self, events, sender, at):
        self.write(
            "post.emsevt",
            {
                "format": "emsevt-style/1",
                "sender": sender,
                "journal": "post",
                "preparedAt": at,
                "lastSequence": self.sequence,
                "events": events,
            },
        )

    async def send_all(self, send):
        """Send what is not answered yet, in any order, some of it in vain or twice; gives how much is left."""
        waiting = self.outbox[:]
        if self.faults:
            self.chance.shuffle(waiting)
        for kind, name, message in waiting:
            if self.goes_wrong():
                continue
            answer = await send(kind, name, message)
            if self.goes_wrong():
                answer = await send(kind, name, message)
            if self.goes_wrong():
                continue
            self.said[name] = answer
            self.outbox.remove((kind, name, message))
        return len(self.outbox)


@asynccontextmanager
async def post_system(port=0, **how):
    """Serve on the loopback; gives the system, which knows its `origin`."""
    made = PostSystem(**how)
    server = await asyncio.start_server(made.serve, "127.0.0.1", port)
    made.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        server.close()


async def _run(port):
    async with post_system(port) as made:
        print(made.origin)  # noqa: T201 - a program of its own
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_run(int(sys.argv[1])))
