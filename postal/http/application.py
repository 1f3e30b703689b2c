"""The Litestar application with what must wrap it whole.

Litestar's middleware runs inside the router, so an unrouted request (404, 405, a refused host) would get no request
id, no log line, no metrics and no security headers. These go around it here.
"""

from typing import cast

from litestar import Litestar
from litestar.enums import ScopeType
from litestar.types import HTTPScope, LifeSpanReceive, LifeSpanScope, LifeSpanSend, Receive, Scope, Send

from postal.http.compression import with_compression
from postal.http.headers import with_security_headers
from postal.http.hosts import Hosts
from postal.http.methods import routed, with_method
from postal.http.problems import problem_response
from postal.observability.requests import observed


class PostalApp(Litestar):
    """Litestar, observed and secured for every request."""

    hosts: Hosts = Hosts(())

    async def __call__(
        self,
        scope: Scope | LifeSpanScope,
        receive: Receive | LifeSpanReceive,
        send: Send | LifeSpanSend,
    ) -> None:
        """Answer one connection."""
        if scope["type"] != ScopeType.HTTP:
            await super().__call__(scope, receive, send)
            return

        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            http = cast("HTTPScope", scope)
            await self._admit(routed(http), receive, with_method(http, send))

        http = cast("HTTPScope", scope)
        answering = with_security_headers(http, with_compression(http, send))  # type: ignore[arg-type]
        await observed(application, http, receive, answering)  # type: ignore[arg-type]

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (refusal := self.hosts.refusal(scope)) is None:
            await super().__call__(scope, receive, send)
            return
        response = problem_response(scope, refusal)
        await response.to_asgi_response(app=None, request=self.request_class(scope))(scope, receive, send)
