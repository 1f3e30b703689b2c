"""Black-and-white pictures for label printers, read from the PNG files that typst draws."""

import zlib
from struct import unpack
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

DARK = 128
"""Paler than this a dot stays white."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 6: 4}
Pixels = NDArray[np.uint8]


class Bitmap(Struct, frozen=True):
    """Rows of dots, eight a byte, the first one highest; set bits print black."""

    width: int
    height: int
    data: bytes

    @property
    def row_bytes(self) -> int:
        """Give the bytes of one row."""
        return -(-self.width // 8)


def bitmap_of(png: bytes) -> Bitmap:
    """Reduce a picture of eight bits a channel to black and white; what is transparent is white."""
    pixels = _pixels(png).astype(np.int32)
    colours = pixels.shape[2]
    grey = pixels[:, :, : min(colours, 3)].mean(axis=2)
    if colours == _CHANNELS[6]:
        alpha = pixels[:, :, 3] / 255
        grey = grey * alpha + 255 * (1 - alpha)
    packed: Any = np.packbits(grey < DARK, axis=1)
    return Bitmap(pixels.shape[1], pixels.shape[0], packed.tobytes())


def _pixels(png: bytes) -> Pixels:
    if not png.startswith(_SIGNATURE):
        raise ValueError("no PNG")
    chunks = dict.fromkeys((b"IHDR", b"IDAT"), b"")
    at = len(_SIGNATURE)
    while at < len(png):
        length, kind = unpack(">I4s", png[at : at + 8])
        if kind in chunks:
            chunks[kind] += png[at + 8 : at + 8 + length]
        at += length + 12
    width, height, depth, colour, _, _, interlaced = unpack(">IIBBBBB", chunks[b"IHDR"])
    if depth != 8 or colour not in _CHANNELS or interlaced:
        raise ValueError("another kind of PNG than typst makes")
    size = _CHANNELS[colour]
    raw = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, 1 + width * size)
    return _unfiltered(raw, size).reshape(height, width, size)


def _unfiltered(raw: Pixels, size: int) -> Pixels:
    """Undo the filters of PNG (ISO/IEC 15948, section 9), row by row."""
    rows = np.zeros((len(raw) + 1, raw.shape[1] - 1), np.uint8)
    for number, row in enumerate(raw, 1):
        rows[number] = _row(int(row[0]), row[1:], rows[number - 1], size)
    return rows[1:]


def _row(kind: int, row: Pixels, above: Pixels, size: int) -> Pixels:
    match kind:
        case 0:
            return row
        case 1:
            return row.reshape(-1, size).cumsum(axis=0, dtype=np.uint8).reshape(-1)
        case 2:
            return row + above
        case _:
            return _by_neighbours(kind, row.tolist(), above.tolist(), size)


def _by_neighbours(kind: int, row: list[int], above: list[int], size: int) -> Pixels:
    """Undo filters that need the pixel before, one after the other; few rows have them."""
    for at in range(len(row)):
        left = row[at - size] if at >= size else 0
        up = above[at]
        corner = above[at - size] if at >= size else 0
        guess = (left + up) // 2 if kind == 3 else _paeth(left, up, corner)
        row[at] = (row[at] + guess) & 0xFF
    return np.array(row, np.uint8)


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    by_left, by_up, by_corner = abs(guess - left), abs(guess - up), abs(guess - corner)
    if by_left <= by_up and by_left <= by_corner:
        return left
    return up if by_up <= by_corner else corner
