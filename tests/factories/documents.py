"""Printed documents for tests: read back by eyes that know nothing of how they were made."""

import re
import unicodedata
from typing import NamedTuple

import httpx
import pypdfium2
import zxingcpp
from PIL import Image
from pyzbar import pyzbar

DPI = 203
INDEPENDENT = (pyzbar.ZBarSymbol.CODE128, pyzbar.ZBarSymbol.QRCODE)


class Seen(NamedTuple):
    """What one decoder saw: texts of Code 128 and of QR."""

    bars: set[str]
    squares: set[str]


class Read(NamedTuple):
    """A document as read: what each decoder saw, its text without line ends, and its pages."""

    zxing: Seen
    zbar: Seen
    text: str
    pages: list[Image.Image]


def read(content: bytes) -> Read:
    """Render every page at 203 dpi and decode it twice; extract its text."""
    document = pypdfium2.PdfDocument(content)
    pages = [page.render(scale=DPI / 72, grayscale=True).to_pil() for page in document]
    return Read(by_zxing(pages), by_zbar(pages), text_of(content), pages)


def text_of(content: bytes) -> str:
    """Extract the text of every page, without line ends."""
    document = pypdfium2.PdfDocument(content)
    return squeezed("\n".join(page.get_textpage().get_text_bounded() for page in document))


def by_zxing(pages: list[Image.Image]) -> Seen:
    """Decode with zxing-cpp."""
    found = [one for page in pages for one in zxingcpp.read_barcodes(page)]
    return Seen(
        {one.text for one in found if one.format == zxingcpp.BarcodeFormat.Code128},
        {one.text for one in found if "QR" in one.format.name},
    )


def by_zbar(pages: list[Image.Image]) -> Seen:
    """Decode with ZBar."""
    found = [one for page in pages for one in pyzbar.decode(page, symbols=list(INDEPENDENT))]
    return Seen(
        {one.data.decode() for one in found if one.type == "CODE128"},
        {one.data.decode() for one in found if one.type == "QRCODE"},
    )


def squeezed(text: str) -> str:
    """Leave out white, which a line end puts anywhere; a hyphen there comes as a sign of its own."""
    return re.sub(r"\s", "", text.replace("\x02", "-").replace("\u200b", "").replace("\u00ad", ""))


def holds(read_text: str, wanted: str) -> bool:
    """Tell whether extracted text has a wanted one, in NFC."""
    return squeezed(unicodedata.normalize("NFC", wanted)) in read_text


def claims(content: bytes) -> dict[str, bool]:
    """Tell what a PDF claims of itself."""
    return {
        "PDF/A-2": b"<pdfaid:part>2</pdfaid:part>" in content,
        "level B": b"<pdfaid:conformance>B</pdfaid:conformance>" in content,
        "tagged": b"/StructTreeRoot" in content and b"/Marked true" in content,
        "Vietnamese": b"/Lang(vi-VN)" in content,
        "embedded": b"/FontFile" in content or b"/FontFile2" in content or b"/FontFile3" in content,
    }


async def document(client: httpx.AsyncClient, path: str, by: dict[str, str], kind: str = "pdf") -> bytes:
    """Fetch a document and check how it comes."""
    answer = await client.get(f"/api/v1{path}", headers=by)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == f"application/{kind}"
    assert answer.headers["content-disposition"].endswith(f'.{kind}"')
    assert "no-store" in answer.headers["cache-control"]
    return answer.content
