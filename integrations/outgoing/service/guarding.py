"""Connections to addresses that somebody else chose: resolved once, checked, and made to the very address checked.

The check stands where the connection is made, below everything that knows of HTTP: whatever is pooled above it, no
connection to an address that was not checked can come about, and a name that leads elsewhere at its next resolution
is checked again before anything is sent there.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpcore

from integrations.outgoing.rules import Address, is_public

Resolve = Callable[[str, int], Awaitable[list[str]]]

TRIED = 3
"""How many addresses of a name are tried: what never reached them may go again at once."""


_asking = ThreadPoolExecutor(32, thread_name_prefix="names")


class Refused(Exception):
    """The address may not be called: it is not of the open Internet, or not https, or the body is too long."""


class Unreached(Exception):
    """Nothing came back; `maybe` where the call may have arrived all the same."""

    def __init__(self, *, maybe: bool) -> None:
        super().__init__("unreached")
        self.maybe = maybe


async def resolved(host: str, port: int) -> list[str]:
    """Ask the system's resolver, in threads of its own: a name server that hangs holds up nobody else's work."""
    ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_asking, ask)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


async def checked(host: str, port: int, resolve: Resolve, *, inside: bool) -> list[Address]:
    """Resolve once; where one answer is not public, none is called, since the next try could get that one.

    Raises:
        Refused: The name leads where nobody may send us.
        OSError: The name leads nowhere.
    """
    addresses = [ipaddress.ip_address(text.split("%")[0]) for text in await resolve(host, port)]
    if not addresses:
        raise OSError("the name leads nowhere")
    if not inside and not all(is_public(each) for each in addresses):
        raise Refused
    return addresses


class Guard(httpcore.AsyncNetworkBackend):
    """Makes connections for a pool; those `inside` may lead anywhere, since the operator named their origins."""

    def __init__(self, resolve: Resolve, *, inside: bool = False) -> None:
        self._resolve = resolve
        self._inside = inside
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to a checked address of a name, the next one if the first does not answer."""
        loop = asyncio.get_running_loop()
        until = None if timeout is None else loop.time() + timeout
        try:
            async with asyncio.timeout(timeout):
                addresses = await checked(host, port, self._resolve, inside=self._inside)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout from error
        except OSError as error:
            raise httpcore.ConnectError from error
        tried = addresses[:TRIED]
        for number, address in enumerate(tried, start=1):
            left = None if until is None else max(0.01, until - loop.time()) / (len(tried) - number + 1)
            try:
                return await self._backend.connect_tcp(
                    str(address),
                    port,
                    timeout=left,
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == len(tried):
                    raise
        raise httpcore.ConnectError
