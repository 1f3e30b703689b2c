"""Code 128 and QR as drawings that scale without loss, quiet zones included.

A drawing is one SVG path in units of one module, so that a template says only how wide a module is.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import segno
from barcode import Code128  # type: ignore[import-untyped]
from msgspec import Struct

CODE_128_QUIET = 10
"""Modules of white on either side (ISO/IEC 15417)."""

QR_QUIET = 4
"""Modules of white around (ISO/IEC 18004)."""

MASK = 3
"""Trying all eight masks takes nine tenths of the time, and any of them is read."""


class Drawing(Struct, frozen=True):
    """A barcode: what it says, and its picture, `modules` wide."""

    text: str
    modules: int
    svg: str


@lru_cache(maxsize=4096)
def code_128(text: str) -> Drawing:
    """Draw a Code 128, one module high: stretch it to the height that is wanted."""
    bars = [sign == "1" for sign in Code128(text).build()[0]]
    width = len(bars) + 2 * CODE_128_QUIET
    path = "".join(f"M{CODE_128_QUIET + begin} 0h{length}v1h-{length}z" for begin, length in _runs(bars))
    return Drawing(text, width, _svg(width, 1, f'<path d="{path}"/>'))


@lru_cache(maxsize=4096)
def qr(text: str) -> Drawing:
    """Draw a small QR code with error correction M, which reads with 15 % of it damaged."""
    return _drawn(text, segno.make_qr(text, error="m", mask=MASK, boost_error=False))


def large_qr(text: str) -> Drawing:
    """Draw a QR code of much text with error correction M and the mask that suits it best."""
    return _drawn(text, segno.make_qr(text, error="m", boost_error=False))


def _drawn(text: str, code: segno.QRCode) -> Drawing:
    width = len(code.matrix) + 2 * QR_QUIET
    # Each run of dark modules is one stroke along its middle: half the size of a filled outline.
    path = "".join(
        f"M{QR_QUIET + begin} {QR_QUIET + y}h{length}"
        for y, row in enumerate(code.matrix)
        for begin, length in _runs(row)
    )
    return Drawing(
        text, width, _svg(width, width, f'<path stroke="#000" transform="translate(0 .5)" d="{path}"/>')
    )


def _svg(width: int, height: int, path: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">{path}</svg>'
    )


def _runs(row: Sequence[int]) -> Iterator[tuple[int, int]]:
    begin = None
    for at, dark in enumerate(row):
        if dark and begin is None:
            begin = at
        elif not dark and begin is not None:
            yield begin, at - begin
            begin = None
    if begin is not None:
        yield begin, len(row) - begin
