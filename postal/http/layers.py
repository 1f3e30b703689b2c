"""Our middleware: Litestar's, without asking for each request whether it applies. It always does."""

from functools import partial

from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp


class Layer(ASGIMiddleware):
    """A middleware that every request passes; what it lets by, it decides in `handle`."""

    def __call__(self, app: ASGIApp) -> ASGIApp:
        """Put the layer around the rest of the application."""
        return partial(self.handle, next_app=app)
