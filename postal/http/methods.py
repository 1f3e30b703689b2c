"""HEAD wherever there is GET, and OPTIONS at every address, told from the methods that its routes take."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import cast

from litestar.types import HTTPScope, Message, Send

ASKED = "postal.method"
"""In the scope: the method that was asked, where another one is routed. An answer without an end must know."""

_NO_ROUTE = "ALLOW?"
"""A method that no route takes: the router refuses it with `Allow`, which is all that OPTIONS asks for.

Litestar's own answer to OPTIONS forgets the other handlers of an address, and would need an access of its own.
"""


def routed(scope: HTTPScope) -> HTTPScope:
    """Let the handler of GET answer HEAD, and the router OPTIONS; what was asked is kept beside."""
    method = {"HEAD": "GET", "OPTIONS": _NO_ROUTE}.get(scope["method"])
    return cast("HTTPScope", {**scope, "method": method, ASKED: scope["method"]}) if method else scope


def with_method(scope: HTTPScope, send: Send) -> Send:
    """Wrap `send` so that an answer to HEAD has no body, one to OPTIONS is no refusal, and `Allow` names both."""
    bodiless = scope["method"] == "HEAD"

    async def send_fitting(message: Message) -> None:
        nonlocal bodiless
        if message["type"] == "http.response.start":
            message["headers"] = list(_allowing(message.get("headers", ())))
            if scope["method"] == "OPTIONS" and message["status"] == HTTPStatus.METHOD_NOT_ALLOWED:
                bodiless = True
                message["status"] = HTTPStatus.NO_CONTENT.value
                message["headers"] = [
                    pair for pair in message["headers"] if not pair[0].startswith(b"content-")
                ]
        elif bodiless and message["type"] == "http.response.body":
            message["body"] = b""
        await send(message)

    return send_fitting


def _allowing(headers: Iterable[tuple[bytes, bytes]]) -> Iterable[tuple[bytes, bytes]]:
    for name, value in headers:
        if name.lower() == b"allow":
            methods = {method.strip() for method in value.split(b",")} | {b"OPTIONS"}
            yield name, b", ".join(sorted(methods | {b"HEAD"} if b"GET" in methods else methods))
        else:
            yield name, value
