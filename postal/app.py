"""The web application: everything composed, nothing decided."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from litestar import Litestar
from litestar.datastructures import State

from postal import clock, db, registry
from postal.config import Settings
from postal.errors import PostalError
from postal.http.application import PostalApp
from postal.http.counters import SharedCounter
from postal.http.cross_site import CrossSiteMiddleware
from postal.http.exceptions import EXCEPTION_HANDLERS
from postal.http.hosts import Hosts
from postal.http.idempotency import IdempotencyMiddleware
from postal.http.limits import LimitsMiddleware, RateLimiter
from postal.http.queries import check_query
from postal.http.requests import PostalRequest
from postal.identity.access import guard
from postal.identity.middleware import IdentityMiddleware
from postal.observability.logs import configure_logs
from postal.web.api import OPERATION_HANDLERS, SIMULATED_HANDLERS
from postal.web.assets import static_files
from postal.web.errors import error_page
from postal.web.figures import Figures
from postal.web.live import Live, follow_live
from postal.web.openapi import openapi_config
from postal.web.pages import PAGE_HANDLERS

HELD_S = 30.0
"""How long a process may go by dated rows that have changed since."""

log = structlog.get_logger("postal.app")


def create_app(settings: Settings) -> PostalApp:
    """Build the application of one server process.

    Its lifespan starts the database pool and reads the dated rows that are kept in memory, nothing else: migrations,
    the relay and the embedded servers belong to other commands, since every server process runs this.
    """
    configure_logs(level=settings.logging.level.upper(), console=settings.logging.format == "console")
    simulated = settings.clock == "simulated"
    app = PostalApp(
        route_handlers=[
            static_files(),
            *OPERATION_HANDLERS,
            *(SIMULATED_HANDLERS if simulated else ()),
            *PAGE_HANDLERS,
            follow_live,
            *registry.handlers(),
        ],
        request_class=PostalRequest,
        request_max_body_size=settings.limits.body_bytes,
        exception_handlers=EXCEPTION_HANDLERS,
        guards=[guard],
        before_request=check_query,
        middleware=[
            CrossSiteMiddleware(),
            IdentityMiddleware(),
            LimitsMiddleware(
                # Simulated weeks pass in seconds, so a rate a minute says nothing there; limits of single routes stay.
                known_per_minute=0 if simulated else settings.limits.requests_per_minute,
                anonymous_per_minute=0 if simulated else settings.limits.anonymous_per_minute,
            ),
            IdempotencyMiddleware(),
        ],
        lifespan=[_lifespan],
        logging_config=None,
        openapi_config=openapi_config(),
        state=state_of(settings),
    )
    app.hosts = Hosts(settings.web.allowed_hosts)
    return app


def state_of(settings: Settings) -> State:
    """Make what one run of the application holds; its routes and middleware it keeps for good."""
    shared = SharedCounter(settings.redis.dsn) if settings.redis.dsn else None
    return State(
        {
            "settings": settings,
            "simulated": settings.clock == "simulated",
            "limiter": RateLimiter(shared, settings.limits.named),
            "shared_store": shared,
            "live": Live(),
            "error_page": error_page,
            "figures": Figures(),
        }
    )


@asynccontextmanager
async def _lifespan(app: Litestar) -> AsyncIterator[None]:
    app.state["live"] = Live()
    if app.state.simulated:
        clock.select("simulated")
    registry.configure(app.state.settings)
    await db.start(app.state.settings.database)
    holding = asyncio.create_task(_hold())
    try:
        yield
    finally:
        app.state.live.end()
        holding.cancel()
        await asyncio.gather(holding, return_exceptions=True)
        await app.state.limiter.close()
        await db.stop()


async def _hold() -> None:
    """Read again what this process keeps of dated rows; while the database is away, it goes by what it has."""
    while True:
        for load in registry.held():
            try:
                await load()
            except PostalError as error:
                log.info("dated rows not read again", code=error.code)
        await asyncio.sleep(HELD_S)
