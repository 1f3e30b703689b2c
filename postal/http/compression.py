"""Compresses whole answers of text: a citizen's page over a slow line is a third of its size.

Streams pass through as they come: an answer is compressed only if all of it, or its length, is known at its start. So
server-sent events, downloads and files on their way are never held back.

Size tells of content where one page holds a secret beside what a stranger chose (BREACH). A stranger can choose only by
having a browser send requests from another site, so what a signed-in browser is sent because of another site is left
as it is; and no page writes a token or a key beside what its address says.
"""

import gzip
import re
from functools import lru_cache
from typing import Any

from litestar.types import HTTPScope, Message, Send

LEAST = 600
MOST = 4_194_304
LEVEL = 6
COMPRESSED = frozenset(
    {
        "text/html",
        "text/css",
        "text/plain",
        "text/csv",
        "text/javascript",
        "application/javascript",
        "application/json",
        "application/problem+json",
        "application/manifest+json",
        "application/wasm",
        "image/svg+xml",
    }
)
_TAKES_GZIP = re.compile(rb"(?:^|[\s,])(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[0-9.]+\s*)?(?:,|$)")
_SIGNED_IN = (b"session", b"station")


def with_compression(scope: HTTPScope, send: Send) -> Send:
    """Wrap `send` so that an answer fit for it goes out compressed, where the caller takes that."""
    headers = dict(scope["headers"])
    if scope["method"] == "HEAD" or not _TAKES_GZIP.search(headers.get(b"accept-encoding", b"").lower()):
        return send
    if _may_be_chosen_by_strangers(headers):
        return send
    return _Compressing(scope, send).send


class _Compressing:
    """Holds the start of an answer back until all of it is there."""

    def __init__(self, scope: HTTPScope, send: Send) -> None:
        self._kept = scope["path"].startswith("/static/")
        self._send = send
        self._start: Any = None
        self._body = bytearray()

    async def send(self, message: Message) -> None:
        """Pass on what is not fit, and keep what is."""
        if message["type"] == "http.response.start":
            if _fit(message):
                self._start = message
            else:
                await self._send(message)
        elif self._start is None or message["type"] != "http.response.body":
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish(self._start)

    async def _finish(self, start: Any) -> None:
        body = bytes(self._body)
        if LEAST <= len(body) <= MOST:
            body = _kept(body) if self._kept else _packed(body)
            replaced = (b"content-length", b"etag")
            start["headers"] = [
                *((name, value) for name, value in start["headers"] if name.lower() not in replaced),
                *((b"etag", _weak(value)) for name, value in start["headers"] if name.lower() == b"etag"),
                (b"content-encoding", b"gzip"),
                (b"content-length", str(len(body)).encode()),
            ]
        start["headers"] = [*start["headers"], (b"vary", b"Accept-Encoding")]
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body, "more_body": False})


def _fit(start: Any) -> bool:
    """Say whether an answer may be held until it is whole: text of a known length, not a part, not compressed yet."""
    headers = {name.lower(): value for name, value in start.get("headers", ())}
    media = headers.get(b"content-type", b"").split(b";")[0].strip().lower().decode("latin-1")
    length = headers.get(b"content-length", b"")
    known = length.isdigit() and LEAST <= int(length) <= MOST
    whole = start["status"] not in {204, 206, 304} and b"content-encoding" not in headers
    return known and whole and media in COMPRESSED


def _may_be_chosen_by_strangers(headers: dict[bytes, bytes]) -> bool:
    signed_in = any(name in headers.get(b"cookie", b"") for name in _SIGNED_IN)
    return signed_in and headers.get(b"sec-fetch-site", b"none") in {b"cross-site", b"same-site"}


def _packed(body: bytes) -> bytes:
    # No time in the head, so that equal answers are equal bytes.
    return gzip.compress(body, LEVEL, mtime=0)


@lru_cache(maxsize=64)
def _kept(body: bytes) -> bytes:
    """Compress what is asked for again and again, once for each process."""
    return gzip.compress(body, 9, mtime=0)


def _weak(tag: bytes) -> bytes:
    return tag if tag.startswith(b"W/") else b"W/" + tag
