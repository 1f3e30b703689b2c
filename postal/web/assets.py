"""Static files under their content's hash, so that they may be kept for ever and still change at once."""

import hashlib
from functools import cache
from pathlib import Path

from litestar import Router
from litestar.static_files import create_static_files_router

from postal.http.limits import UNLIMITED
from postal.identity.access import ANYONE

FOLDER = Path(__file__).parent / "static"
PREFIX = "/static"


@cache
def asset(name: str) -> str:
    """Give the address of a static file; a file that does not exist is a programming error."""
    digest = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:16]
    return f"{PREFIX}/{name}?v={digest}"


def static_files() -> Router:
    """Serve the static folder."""
    return create_static_files_router(
        path=PREFIX,
        directories=[FOLDER],
        name="static",
        opt={**ANYONE, **UNLIMITED},
        cache_control=None,
        include_in_schema=False,
    )
