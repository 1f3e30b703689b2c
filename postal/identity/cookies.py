"""The cookies of identity: a person's session, and the key of a browser that is a device."""

from datetime import timedelta

from litestar.datastructures import Cookie

COOKIE = "postal_session"
SECURE_COOKIE = "__Host-postal_session"


def cookie_name(scheme: str) -> str:
    """Name the session cookie: over https it is bound to this very host."""
    return SECURE_COOKIE if scheme == "https" else COOKIE


def session_cookie(token: str, scheme: str, lifetime: timedelta) -> Cookie:
    """Make the cookie that carries a session; a lifetime of zero takes it back."""
    return Cookie(
        key=cookie_name(scheme),
        value=token,
        path="/",
        max_age=int(lifetime.total_seconds()),
        httponly=True,
        secure=scheme == "https",
        samesite="lax",
    )


STATION = "postal_station"
SECURE_STATION = "__Host-postal_station"
STATION_LIFETIME = timedelta(days=400)
"""The longest that browsers keep a cookie; each shift that is opened sets it anew."""


def station_name(scheme: str) -> str:
    """Name the cookie of a browser that is a device."""
    return SECURE_STATION if scheme == "https" else STATION


def station_cookie(secret: str, scheme: str, lifetime: timedelta = STATION_LIFETIME) -> Cookie:
    """Make the cookie that holds a device's key, which no script reads and no other site makes a browser send."""
    return Cookie(
        key=station_name(scheme),
        value=secret,
        path="/",
        max_age=int(lifetime.total_seconds()),
        httponly=True,
        secure=scheme == "https",
        samesite="strict",
    )
