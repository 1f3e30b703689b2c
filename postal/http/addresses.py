"""Where this service is reached from outside, for what is printed, drawn as a QR code or written into a mail."""

from typing import Any

from litestar import Request


def public_base(request: Request[Any, Any, Any]) -> str:
    """Give the address that citizens use, without a slash at its end: as configured, else as this caller came."""
    configured: str | None = request.app.state.settings.web.public_url
    return configured or str(request.base_url).rstrip("/")
