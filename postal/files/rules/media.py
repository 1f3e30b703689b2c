"""Whether bytes are what they look like: the type is read from them, and the file must open as that.

Nothing here decodes a picture. What is read is the frame that every reader needs: size, first and last parts. That
refuses text with a picture's name, and files that a broken line cut short.
"""

import zlib
from collections.abc import Callable

import puremagic

from postal.errors import Unprocessable, UnsupportedMedia
from postal.files.rules.kinds import JPEG, KINDS, PDF, PNG, WEBP, FileKind

SNIFFED = 4096
"""How much of the beginning tells the type."""

HEAD = 1 << 20
TAIL = 4096
"""How much of the beginning and of the end is looked at; cameras put previews and colours before the picture."""

MEDIA = (JPEG, PNG, WEBP, PDF)
NAMES = {JPEG: "JPEG", PNG: "PNG", WEBP: "WebP", PDF: "PDF"}
LONGEST_SIDE = 30_000
"""Pixels; a picture that says more of itself is made to harm its readers."""

_STARTS_OF_FRAME = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_START_OF_SCAN = 0xDA
_END_OF_JPEG = b"\xff\xd9"
_FIRST_OF_PNG = b"\x00\x00\x00\rIHDR"
_LAST_OF_PNG = b"\x00\x00\x00\x00IEND\xaeB`\x82"


def sniffed(head: bytes, kind: FileKind) -> str:
    """Read the type from the beginning of a file; raises UnsupportedMedia unless the kind allows it."""
    try:
        found = {match.mime_type for match in puremagic.magic_string(head[:SNIFFED])}
    except (LookupError, ValueError):
        found = set()
    for media in MEDIA:
        if media in found and media in KINDS[kind].media:
            return media
    names = ", ".join(NAMES[media] for media in MEDIA if media in KINDS[kind].media)
    raise UnsupportedMedia(
        "file.type",
        vi=f"Nội dung tệp không phải {names}; đổi đuôi tệp không đổi được nội dung. Hãy chụp hoặc quét lại.",
        en=f"The bytes are not {names}, whatever the name says; send the file itself, of one of these types.",
        allowed=sorted(KINDS[kind].media),
    )


class Sketch:
    """What is remembered of a file that passes by: its ends, its size, and whether a picture was seen to end."""

    def __init__(self) -> None:
        self.head = bytearray()
        self.tail = b""
        self.size = 0
        self.ended = False

    def add(self, data: bytes) -> None:
        """See the next bytes."""
        if (room := HEAD - len(self.head)) > 0:
            self.head += data[:room]
        # Past the head there are no segments with previews, which have an end of their own.
        if self.size >= HEAD and not self.ended:
            self.ended = _END_OF_JPEG in self.tail[-1:] + data
        self.tail = (self.tail + data)[-TAIL:]
        self.size += len(data)


def judged(sketch: Sketch, kind: FileKind) -> str:
    """Give the type of a whole file; raises unless it opens as that."""
    media = sniffed(bytes(sketch.head[:SNIFFED]), kind)
    if not _OPENS[media](sketch):
        raise Unprocessable(
            "file.broken",
            vi=f"Tệp {NAMES[media]} bị cắt cụt hoặc hỏng, không mở được; hãy chụp, quét hoặc gửi lại.",
            en=f"The {NAMES[media]} file is cut short or damaged and does not open; make or send it again.",
        )
    return media


def _is_jpeg(sketch: Sketch) -> bool:
    """Walk the segments: a frame that says how large the picture is, then the picture, which must end.

    What cameras append after the end (a film, their own notes) is left alone.
    """
    head, at, framed = sketch.head, 2, False
    while at + 4 <= len(head) and head[at] == 0xFF:
        marker = head[at + 1]
        if marker == _START_OF_SCAN:
            return framed and (sketch.ended or _END_OF_JPEG in head[at:])
        if marker in _STARTS_OF_FRAME:
            framed = _is_side(_big(head, at + 5, 2)) and _is_side(_big(head, at + 7, 2))
        # Before a marker there may be filling.
        at += 1 if marker == 0xFF else 2 if marker in _ALONE else 2 + max(2, _big(head, at + 2, 2))
    return False


def _is_png(sketch: Sketch) -> bool:
    head = sketch.head
    if len(head) < 33 or head[8:16] != _FIRST_OF_PNG or zlib.crc32(head[12:29]) != _big(head, 29, 4):
        return False
    return _is_side(_big(head, 16, 4)) and _is_side(_big(head, 20, 4)) and _LAST_OF_PNG in sketch.tail


def _is_webp(sketch: Sketch) -> bool:
    head = sketch.head
    whole = int.from_bytes(head[4:8], "little") + 8
    return bytes(head[12:16]) in {b"VP8 ", b"VP8L", b"VP8X"} and whole == sketch.size > 20


def _is_pdf(sketch: Sketch) -> bool:
    return (
        bytes(sketch.head[:6]) in {b"%PDF-1", b"%PDF-2"}
        and b"startxref" in sketch.tail
        and b"%%EOF" in sketch.tail
    )


def _big(data: bytearray, at: int, count: int) -> int:
    return int.from_bytes(data[at : at + count], "big")


def _is_side(pixels: int) -> bool:
    return 0 < pixels <= LONGEST_SIDE


_OPENS: dict[str, Callable[[Sketch], bool]] = {
    JPEG: _is_jpeg,
    PNG: _is_png,
    WEBP: _is_webp,
    PDF: _is_pdf,
}
