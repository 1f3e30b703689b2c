"""Turn the credentials of a request into its actor."""

from collections.abc import Iterable
from datetime import datetime
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie

from litestar.datastructures import Headers
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from postal import clock
from postal.audit import service as audit
from postal.audit.looks import Seen, collected
from postal.errors import Unauthenticated
from postal.http.layers import Layer
from postal.identity import service
from postal.identity.access import STATION, access_of
from postal.identity.cookies import cookie_name, station_name
from postal.identity.rules import ANONYMOUS, Actor


class IdentityMiddleware(Layer):
    """Set `scope["user"]` to the actor: by bearer key, by session cookie, or the anonymous one.

    On the routes that say so, the cookie of a browser that is a device counts before the session of a person.

    An unknown, expired or revoked key is refused at once and always with the same answer; a session that has ended
    merely makes the caller anonymous, so that the sign-in page can be shown.
    """

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Authenticate, audit what inspectors read and what anybody is shown of people, and pass on."""
        headers = Headers.from_scope(scope)
        actor = await _actor(scope, headers)
        at = await _audit(scope, actor) if actor.reads_everything else None
        scope["user"] = actor
        scope["auth"] = None
        if actor.kind == "anonymous":
            await next_app(scope, receive, send)
            return
        with collected() as seen:
            await next_app(scope, receive, _Noting(send, actor, seen, at))


class _Noting:
    """Write what an answer shows of people before any of it leaves.

    An answer that leads elsewhere and a problem document show nothing of what was read for them.
    """

    def __init__(self, send: Send, actor: Actor, seen: Seen, at: datetime | None) -> None:
        self._send, self._actor, self._seen, self._at = send, actor, seen, at
        self._shows = True

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._shows = _shows(message["status"], message.get("headers", ()))
        if self._seen:
            if self._shows:
                await audit.record_looks(
                    self._seen,
                    now=self._at or await clock.now(),
                    actor=self._actor.id,
                    organisation=self._actor.organisation,
                )
            self._seen.clear()
        await self._send(message)


def _shows(status: int, headers: Iterable[tuple[bytes, bytes]]) -> bool:
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return False
    return not any(
        name.lower() == b"content-type" and value.startswith(b"application/problem")
        for name, value in headers
    )


async def _actor(scope: Scope, headers: Headers) -> Actor:
    if header := headers.get("authorization"):
        scheme, _, key = header.partition(" ")
        actor = None
        if scheme.lower() == "bearer":
            actor = await service.authenticate_key(key.strip(), await clock.now())
        if actor is None:
            raise Unauthenticated(
                "identity.key_unknown",
                vi="Khóa truy cập không hợp lệ hoặc đã hết hạn",
                en="Unknown or expired key",
            )
        return actor
    cookies, scheme = headers.get("cookie", ""), scope.get("scheme", "http")
    if scope["route_handler"].opt.get(STATION) and (held := _cookie(cookies, station_name(scheme))):
        device = await service.authenticate_key(held, await clock.now())
        if device is not None and device.device is not None:
            return device
    token = _cookie(cookies, cookie_name(scheme))
    if token is None:
        return ANONYMOUS
    return await service.authenticate_session(token, await clock.now()) or ANONYMOUS


def _cookie(header: str, name: str) -> str | None:
    try:
        morsel = SimpleCookie(header).get(name)
    except CookieError:
        return None
    return morsel.value if morsel else None


async def _audit(scope: Scope, actor: Actor) -> datetime | None:
    """Log a read before it happens, so that no unlogged one is answered; values of the query stay out."""
    access = access_of(scope["route_handler"])
    if access is not None and access.anonymous:
        return None
    now = await clock.now()
    await audit.record(
        now=now,
        actor=actor.id,
        organisation=actor.organisation,
        action=f"{scope.get('method', 'GET')} as inspector",
        subject=scope["path"],
    )
    return now
