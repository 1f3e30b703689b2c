"""Ask a web process on this machine whether it answers."""

import asyncio

PATIENCE_S = 3.0


async def answers(host: str, port: int, path: str) -> bool:
    """Whether `GET path` is answered with 200."""
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    try:
        async with asyncio.timeout(PATIENCE_S):
            reader, writer = await asyncio.open_connection(target, port)
            try:
                writer.write(
                    f"GET {path} HTTP/1.1\r\nHost: {target}:{port}\r\nConnection: close\r\n\r\n".encode()
                )
                await writer.drain()
                return b" 200 " in await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False
