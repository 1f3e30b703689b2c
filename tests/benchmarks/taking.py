"""The lightest receiver of webhooks, 204 to every request; `python -m tests.benchmarks.taking` prints its port."""

import asyncio
from collections.abc import Callable
from typing import cast

ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"
END_OF_HEAD = b"\r\n\r\n"
LENGTH = b"content-length:"


class Taking(asyncio.Protocol):
    """One connection; tells each body to `take`."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # That of uvloop is one by its behaviour alone.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (head := self._buffer.find(END_OF_HEAD)) >= 0:
            place = self._buffer[:head].lower().find(LENGTH)
            length = int(self._buffer[place + len(LENGTH) : head].split(b"\r", 1)[0]) if place > 0 else 0
            end = head + len(END_OF_HEAD) + length
            if len(self._buffer) < end:
                return
            self._take(self._buffer[end - length : end])
            self._buffer = self._buffer[end:]
            self._transport.write(ANSWER)


async def serve(take: Callable[[bytes], None]) -> asyncio.Server:
    """Listen on the loopback."""
    return await asyncio.get_running_loop().create_server(lambda: Taking(take), "127.0.0.1", 0)


async def _run() -> None:
    server = await serve(lambda _: None)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - a program of its own
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_run())
