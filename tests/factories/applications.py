"""Applications for tests: their routes take longer to build than most tests take, so they are kept for the process."""

from typing import Any

import msgspec

from postal.app import create_app, state_of
from postal.config import Settings
from postal.http.application import PostalApp

_KEPT: dict[tuple[bytes, tuple[Any, ...]], PostalApp] = {}


def application(settings: Settings, *further: Any) -> PostalApp:
    """Give an application with these further routes; what one run of it holds is new."""
    built_in = msgspec.json.encode((settings.clock, settings.limits, settings.web))
    if (built_in, further) not in _KEPT:
        made = create_app(settings)
        for handler in further:
            made.register(handler)
        _KEPT[built_in, further] = made
    app = _KEPT[built_in, further]
    app.state = state_of(settings)
    return app
