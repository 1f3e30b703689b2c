"""Calls to addresses that somebody else chose: resolved once, checked, and made to the very address checked."""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Collection, Mapping

import httpx
from msgspec import Struct

from integrations.outgoing.rules import Address, Target, is_public, target_of

CONNECT_S = 5.0
WHOLE_S = 15.0
MOST_READ = 65_536

Resolve = Callable[[str, int], Awaitable[list[str]]]


class Answered(Struct, frozen=True, kw_only=True):
    """What came back: the status, and for how long to leave it alone. The body is shown to nobody."""

    status: int
    retry_after: int | None = None


class Refused(Exception):
    """The address may not be called: it is not of the open Internet, or not https."""


class Unreached(Exception):
    """Nothing came back; `maybe` where the call may have arrived all the same."""

    def __init__(self, *, maybe: bool) -> None:
        super().__init__("unreached")
        self.maybe = maybe


async def resolved(host: str, port: int) -> list[str]:
    """Ask the system's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


async def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    trusted: Collection[str] = (),
    resolve: Resolve = resolved,
    whole_s: float = WHOLE_S,
) -> Answered:
    """Send a body; follows no redirect, asks no proxy, and reads little.

    Raises:
        Refused: The address leads where nobody may send us.
        Unreached: There was no answer.
    """
    target = target_of(url, trusted)
    if target is None:
        raise Refused
    try:
        async with asyncio.timeout(whole_s):
            address = await _checked(target, resolve)
            return await _posted(target, address, body, headers)
    except (TimeoutError, httpx.ReadError, httpx.ReadTimeout, httpx.RemoteProtocolError) as error:
        raise Unreached(maybe=True) from error
    except (httpx.HTTPError, OSError) as error:
        raise Unreached(maybe=False) from error


async def _checked(target: Target, resolve: Resolve) -> Address:
    """Resolve once; where one answer is not public, none is called, since the next try could get that one."""
    addresses = [ipaddress.ip_address(text.split("%")[0]) for text in await resolve(target.host, target.port)]
    if not addresses:
        raise Unreached(maybe=False)
    if not target.trusted and not all(is_public(each) for each in addresses):
        raise Refused
    return addresses[0]


async def _posted(target: Target, address: Address, body: bytes, headers: Mapping[str, str]) -> Answered:
    shown = f"[{address}]" if address.version == 6 else str(address)
    named = target.host if target.port in {80, 443} else f"{target.host}:{target.port}"
    async with (
        httpx.AsyncClient(
            trust_env=False, follow_redirects=False, timeout=httpx.Timeout(WHOLE_S, connect=CONNECT_S)
        ) as client,
        client.stream(
            "POST",
            f"{target.scheme}://{shown}:{target.port}{target.path}",
            content=body,
            headers={**headers, "Host": named, "Accept-Encoding": "identity"},
            extensions={"sni_hostname": target.host},
        ) as answer,
    ):
        read = 0
        async for piece in answer.aiter_raw():
            read += len(piece)
            if read > MOST_READ:
                break
        wait = answer.headers.get("retry-after", "")
        return Answered(
            status=answer.status_code, retry_after=int(wait) if wait.isdigit() and len(wait) < 6 else None
        )
