"""Refuses unsafe requests that a browser sends on behalf of another site (request forgery).

Browsers state the initiator in Sec-Fetch-Site, older ones at least in Origin, on every request that a foreign page
can make them send. Callers that state neither are no browsers, and no browser sends a bearer key of its own accord.
This covers sign-in too, where a token bound to a session could not exist yet, and leaves no stale tokens in open
pages.
"""

from urllib.parse import urlsplit

from litestar.datastructures import Headers
from litestar.types import ASGIApp, Receive, Scope, Send

from postal.errors import Forbidden
from postal.http.layers import Layer

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class CrossSiteMiddleware(Layer):
    """Runs before identity, so that a forged request is refused whoever it would act as."""

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass on what does not come from another site."""
        if scope.get("method") not in SAFE_METHODS and is_foreign(Headers.from_scope(scope)):
            raise Forbidden(
                "request.cross_site",
                vi="Yêu cầu đến từ trang khác.",
                en="This request comes from another site.",
            )
        await next_app(scope, receive, send)


def is_foreign(headers: Headers) -> bool:
    """Say whether another site's page made a browser send this."""
    if headers.get("authorization", "").lower().startswith("bearer "):
        return False
    if (site := headers.get("sec-fetch-site")) is not None:
        return site not in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower()
