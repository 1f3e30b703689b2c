"""Telling open pages that something changed: server-sent events that carry nothing but that.

One process asks the ledger's feed once a second, while anybody listens, what came in, and whom it concerns; a page that
is told asks again for what it shows. So nothing is decided here but who is told, and nothing personal goes this way.
Notifications of PostgreSQL would make all writers wait for one another at their commit; reading the feed costs them
nothing, needs no connection of its own and goes on by itself after the database was away.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Collection
from http import HTTPStatus
from typing import Annotated, Any

import structlog
from litestar import Request, get
from litestar.params import QueryParameter
from litestar.response import Stream

from postal import clock
from postal.errors import Forbidden, NotFound, PostalError, TooMany, Unavailable
from postal.files.rules import About
from postal.http.methods import ASKED
from postal.http.problems import refuses
from postal.identity import keys
from postal.identity.access import SIGNED_IN
from postal.identity.cookies import cookie_name
from postal.identity.repository import authentication
from postal.identity.rules import Actor
from postal.identity.service.sessions import IDLE
from postal.ledger import positions
from postal.registry import audiences, file_subjects

WORK = "work"
"""The topic of all that the caller's organisation sees; others are `manifest:CODE`, `piece:CODE` and so on."""

TICK_S = 1.0
HEARTBEAT_S = 15.0
APART_S = 2.0
"""A page is told no more often than this, whatever happens."""

ECHO_S = 4.0
"""So long after a change a page is told again: clocks and figures are counted by messages after it."""

MOST_ROWS = 300
"""When more came in at once, everybody is told rather than each row looked at."""

PROCESS_CLIENTS = 300
SESSION_CLIENTS = 5
"""A browser opens no more than six connections to one place, and needs one to ask by."""

OPENING = b"retry: 2000\n\n"
CHANGED = b"event: changed\ndata:\n\n"
ENDED = b"event: ended\ndata:\n\n"
HEARTBEAT = b":\n\n"

log = structlog.get_logger("postal.live")


class Client:
    """One open page."""

    def __init__(self, actor: Actor, session: bytes, code: str | None) -> None:
        """Take who listens, the digest of the session, and the code listened for; without one, all that is seen."""
        self.session = session
        self._actor = actor
        self._code = code
        self.stirred = asyncio.Event()
        self.leaving = asyncio.Event()
        self.signed_out = False

    def concerned(self, organisations: Collection[str], codes: Collection[str]) -> bool:
        """Say whether a change is this page's."""
        if self._code is not None:
            return self._code in codes
        return self._actor.reads_everything or not self._actor.sees.isdisjoint(organisations)

    def leave(self, *, signed_out: bool = False) -> None:
        """End the stream at its next step; a page whose person signed out is told not to come back."""
        self.signed_out = signed_out
        self.leaving.set()
        self.stirred.set()


class Live:
    """Who listens in this process, and the one task that asks for all of them."""

    def __init__(self) -> None:
        self._clients: set[Client] = set()
        self._following: asyncio.Task[None] | None = None
        self._place: positions.Place | None = None
        self._ending = False

    @property
    def size(self) -> int:
        """How many pages listen."""
        return len(self._clients)

    def admit(self, session: bytes) -> None:
        """Raise unless there is room for one more page of a session."""
        if self._ending or len(self._clients) >= PROCESS_CLIENTS:
            raise Unavailable(
                "live.full",
                vi="Máy chủ đang có quá nhiều trang theo dõi trực tiếp; hãy tải lại trang để xem tin mới.",
                en="Too many pages follow live now; load the page again to see what is new.",
                retry_after=30,
            )
        if Counter(client.session for client in self._clients)[session] >= SESSION_CLIENTS:
            raise TooMany(
                "live.too_many_pages",
                vi="Bạn đang mở quá nhiều trang theo dõi trực tiếp; hãy đóng bớt trang.",
                en="You have too many live pages open; close some of them.",
                retry_after=30,
            )

    async def events(self, client: Client) -> AsyncIterator[bytes]:
        """Give what one page is told, until it goes, its session ends, or this process does."""
        self._clients.add(client)
        try:
            await self._begin()
            # What happened between the making of the page and now would be told to nobody.
            yield OPENING + CHANGED
            echo = False
            while not client.leaving.is_set():
                if await _within(client.stirred, ECHO_S if echo else HEARTBEAT_S):
                    client.stirred.clear()
                    if client.leaving.is_set():
                        break
                    yield CHANGED
                    echo = True
                    await _within(client.leaving, APART_S)
                else:
                    yield CHANGED if echo else HEARTBEAT
                    echo = False
            if client.signed_out:
                yield ENDED
        finally:
            self._clients.discard(client)
            if not self._clients:
                self._rest()

    def end(self) -> None:
        """Let every page go, and admit no more: this process ends, and each comes back to another one."""
        self._ending = True
        for client in self._clients:
            client.leave()

    async def _begin(self) -> None:
        if self._place is None:
            self._place = await positions.settled()
        if self._following is None:
            self._following = asyncio.create_task(self._follow())

    def _rest(self) -> None:
        if self._following is not None:
            self._following.cancel()
        self._following = self._place = None

    async def _follow(self) -> None:
        try:
            while True:
                await asyncio.sleep(TICK_S)
                # While the database is away there is nothing to tell; the feed goes on where it was.
                with contextlib.suppress(PostalError):
                    await self._look()
                    await self._part_from_ended()
        except Exception as error:
            log.exception("live pages are let go", error=type(error).__qualname__)
            self._following = self._place = None
            for client in self._clients:
                client.leave()

    async def _look(self) -> None:
        """Stir the pages that what came in concerns."""
        place = self._place or await positions.settled()
        rows = await positions.rows_behind(place, MOST_ROWS)
        if not rows:
            return
        if len(rows) == MOST_ROWS:
            self._place = await positions.settled()
            self._stir(self._clients)
            return
        codes = {code for placed in rows for code in (placed.row.content.code, *placed.row.content.subjects)}
        organisations = {placed.row.content.organisation for placed in rows} - {None}
        concerned = {name for name in organisations if name is not None}
        for audience in audiences():
            found = await audience(codes)
            codes |= found.codes
            concerned |= found.organisations
        self._place = rows[-1].place
        self._stir(client for client in self._clients if client.concerned(concerned, codes))

    def _stir(self, clients: Any) -> None:
        for client in clients:
            client.stirred.set()

    async def _part_from_ended(self) -> None:
        # Who comes while the question is under way was not asked about.
        asked = tuple(self._clients)
        sessions = {client.session for client in asked}
        still = await authentication.list_open_sessions(sessions, await clock.now(), IDLE)
        for client in asked:
            if client.session not in still:
                client.leave(signed_out=True)


async def _within(event: asyncio.Event, seconds: float) -> bool:
    """Wait for an event for a while, and say whether it came."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()


@get(
    "/live",
    opt={**SIGNED_IN, **refuses(HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE)},
    include_in_schema=False,
    summary="Events that say when to ask again",
)
async def follow_live(
    request: Request[Actor, Any, Any],
    topic: Annotated[
        str, QueryParameter(max_length=80, description="`work`, or a kind of thing and its code")
    ],
) -> Stream:
    """Open a stream for a page of a signed-in person; it ends with the session."""
    token = request.cookies.get(cookie_name(request.url.scheme))
    if request.user.kind != "session" or token is None:
        raise Forbidden(
            "live.people_only",
            vi="Theo dõi trực tiếp chỉ dành cho người đăng nhập; chương trình hãy đọc /api/v1/events.",
            en="Live updates are for people who signed in; programs read /api/v1/events.",
        )
    live: Live = request.app.state["live"]
    client = Client(request.user, keys.digest(token), await _code_of(topic, request.user))
    live.admit(client.session)
    return Stream(
        iter(()) if ASKED in request.scope else live.events(client),
        media_type="text/event-stream",
        # A proxy that gathers an answer before it passes it on would gather for ever.
        headers={"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"},
    )


async def _code_of(topic: str, actor: Actor) -> str | None:
    """Find the code under which the ledger tells of a topic; what the actor may not see is not found."""
    if topic == WORK:
        return None
    kind, _, code = topic.partition(":")
    if kind not in list(About) or not code:
        raise NotFound("live.topic_unknown", vi="Không có chủ đề này", en="There is no such topic")
    return (await file_subjects()[About(kind)](code, actor)).row
