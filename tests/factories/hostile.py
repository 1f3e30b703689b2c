"""Partners on the loopback that behave badly, each in one way; and a watch over which addresses are connected to."""

import asyncio
import contextlib
import struct
import sys
from contextlib import asynccontextmanager, contextmanager

_watched = []


class Watch:
    """What sockets were connected to, and the names that were resolved; the loopback alone is let through."""

    def __init__(self):
        self.connected, self.resolved = [], []


def _hook(event, arguments):
    if not _watched or event not in {"socket.connect", "socket.getaddrinfo"}:
        return
    watch = _watched[-1]
    if event == "socket.getaddrinfo":
        watch.resolved.append(arguments[0])
        return
    address = arguments[1]
    if not isinstance(address, tuple):
        return
    watch.connected.append(address[0])
    if address[0] != "127.0.0.1":
        # Nothing leaves this machine, whatever the guard lets through.
        raise ConnectionRefusedError


@contextmanager
def watching():
    """Watch every socket of this process while the block runs."""
    if not hasattr(sys, "_postal_watch"):
        sys.addaudithook(_hook)
        sys._postal_watch = True
    watch = Watch()
    _watched.append(watch)
    try:
        yield watch
    finally:
        _watched.pop()


class Partner:
    """Serves connections one way; `connections` and `requests` tell what came."""

    def __init__(self, behave):
        self._behave = behave
        self.connections, self.requests, self.closed = 0, [], asyncio.Event()
        self.tasks = set()

    async def serve(self, reader, writer):
        self.connections += 1
        self.tasks.add(asyncio.current_task())
        try:
            # Asyncio complains of a served connection whose task was cancelled.
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._behave(self, reader, writer)
            self.closed.set()
        finally:
            writer.transport.abort() if self._behave is resetting else writer.close()

    async def request(self, reader):
        head = await reader.readuntil(b"\r\n\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head.decode().split("\r\n")[1:] if line)
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.requests.append((head.decode().split("\r\n")[0], headers, body))


@asynccontextmanager
async def partner(behave, **more):
    """Serve on the loopback; gives the partner, which knows its `port` and `origin`."""
    made = Partner(behave)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0, **more)
    made.port = server.sockets[0].getsockname()[1]
    made.origin = f"http://127.0.0.1:{made.port}"
    try:
        yield made
    finally:
        server.close()
        for task in made.tasks:
            task.cancel()
        await asyncio.gather(*made.tasks, return_exceptions=True)
        await asyncio.sleep(0)


async def polite(partner, reader, writer):
    while True:
        await partner.request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok")


async def hanging(partner, reader, writer):
    await partner.request(reader)
    await reader.read()


async def trickling(partner, reader, writer):
    await partner.request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while not reader.at_eof():
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


async def trickling_headers(partner, reader, writer):
    await partner.request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while not reader.at_eof():
        writer.write(b"X-A: b\r\n")
        await writer.drain()
        await asyncio.sleep(0.02)


async def going_on_for_ever(partner, reader, writer):
    await partner.request(reader)
    while not reader.at_eof():
        writer.write(b"HTTP/1.1 102 Processing\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.02)


async def flooding(partner, reader, writer):
    await partner.request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n")
    for _ in range(1_000):
        writer.write(b"y" * 10_000)
        await writer.drain()


async def endless_header(partner, reader, writer):
    await partner.request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for _ in range(1_000):
        writer.write(b"X-A: " + b"z" * 1_000 + b"\r\n")
        await writer.drain()


async def half_a_header(partner, reader, writer):
    await partner.request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Le")
    await writer.drain()


async def cut_answer(partner, reader, writer):
    await partner.request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    await writer.drain()


async def nonsense(partner, reader, writer):
    await partner.request(reader)
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
    await writer.drain()


async def silent_end(partner, reader, writer):
    await partner.request(reader)


async def resetting(partner, reader, writer):
    await partner.request(reader)
    raw = writer.get_extra_info("socket")
    raw.setsockopt(1, 13, struct.pack("ii", 1, 0))  # SO_LINGER of no time: close is a reset
    writer.transport.abort()


def answering(status, *headers):
    """Answer each request so, and keep the connection."""

    async def behave(partner, reader, writer):
        while True:
            await partner.request(reader)
            lines = "".join(f"{each}\r\n" for each in headers)
            writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n{lines}\r\n".encode())

    return behave
