"""The security headers of every answer, errors and unrouted requests included."""

from litestar.types import HTTPScope, Message, Send

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "object-src 'none'"
)

FIXED: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (
        b"permissions-policy",
        b"camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()",
    ),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-robots-tag", b"noindex"),
)
CACHING = (b"cache-control", b"no-store")
# The address of a static file holds the hash of its content.
CACHING_STATIC = (b"cache-control", b"public, max-age=31536000, immutable")
STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")


def with_security_headers(scope: HTTPScope, send: Send) -> Send:
    """Wrap `send` so that each answer carries the fixed headers; a handler's own value for one of them wins."""
    hashed = scope["path"].startswith("/static/") and scope.get("query_string", b"").startswith(b"v=")
    secure = (STRICT_TRANSPORT,) if scope.get("scheme") == "https" else ()

    async def send_secured(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", ()))
            caching = CACHING_STATIC if hashed and message["status"] == 200 else CACHING
            present = {name.lower() for name, _ in headers}
            message["headers"] = [
                *headers,
                *(pair for pair in (*FIXED, caching, *secure) if pair[0] not in present),
            ]
        await send(message)

    return send_secured
