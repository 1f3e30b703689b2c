"""The reference gateway: what a gateway of SMS or Zalo, or somebody's webhook, must do. It keeps what it is sent.

Run it by itself to try a set-up by hand: `python -m tests.factories.gateway 8099`.
"""

import asyncio
import json
import sys
from contextlib import asynccontextmanager


class Gateway:
    """Answers with the statuses of `says` first, then 202; the same id is taken once (`idempotency-key`)."""

    def __init__(self):
        self.calls, self.says, self.taken = [], [], {}

    async def serve(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = head.split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.calls.append((lines[0], headers, body))
        status, extra = self.says.pop(0) if self.says else (202, "")
        if status < 300:
            self.taken.setdefault(
                headers.get("idempotency-key") or headers.get("webhook-id"), json.loads(body)
            )
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n{extra}\r\n".encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def gateway(port=0):
    """Serve on the loopback; gives the gateway, which knows its `origin`."""
    made = Gateway()
    server = await asyncio.start_server(made.serve, "127.0.0.1", port)
    made.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        server.close()


async def _run(port):
    async with gateway(port) as made:
        print(made.origin)  # noqa: T201 - a program of its own
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_run(int(sys.argv[1])))
