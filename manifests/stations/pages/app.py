"""The installable app: its one page, the same bytes for everybody, its service worker and its manifest."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from litestar import Request, Response, get

from postal.http.limits import UNLIMITED
from postal.identity.access import ANYONE
from postal.identity.rules import ANONYMOUS, Actor
from postal.web.assets import FOLDER, PREFIX, asset
from postal.web.rendering import environment, page

OPEN = {**ANYONE, **UNLIMITED}
"""Nobody's work may stop because the page was asked for too often, and it says nothing about anybody."""

REVALIDATED = "no-cache"
SHELLS = ("/scan?lang=vi", "/scan?lang=en", "/scan/camera?lang=vi", "/scan/camera?lang=en")
PACKED = ("station/*.js", "station/*.png", "vendor/idb/*.js", "vendor/zxing-wasm/*.js")
"""What is kept in the browser before the station calls itself installed: its own files."""

LARGE = ("vendor/zxing-wasm/zxing_reader.wasm",)
"""What is kept once the station runs, where there is a camera: nobody waits for a megabyte to be installed."""

PLAIN = ("station/", "vendor/idb/")
"""Modules name each other by plain addresses; all else is asked for under its content's hash."""

UNPACKED = {"station/sw.js"}


@get("/scan", opt=OPEN, include_in_schema=False, summary="Page: the scanning station")
async def show(request: Request[Actor, Any, Any]) -> Response[str]:
    """Show the app; who the device is and who works, it asks for itself."""
    # The page is kept in the browser, so it must not tell who is signed in.
    request.scope["user"] = ANONYMOUS
    return page(
        request,
        "stations/station.html",
        title=("Trạm quét", "Scanning station"),
        headers={"Cache-Control": REVALIDATED},
        version=version(),
    )


@get("/scan/sw.js", opt=OPEN, include_in_schema=False, media_type="text/javascript", summary="Service worker")
async def service_worker() -> Response[str]:
    """Give the service worker with the list of what it keeps; another list is another program."""
    listed = {"version": version(), "files": [*SHELLS, *files()], "later": later()}
    told = msgspec.json.encode(listed).decode()
    return Response(
        f"const STATION = {told};\n{(FOLDER / 'station' / 'sw.js').read_text(encoding='utf-8')}",
        media_type="text/javascript",
        headers={"Cache-Control": REVALIDATED, "Service-Worker-Allowed": "/scan"},
    )


@get("/scan/manifest.webmanifest", opt=OPEN, include_in_schema=False, summary="Manifest of the app")
async def manifest() -> Response[bytes]:
    """Describe the app to whoever installs it."""
    icons = [
        {
            "src": asset(f"station/icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": use,
        }
        for size, use in ((192, "any"), (512, "any"), (512, "maskable"))
    ]
    told = {
        "id": "/scan",
        "name": "Trạm quét – Bưu chính hồ sơ",
        "short_name": "Trạm quét",
        "description": "Quét giao nhận hồ sơ, kể cả khi mất mạng",
        "lang": "vi",
        "dir": "ltr",
        "start_url": "/scan",
        "scope": "/scan",
        "display": "standalone",
        "orientation": "any",
        "background_color": "#ffffff",
        "theme_color": "#0b4f6c",
        "icons": icons,
    }
    return Response(
        msgspec.json.encode(told),
        media_type="application/manifest+json",
        headers={"Cache-Control": REVALIDATED},
    )


@cache
def files() -> tuple[str, ...]:
    """List the addresses of what the service worker keeps."""
    found = [
        path.relative_to(FOLDER).as_posix() for pattern in PACKED for path in sorted(FOLDER.glob(pattern))
    ]
    modules = {name for name in found if name.endswith(".js") and name.startswith(PLAIN)} - UNPACKED
    hashed = [name for name in found if name not in modules | UNPACKED]
    return (
        *(f"{PREFIX}/{name}" for name in sorted(modules)),
        *map(asset, ("postal.css", "favicon.svg", *hashed)),
        "/scan/manifest.webmanifest",
    )


@cache
def later() -> tuple[str, ...]:
    """List the addresses of what is kept after that."""
    return tuple(map(asset, LARGE))


@cache
def version() -> str:
    """Name the program by its content: files, pages, and the templates that these are made of."""
    digest = hashlib.sha256()
    for pattern in (*PACKED, *LARGE, "postal.css", "favicon.svg"):
        for path in sorted(FOLDER.glob(pattern)):
            digest.update(path.name.encode() + path.read_bytes())
    for name in ("layout.html", "stations/station.html", "stations/camera.html"):
        source = environment().get_template(name).filename
        digest.update(Path(source or "").read_bytes())
    return digest.hexdigest()[:16]


HANDLERS = (show, service_worker, manifest)
