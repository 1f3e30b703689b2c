"""What a route asks of its caller, stated in the route's `opt`; a route that states nothing is closed."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler
from msgspec import Struct

from postal.errors import Forbidden, Unauthenticated
from postal.identity.rules import Actor, Role

OPT = "access"


class Access(Struct, frozen=True):
    """The condition on the caller: anybody, anybody signed in, or one of some roles."""

    anonymous: bool = False
    roles: frozenset[Role] | None = None


STATION = "station"
BY_STATION: dict[str, Any] = {STATION: True}
"""For the few routes on which a browser that is enrolled as a device acts as that device, by its cookie."""

ANYONE: dict[str, Any] = {OPT: Access(anonymous=True)}
SIGNED_IN: dict[str, Any] = {OPT: Access()}


def roles(*allowed: Role) -> dict[str, Any]:
    """Open a route to callers that have at least one of these roles."""
    if not allowed:
        msg = "name at least one role"
        raise ValueError(msg)
    return {OPT: Access(roles=frozenset(allowed))}


def access_of(handler: BaseRouteHandler) -> Access | None:
    """Read what a route states; None when it states nothing."""
    access = handler.opt.get(OPT)
    return access if isinstance(access, Access) else None


async def guard(connection: ASGIConnection[Any, Actor, Any, Any], handler: BaseRouteHandler) -> None:
    """Let a caller through only if the route says so: 401 to the anonymous, 403 to the wrong role.

    It waits for nothing, but Litestar would run a plain function in a thread, for every request.
    """
    admit(connection.user, access_of(handler))


def admit(actor: Actor, access: Access | None) -> None:
    """Raise unless `actor` fulfils `access`."""
    if access is None:
        raise Forbidden(
            "identity.route_closed",
            vi="Chức năng này chưa được mở quyền cho ai",
            en="Nobody has been given access to this",
        )
    if access.anonymous:
        return
    if actor.kind == "anonymous":
        raise Unauthenticated(
            "identity.sign_in_needed", vi="Cần đăng nhập hoặc khóa truy cập", en="Sign in or send a key"
        )
    if access.roles is not None and not access.roles & actor.roles:
        raise Forbidden(
            "identity.role_needed", vi="Không có quyền làm việc này", en="Your role does not allow this"
        )
