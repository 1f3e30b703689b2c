"""A proxy that spoils connections on purpose: what toxiproxy does, small, in a thread of its own, repeatable by seed.

    with Proxy(("127.0.0.1", port), seed=7) as proxy:      # or a socket's path, and `async with` is the same
        proxy.toxics = (Latency(0.05), LoseAnswers(0.3))   # holds for open connections too, from now on
        ...
        proxy.heal()

A toxic works on whole reads of the socket, which for HTTP and PostgreSQL are requests and answers unless they are long.
"""

import asyncio
import contextlib
import random
import socket
import struct
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Self

from tests.faults.toxics import (
    Bandwidth,
    HalfOpen,
    Latency,
    LoseAnswers,
    LoseRequests,
    Refuse,
    Reset,
    Slices,
    StallAccept,
    Toxic,
    Way,
    rewritten,
)

READ = 65_536
DIVIDED_S = 0.1
"""How long the end of a read that may begin a text to rewrite waits for the rest of it."""
# Below the range from which the kernel gives out ports, so that nobody takes ours while it is closed.
PORTS = range(20_000, 32_000)
Upstream = tuple[str, int] | Path


class _Link:
    """One connection through the proxy."""

    def __init__(self, proxy: "Proxy", number: int, down: asyncio.StreamWriter) -> None:
        self.proxy = proxy
        self.random = random.Random(f"{proxy.seed}:{number}")
        self.down = down
        self.up: asyncio.StreamWriter | None = None
        self.passed: dict[Reset, int] = {}
        self.asking = False
        self.losing: LoseAnswers | None = None
        self.dead = False

    async def run(self, from_client: asyncio.StreamReader) -> None:
        try:
            await self.proxy.flowing()
            from_server, self.up = await self.proxy.dial()
            pumps = [self._pump(from_client, self.up, "up"), self._pump(from_server, self.down, "down")]
            await asyncio.gather(*pumps)
        except (OSError, EOFError):
            self.reset()
        finally:
            for writer in (self.down, self.up):
                if writer is not None:
                    writer.close()

    def reset(self) -> None:
        """Send RST rather than FIN to both."""
        self.dead = True
        for writer in (self.down, self.up):
            if writer is None or writer.transport.is_closing():
                continue
            with contextlib.suppress(OSError):
                linger = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Way) -> None:
        begun = b""
        while True:
            try:
                data = await asyncio.wait_for(reader.read(READ), DIVIDED_S if begun else None)
            except TimeoutError:
                await self.proxy.flowing()
                if not self.dead:
                    await self._forward(begun, writer)
                begun = b""
                continue
            await self.proxy.flowing()
            if not data:
                break
            if self.dead:
                continue
            data, begun = rewritten(begun + data, self.proxy.toxics)
            data, cut = self._judged(data, way)
            if data and not self.dead:
                await self._forward(data, writer)
            if cut:
                self.reset()
                return
        if begun and not self.dead:
            await self._forward(begun, writer)
        if not self.dead and writer.can_write_eof():
            writer.write_eof()

    def _judged(self, data: bytes, way: Way) -> tuple[bytes, bool]:
        """Give what of a read goes on, and whether the connection is cut after it."""
        for toxic in self.proxy.toxics:
            if isinstance(toxic, LoseRequests | LoseAnswers) and self._lost(toxic, data, way):
                self.proxy.lost += 1
                self.dead = True
                return b"", toxic.how == "reset"
            if isinstance(toxic, Reset) and (left := self._left(toxic, data, way)) is not None:
                if left <= len(data):
                    return data[:left], True
                self.passed[toxic] = self.passed.get(toxic, 0) + len(data)
        self.asking = way == "up"
        return data, False

    def _lost(self, toxic: LoseRequests | LoseAnswers, data: bytes, way: Way) -> bool:
        if way == "up":
            hit = toxic.containing in data and self.random.random() < toxic.share
            if isinstance(toxic, LoseAnswers):
                # A long request comes in several reads; it is judged once.
                if not self.asking or toxic.containing:
                    self.losing = toxic if hit else None
                return False
            return hit and (bool(toxic.containing) or not self.asking)
        return isinstance(toxic, LoseAnswers) and self.losing is toxic

    def _left(self, toxic: Reset, data: bytes, way: Way) -> int | None:
        """Give how many bytes may still pass, or None where the toxic does not count."""
        if toxic not in self.passed and toxic.containing not in data:
            return None
        if toxic.way is not None and toxic.way != way:
            # The bytes to look for may go one way, and those to count the other.
            if toxic.containing and toxic.containing in data:
                self.passed.setdefault(toxic, 0)
            return None
        return toxic.after - self.passed.get(toxic, 0)

    async def _forward(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        toxics = self.proxy.toxics
        size, pause = len(data), 0.0
        for toxic in toxics:
            if isinstance(toxic, Latency):
                await asyncio.sleep(toxic.seconds + toxic.jitter * self.random.uniform(-1, 1))
            elif isinstance(toxic, Slices):
                size, pause = min(size, toxic.size), toxic.pause
            elif isinstance(toxic, Bandwidth):
                size = min(size, max(1, toxic.bytes_per_second // 20))
                pause = max(pause, size / toxic.bytes_per_second)
        for start in range(0, len(data), size):
            writer.write(data[start : start + size])
            await writer.drain()
            if size < len(data):
                await asyncio.sleep(pause)


class Proxy:
    """Listens on a port of this machine that stays the same, and forwards to `upstream` as the toxics allow."""

    def __init__(self, upstream: Upstream, *, seed: int = 0) -> None:
        self.upstream = upstream
        self.seed = seed
        self.lost = 0
        self.address = ("127.0.0.1", 0)
        self._toxics: tuple[Toxic, ...] = ()
        self._count = 0
        self._links: dict[asyncio.Task[None], _Link] = {}
        self._open = asyncio.Event()
        self._listening: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)

    @property
    def port(self) -> int:
        """The port, also while nothing listens on it."""
        return self.address[1]

    @property
    def url(self) -> str:
        """Where an HTTP server behind the proxy answers."""
        return f"http://{self.address[0]}:{self.port}"

    @property
    def toxics(self) -> tuple[Toxic, ...]:
        """What is wrong now."""
        return self._toxics

    @toxics.setter
    def toxics(self, toxics: tuple[Toxic, ...]) -> None:
        self._call(lambda: self._apply(tuple(toxics)))

    def heal(self) -> None:
        """Take every toxic away; a connection that lost bytes stays dead."""
        self.toxics = ()

    def reset_all(self) -> None:
        """End every open connection hard."""
        self._call(self._reset_links)

    def start(self) -> Self:
        """Begin to listen."""
        self._thread.start()
        self._call(self._begin)
        return self

    def stop(self) -> None:
        """End every connection and the thread."""
        self._call(self._end)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    __enter__ = start

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    async def __aenter__(self) -> Self:
        """Start."""
        return self.start()

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    async def flowing(self) -> None:
        """Wait while the way is half open."""
        await self._open.wait()

    async def dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open the other half of a connection."""
        if isinstance(self.upstream, Path):
            return await asyncio.open_unix_connection(str(self.upstream))
        return await asyncio.open_connection(*self.upstream)

    def _call(self, work: Callable[[], None] | Callable[[], Awaitable[None]]) -> None:
        async def within() -> None:
            done = work()
            if done is not None:
                await done

        asyncio.run_coroutine_threadsafe(within(), self._loop).result(10)

    def _apply(self, toxics: tuple[Toxic, ...]) -> None:
        self._toxics = toxics
        for link in self._links.values():
            link.passed.clear()
            link.losing = None
        kinds = {type(toxic) for toxic in toxics}
        if HalfOpen in kinds:
            self._open.clear()
        else:
            self._open.set()
        if any(isinstance(toxic, Refuse) and toxic.open_too for toxic in toxics):
            self._reset_links()
        if Refuse in kinds:
            self._close()
        elif self._listening is None:
            self._listen()
        if StallAccept in kinds:
            self._stop_accepting()
        elif self._listening is not None and self._accepting is None:
            self._accepting = self._loop.create_task(self._accept(self._listening))

    def _begin(self) -> None:
        ports = random.Random(f"{self.seed}:{id(self)}").sample(PORTS, 50)
        for port in ports:
            self.address = (self.address[0], port)
            with contextlib.suppress(OSError):
                self._apply(())
                return
        raise OSError("no free port")

    def _listen(self) -> None:
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(self.address)
        except OSError:
            listening.close()
            raise
        listening.listen(512)
        listening.setblocking(False)
        self._listening = listening

    def _close(self) -> None:
        self._stop_accepting()
        if self._listening is not None:
            self._listening.close()
            self._listening = None

    def _stop_accepting(self) -> None:
        if self._accepting is not None:
            self._accepting.cancel()
            # Closed at once, or the loop would still watch a socket that is gone.
            if self._listening is not None:
                self._loop.remove_reader(self._listening.fileno())
            self._accepting = None

    async def _accept(self, listening: socket.socket) -> None:
        while True:
            taken, _ = await self._loop.sock_accept(listening)
            reader, writer = await asyncio.open_connection(sock=taken)
            link = _Link(self, self._count, writer)
            self._count += 1
            task = self._loop.create_task(link.run(reader))
            self._links[task] = link
            task.add_done_callback(lambda done: self._links.pop(done, None))

    def _reset_links(self) -> None:
        for link in self._links.values():
            link.reset()

    async def _end(self) -> None:
        self._close()
        self._open.set()
        links = dict(self._links)
        for task, link in links.items():
            link.reset()
            task.cancel()
        await asyncio.gather(*links, return_exceptions=True)
