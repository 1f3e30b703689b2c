"""`Idempotency-Key`: a repeated request gives the stored answer and has no second effect.

It holds for every unsafe request under `/api/v1` except `/scans` (whose rows carry ids of their own) and routes that
declare `opt=ONCE_ONLY` because their answer shows a secret, which must not be kept; there the key is refused. Routes
with `opt=OWN_IDS` know a repeated message themselves.
Nothing needs to be done in a handler.

The middleware opens one transaction around the handler (`shared_unit_of_work`), which the services' units of work join
as savepoints, and writes the answer into it before COMMIT; only then is the answer sent. So effect and answer are kept
together or not at all, whatever is killed in between:

- the answer is a success, or a refusal after something was kept: both are kept;
- a refusal without effect, or a failure (5xx): nothing is kept, and the same key may be tried again.

Two requests with one key at a time exclude each other by an advisory lock of the transaction, which a killed process
gives back by itself; the second is told 409 at once. Keys belong to their actor; a caller without credentials has no
one for a key to belong to, so there it is not looked at.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from litestar import Request
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from litestar.utils.scope.state import ScopeState

from postal import clock
from postal.db import shared_unit_of_work
from postal.errors import BadInput, Conflict, Gone, Unprocessable
from postal.http import idempotency_keys
from postal.http.idempotency_keys import StoredAnswer
from postal.http.layers import Layer

HEADER = "idempotency-key"
LONGEST_KEY = 255
KEPT_FOR = timedelta(days=30)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PREFIX = "/api/v1/"
SCANS = "/api/v1/scans"

OPT = "idempotency"
ONCE_ONLY: dict[str, Any] = {OPT: False}
"""For routes whose answer holds a secret that is shown once."""

OWN_IDS: dict[str, Any] = {OPT: None}
"""For routes whose messages carry ids of their own, by which the service knows them again: nothing is kept here."""

# Made anew for each answer, so not part of what is kept.
_PER_ANSWER = frozenset({"x-request-id", "date", "server", "set-cookie"})


def takes_key(path: str, handler: BaseRouteHandler, method: str) -> bool:
    """Say whether requests to a route may carry a key."""
    return _concerns(path, method) and bool(handler.opt.get(OPT, True))


class IdempotencyMiddleware(Layer):
    """Runs innermost, so that identity and limits are judged anew for each repetition."""

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass on, replay, or run the handler in a transaction that also keeps its answer."""
        await self._handle(cast("HTTPScope", scope), receive, send, next_app)

    async def _handle(self, scope: HTTPScope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        key = _key_of(scope)
        actor = scope.get("user")
        path = scope["path"]
        own = scope["route_handler"].opt.get(OPT, True) is None
        if key is None or own or not _concerns(path, scope["method"]):
            await next_app(scope, receive, send)
            return
        if actor is None or actor.kind == "anonymous":
            await next_app(scope, receive, send)
            return
        if not takes_key(path, scope["route_handler"], scope["method"]):
            raise BadInput(
                "idempotency.not_here",
                vi="Địa chỉ này không nhận Idempotency-Key vì câu trả lời chứa bí mật chỉ hiện một lần.",
                en="This address takes no Idempotency-Key, since its answer shows a secret once.",
                pointer="/header/Idempotency-Key",
            )
        request: Request[Any, Any, Any] = scope["litestar_app"].request_class(scope, receive, send)
        fingerprint = _fingerprint(scope, await request.body())
        now = await clock.now()
        try:
            answer = await _answer(next_app, scope, receive, (actor.id, key), fingerprint, now)
        except BaseException:
            # Litestar saw the collected answer go by; none was sent, so the refusal may still be.
            ScopeState.from_scope(scope).response_started = False
            raise
        for message in answer:
            await send(message)


async def _answer(
    next_app: ASGIApp,
    scope: Scope,
    receive: Receive,
    owner: tuple[str, str],
    fingerprint: bytes,
    now: datetime,
) -> list[Message]:
    """Give the messages of the answer, stored or new; when this returns, a new one is committed with its effect."""
    async with shared_unit_of_work() as unit:
        if (stored := await _stored(owner, fingerprint, now)) is not None:
            return _replay(stored)
        if not await idempotency_keys.claim(*owner):
            raise Conflict(
                "idempotency.running",
                vi="Yêu cầu với khóa này đang được xử lý; hãy gửi lại sau ít giây.",
                en="A request with this key is being answered; send it again in a few seconds.",
                retry_after=1,
            )
        # Whoever had the key a moment ago may have committed between the two statements.
        if (stored := await _stored(owner, fingerprint, now)) is not None:
            return _replay(stored)
        messages: list[Message] = []

        async def collect(message: Message) -> None:
            messages.append(message)

        await next_app(scope, receive, collect)
        status = messages[0]["status"] if messages and messages[0]["type"] == "http.response.start" else 500
        if status < 400 or (status < 500 and unit.has_effects):
            await idempotency_keys.keep(*owner, _stored_form(messages, status, fingerprint, now))
        else:
            unit.drop()
    return messages


async def _stored(owner: tuple[str, str], fingerprint: bytes, now: datetime) -> StoredAnswer | None:
    stored = await idempotency_keys.find(*owner)
    if stored is None:
        return None
    if stored.created_at < now - KEPT_FOR:
        await idempotency_keys.forget(*owner)
        return None
    if not stored.fingerprint:
        raise Gone(
            "idempotency.erased",
            vi="Yêu cầu này đã được thực hiện; câu trả lời có dữ liệu cá nhân và đã được xóa theo yêu cầu.",
            en="This request was done; its answer held personal data and was erased, as was asked.",
            pointer="/header/Idempotency-Key",
        )
    if stored.fingerprint != fingerprint:
        raise Unprocessable(
            "idempotency.other_body",
            vi="Khóa này đã dùng cho một yêu cầu khác; hãy dùng khóa mới.",
            en="This key was used for another request; use a new one.",
            pointer="/header/Idempotency-Key",
        )
    return stored


def _stored_form(messages: list[Message], status: int, fingerprint: bytes, now: datetime) -> StoredAnswer:
    start: Mapping[str, Any] = messages[0]
    headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in start["headers"]]
    return StoredAnswer(
        fingerprint=fingerprint,
        status=status,
        headers=[(name, value) for name, value in headers if name not in _PER_ANSWER],
        body=b"".join(cast("bytes", message.get("body", b"")) for message in messages[1:]),
        created_at=now,
    )


def _replay(stored: StoredAnswer) -> list[Message]:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in stored.headers]
    return [
        {
            "type": "http.response.start",
            "status": stored.status,
            "headers": [*headers, (b"idempotency-replayed", b"true")],
        },
        {"type": "http.response.body", "body": stored.body, "more_body": False},
    ]


def _concerns(path: str, method: str) -> bool:
    return method not in SAFE_METHODS and path.startswith(PREFIX) and path != SCANS


def _key_of(scope: Scope) -> str | None:
    found = [value for name, value in scope["headers"] if name == HEADER.encode()]
    if not found:
        return None
    key = found[0].decode("latin-1").strip(" \t")
    if len(found) > 1 or not 0 < len(key) <= LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise BadInput(
            "idempotency.key",
            vi="Idempotency-Key phải có từ 1 đến 255 ký tự ASCII in được.",
            en="Idempotency-Key must be 1 to 255 printable ASCII characters.",
            pointer="/header/Idempotency-Key",
        )
    return key


def _fingerprint(scope: HTTPScope, body: bytes) -> bytes:
    digest = hashlib.sha256()
    for part in (scope["method"].encode(), scope["path"].encode(), scope.get("query_string", b""), body):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()
