"""The first page, sign-in, and the start page of a signed-in person."""

from typing import Any

from litestar import Request, Response, get

from postal.identity.access import ANYONE
from postal.identity.rules import Actor
from postal.web.rendering import page


@get("/", opt=ANYONE, include_in_schema=False, summary="First page")
async def start(request: Request[Actor, Any, Any]) -> Response[str]:
    """Show the tracking box."""
    return page(request, "web/start.html", title=("Tra cứu hồ sơ, bưu gửi", "Track a dossier or an item"))


PAGE_HANDLERS: tuple[Any, ...] = (start,)
