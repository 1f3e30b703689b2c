"""The lightest client that keeps its promises: HTTP/1.1 over one kept connection, one request at a time."""

import asyncio
import socket
from typing import Self

END_OF_HEAD = b"\r\n\r\n"
LENGTH = b"content-length:"


class Wire(asyncio.Protocol):
    """One connection to a server; `ask` sends a whole request and gives status and body."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._waiting: asyncio.Future[tuple[int, bytes]] | None = None
        self._buffer = b""
        self._expected = -1
        self._head = 0
        self.leaving = False
        """Whether the server said that it closes this connection."""

    @classmethod
    async def to(cls, port: int) -> Self:
        """Connect to a server on this machine."""
        wire = cls(port)
        await wire._connect()
        return wire

    async def _connect(self) -> None:
        await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", self._port)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a request and give the answer's status and body; connects again if the server let go meanwhile."""
        if self._transport.is_closing():
            await self._connect()
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        if self._expected < 0:
            self._head = self._buffer.find(END_OF_HEAD)
            if self._head < 0:
                return
            head = self._buffer[: self._head].lower()
            place = head.find(LENGTH)
            length = (
                int(head[place + len(LENGTH) : head.find(b"\r", place) % (len(head) + 1)]) if place > 0 else 0
            )
            self._expected = self._head + len(END_OF_HEAD) + length
            self.leaving = b"connection: close" in head
        if len(self._buffer) >= self._expected:
            answer = int(self._buffer[9:12]), self._buffer[self._head + len(END_OF_HEAD) : self._expected]
            self._buffer, self._expected = b"", -1
            if self._waiting is not None and not self._waiting.done():
                self._waiting.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(exc or ConnectionResetError("the server hung up"))

    def close(self) -> None:
        """Hang up."""
        self._transport.close()


def get(path: str, headers: str = "") -> bytes:
    """Write a request for a path."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n".encode()


def post_head(path: str, key: str) -> str:
    """Write the head of a request with a JSON body, up to its length."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        "Content-Type: application/json\r\nContent-Length: "
    )
