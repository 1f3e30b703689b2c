"""Open data: whole files at stable addresses, with an ETag, so that who has the newest is told so and sends nothing."""

import hashlib
from typing import Any

from litestar import Request, Response

MINUTES_5 = "public, max-age=300"


def open_data(
    request: Request[Any, Any, Any],
    body: bytes,
    media_type: str,
    filename: str,
    headers: dict[str, str] | None = None,
) -> Response[bytes]:
    """Answer with a file, or with 304 to whoever has exactly these bytes."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    shared = {"ETag": tag, "Cache-Control": MINUTES_5, **(headers or {})}
    if _has(request.headers.get("if-none-match", ""), tag):
        return Response(b"", status_code=304, headers=shared, media_type=media_type)
    shared["Content-Disposition"] = f'inline; filename="{filename}"'
    return Response(body, headers=shared, media_type=media_type)


def _has(sent: str, tag: str) -> bool:
    return any(each.strip().removeprefix("W/") in {tag, "*"} for each in sent.split(","))
