"""What may be published: nothing by which somebody could be recognised, as far as a program can tell.

A person decides; this only catches slips: numbers as long as a telephone's or an identity card's, addresses of mail,
and the names and places that the author left.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum

from postal.errors import Unprocessable

_LONG_NUMBER = re.compile(r"(?:[0-9][ .\-()]?){9,}")
_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_LEAST = 3


class Trace(StrEnum):
    """What in a text may tell who somebody is."""

    NUMBER = "number"
    MAIL = "mail"
    CONTACT = "contact"


WORDS: dict[Trace, tuple[str, str]] = {
    Trace.NUMBER: (
        "một dãy số dài như số điện thoại hoặc số giấy tờ",
        "a number as long as a telephone's or card's",
    ),
    Trace.MAIL: ("một địa chỉ thư điện tử", "an address of electronic mail"),
    Trace.CONTACT: ("tên hoặc địa chỉ của người gửi", "the name or address of its author"),
}


def personal_traces(text: str, contact: Iterable[str | None] = ()) -> list[Trace]:
    """Find what may tell who somebody is; `contact` is what the author left."""
    folded = _folded(text)
    found = []
    if _LONG_NUMBER.search(folded):
        found.append(Trace.NUMBER)
    if _MAIL.search(folded):
        found.append(Trace.MAIL)
    known = [each for given in contact if given and len(each := _folded(given)) >= _LEAST]
    if any(each in folded for each in known):
        found.append(Trace.CONTACT)
    return found


def refuse_traces(texts: Iterable[str], contact: Iterable[str | None]) -> None:
    """Raise when what is to be published may tell who somebody is."""
    kept = list(contact)
    found = sorted({trace for text in texts for trace in personal_traces(text, kept)})
    if found:
        vi = ", ".join(WORDS[trace][0] for trace in found)
        en = ", ".join(WORDS[trace][1] for trace in found)
        raise Unprocessable(
            "feedback.personal",
            vi=f"Nội dung công khai còn chứa {vi}; hãy bỏ đi rồi công khai lại",
            en=f"The text to be published still holds {en}; take it out and publish again",
            pointer="/answer",
            traces=[trace.value for trace in found],
        )


def publication_digest(title: str, question: str, answer: str) -> str:
    """Hash what was published, so that the ledger proves it."""
    digest = hashlib.sha256(b"postal:publication:1")
    for part in (title, question, answer):
        encoded = unicodedata.normalize("NFC", part).encode()
        digest.update(len(encoded).to_bytes(8, "big"))
        digest.update(encoded)
    return digest.hexdigest()


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
