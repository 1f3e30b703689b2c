"""Labels in ZPL II: text as a picture, since printers' own fonts lack Vietnamese; barcodes by the printer itself."""

import re
from itertools import groupby

from msgspec import Struct

from postal.printing.barcodes import CODE_128_QUIET, QR_QUIET
from postal.printing.bitmap import Bitmap

PLAIN = re.compile(r"[A-Z0-9.\-]+")
"""Codes of these signs need no escape in a field."""

QR_LOWERED = 10
"""Printers draw a QR code so many dots below its origin; the white around it has room should one not."""

HEX_RUNS = "GHIJKLMNOPQRSTUVWXY"
HEX_TWENTIES = "ghijklmnopqrstuvwxyz"
TWENTY = 20
LONGEST_RUN = 419


class Place(Struct, frozen=True):
    """Where a barcode's drawing stands on a label, quiet zones included, in dots; `module` is its narrowest bar."""

    x: int
    y: int
    module: int
    width: int
    height: int


def label(picture: Bitmap, code: str, bars: Place, square: Place) -> bytes:
    """Write one label: the picture under everything, then Code 128 and QR of a code.

    The printer adds no quiet zones, so its bars begin that much further in.
    """
    if not PLAIN.fullmatch(code):
        raise ValueError(f"{code!r} cannot stand in a field as it is")
    below = square.y + QR_QUIET * square.module - QR_LOWERED
    commands = [
        "^XA",
        "^CI28",
        f"^PW{picture.width}",
        f"^LL{picture.height}",
        "^LH0,0",
        f"^FO0,0{graphic(picture)}^FS",
        f"^FO{bars.x + CODE_128_QUIET * bars.module},{bars.y}^BY{bars.module}^BCN,{bars.height},N,N,N,A^FD{code}^FS",
        f"^FO{square.x + QR_QUIET * square.module},{below}^BQN,2,{square.module}^FDMA,{code}^FS",
        "^XZ",
    ]
    return "\n".join(commands).encode("ascii") + b"\n"


def graphic(picture: Bitmap) -> str:
    """Write a picture as a ^GF command in hex with runs, `,` for a white rest of a row, `:` for a row like the last."""
    size = picture.row_bytes * picture.height
    rows = [
        picture.data[at : at + picture.row_bytes].hex().upper() for at in range(0, size, picture.row_bytes)
    ]
    written = []
    for before, row in zip([None, *rows], rows, strict=False):
        written.append(":" if row == before else _row(row))
    return f"^GFA,{size},{size},{picture.row_bytes},{''.join(written)}"


def _row(digits: str) -> str:
    kept = digits.rstrip("0")
    if len(digits) - len(kept) > 1:
        return "".join(_run(sign, len(list(same))) for sign, same in groupby(kept)) + ","
    return "".join(_run(sign, len(list(same))) for sign, same in groupby(digits))


def _run(sign: str, length: int) -> str:
    written = ""
    while length > 0:
        part = min(length, LONGEST_RUN)
        written += _count(part) + sign if part > 1 else sign
        length -= part
    return written


def _count(length: int) -> str:
    twenties, ones = divmod(length, TWENTY)
    return (HEX_TWENTIES[twenties - 1] if twenties else "") + (HEX_RUNS[ones - 1] if ones else "")
