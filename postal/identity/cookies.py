"""The session cookie."""

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
