"""Nothing that every request passes may leave the loop: Litestar runs plain functions in a thread, unasked."""

from litestar.utils.sync import AsyncCallable

from postal.app import create_app
from postal.config import Settings


def test_no_request_waits_for_a_thread():
    handlers = [
        handler
        for route in create_app(Settings(clock="simulated")).routes
        for handler, _ in getattr(route, "route_handler_map", {}).values()
    ]
    assert handlers
    threaded = {
        step.func.__qualname__
        for handler in handlers
        for step in (
            *handler.resolve_guards(),
            handler.resolve_before_request(),
            handler.resolve_after_response(),
            handler.fn,
        )
        if isinstance(step, AsyncCallable)
    }
    assert threaded == set()
