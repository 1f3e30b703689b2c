"""Pages about scanners: what one does to a known code, what to set on it, and scanning by camera."""

from typing import Any

from litestar import Request, Response, get
from msgspec import Struct

from manifests.stations.pages.app import version
from manifests.stations.pages.words import COMMAND_WORDS, COMMANDS, PLACE_PREFIX, SETTINGS, TEST_CODE
from postal.http.headers import CONTENT_SECURITY_POLICY
from postal.http.limits import UNLIMITED
from postal.identity.access import ANYONE
from postal.identity.rules import ANONYMOUS, Actor
from postal.printing.barcodes import code_128, qr
from postal.web.rendering import page

OPEN = {**ANYONE, **UNLIMITED}
BARS_HEIGHT = 64
WIDE, NARROW = 2.0, 1.5
"""Dots of a screen for one module, 96 to an inch: what a screen shows sharply, and 0.4 mm on paper."""

CAMERA_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY.replace(
        "script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'"
    ),
    "Permissions-Policy": (
        "camera=(self), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"
    ),
}
"""What the reader of barcodes needs: to compile its own program, and the camera. No other page has either."""


class Sign(Struct, frozen=True):
    """A code as it stands on paper: bars for lasers, a square for cameras."""

    code: str
    bars: str
    square: str


@get("/scan/self-test", opt=OPEN, include_in_schema=False, summary="Page: test a scanner")
async def self_test(request: Request[Actor, Any, Any]) -> Response[str]:
    """Show the test code and wait for it."""
    return page(
        request,
        "stations/self_test.html",
        title=("Kiểm tra máy quét", "Test a scanner"),
        sign=sign(TEST_CODE),
    )


@get("/scan/settings", opt=OPEN, include_in_schema=False, summary="Page: sheet of scanner settings")
async def settings(request: Request[Actor, Any, Any]) -> Response[str]:
    """Show what to set on a scanner, with command codes to be printed and hung beside the table."""
    organisation = request.user.organisation
    return page(
        request,
        "stations/settings.html",
        title=("Cài đặt máy quét và mã lệnh", "Scanner settings and command codes"),
        settings=SETTINGS,
        commands=[(COMMAND_WORDS[command], sign(code)) for code, command in COMMANDS.items()],
        place=sign(PLACE_PREFIX + organisation) if organisation else None,
        test=sign(TEST_CODE),
    )


@get("/scan/camera", opt=OPEN, include_in_schema=False, summary="Page: scan by camera")
async def camera(request: Request[Actor, Any, Any]) -> Response[str]:
    """Show the station with a camera; the same bytes for everybody, as the station itself."""
    request.scope["user"] = ANONYMOUS
    return page(
        request,
        "stations/camera.html",
        version=version(),
        title=("Quét bằng máy ảnh", "Scan by camera"),
        headers=CAMERA_HEADERS,
    )


def sign(code: str, module: float = NARROW) -> Sign:
    """Draw a code; its bars are stretched to a height that a hand-held scanner meets."""
    bars = code_128(code)
    flat = f'width="{bars.modules}" height="1"'
    tall = f'width="{bars.modules * module:.0f}" height="{BARS_HEIGHT}" preserveAspectRatio="none"'
    return Sign(code.replace("\x1d", "[GS]"), bars.svg.replace(flat, tall), qr(code).svg)


HANDLERS = (self_test, settings, camera)
