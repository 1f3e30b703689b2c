"""Templates and data to PDF, by typst.

Data goes in as a JSON file that the template reads, never as part of the template's text, so that nothing in a name
is markup. The compiler sees the given files and nothing of the disk, and of fonts only those that it carries.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import typst

from postal.errors import Unprocessable
from postal.printing.text import printable_data

ROOT = Path(__file__).parent / "templates"
"""The one folder that the compiler may see; without it, that would be wherever the process stands."""

FORM = (ROOT / "form.typ").read_bytes()
DOTS_PER_INCH = 203.2
"""Eight dots a millimetre, as label printers have."""

_NO_GLYPH = re.compile(r'the text `"(?P<text>.+?)"` could not be displayed')


def pdf(layout: bytes, data: Mapping[str, Any], at: datetime) -> bytes:
    """Set a document as tagged PDF/A-2b; equal layout, data and instant give equal bytes.

    Raises:
        Unprocessable: The data has a sign for which there is no glyph.
    """
    try:
        made = typst.compile(
            files_of(layout, data),
            root=ROOT,
            format="pdf",
            ignore_system_fonts=True,
            pdf_standards=["a-2b"],
            timestamp=int(at.timestamp()),
        )
    except typst.TypstError as error:
        if missing := _NO_GLYPH.search(error.message):
            raise _glyph_missing(missing["text"]) from None
        raise
    return bytes(made)


def pictures(layout: bytes, data: Mapping[str, Any]) -> list[bytes]:
    """Draw the pages of a document as PNG, in the dots of a label printer."""
    # One page comes as bytes and several as a list, whatever the types say.
    made: Any = typst.compile(
        files_of(layout, data), root=ROOT, format="png", ignore_system_fonts=True, ppi=DOTS_PER_INCH
    )
    return made if isinstance(made, list) else [made]


def files_of(layout: bytes, data: Mapping[str, Any]) -> Any:
    """Give what the compiler sees: the layout, what all forms share, and the data as it is printed."""
    # Files by name are documented, and missing in the types.
    return {
        "main.typ": layout,
        "form.typ": FORM,
        "data.json": msgspec.json.encode(printable_data(data)),
    }


def _glyph_missing(text: str) -> Unprocessable:
    sign = re.sub(r"\\u\{([0-9a-f]+)\}", lambda found: chr(int(found[1], 16)), text)
    return Unprocessable(
        "print.glyph_missing",
        vi=f"Không in được ký tự “{sign}”; hãy sửa lại tên hoặc địa chỉ có ký tự này",
        en=f"There is no glyph for “{sign}”; correct the name or address that has it",
        signs=[f"U+{ord(one):04X}" for one in sign],
    )
