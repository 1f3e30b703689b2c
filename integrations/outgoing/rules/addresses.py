"""Which addresses outside may be called: what somebody typed must not lead into our own network. Pure."""

import ipaddress
import re
from collections.abc import Collection
from urllib.parse import urlsplit

from msgspec import Struct

PORTS = frozenset({443, 8443})
LONGEST = 2_000
_NAME = re.compile(
    r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9\-]{0,61}[a-z0-9])"
)
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
_SIX_TO_FOUR = ipaddress.ip_network("2002::/16")
_TEREDO = ipaddress.ip_network("2001::/32")

# Special ones that the library of some Python releases takes for global.
_SPECIAL = tuple(
    ipaddress.ip_network(each)
    for each in (
        "192.0.0.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.175.48.0/24",
        "2001::/23", "2620:4f:8000::/48", "3fff::/20", "5f00::/16", "fec0::/10",
    )
)  # fmt: skip

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Target(Struct, frozen=True):
    """Where a call goes; `trusted` is on the operator's list and so may lie inside."""

    scheme: str
    host: str
    port: int
    path: str
    trusted: bool


def target_of(url: str, trusted: Collection[str] = ()) -> Target | None:
    """Read an address; None for what is not `https://name[:443|:8443]/…`, unless `scheme://host:port` is trusted.

    Names alone: a number in any writing (decimal, octal, hex, shortened) is no name, nor is one without a dot.
    """
    if (
        len(url) > LONGEST
        or not url.isascii()
        or any(sign.isspace() or not sign.isprintable() for sign in url)
    ):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port if parts.port is not None else 443 if parts.scheme == "https" else 80
    except ValueError:
        return None
    host = (parts.hostname or "").lower()
    if "\\" in url or "@" in parts.netloc or not host or parts.fragment:
        return None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if f"{parts.scheme}://{host}:{port}" in trusted:
        return Target(parts.scheme, host, port, path, trusted=True)
    if parts.scheme != "https" or port not in PORTS or not _NAME.fullmatch(host):
        return None
    return Target("https", host, port, path, trusted=False)


def is_public(address: Address) -> bool:
    """Say whether an address lies in the open Internet, also what is wrapped in it."""
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = _wrapped(address)
        if wrapped is not None:
            return is_public(wrapped)
        if address in _TEREDO:
            return False
    if any(address in network for network in _SPECIAL if network.version == address.version):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _wrapped(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if any(address in network for network in _NAT64):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _SIX_TO_FOUR:
        return address.sixtofour
    if int(address) >> 32 == 0 and int(address) > 1:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None
