"""Codes as people write them: small letters, spaces and dashes are forgiven where one code alone can be meant."""

import re
import unicodedata

from shipments.pieces.rules import Refusal, normalise

_DASHES = re.compile(r"[\u2010-\u2015\u2212\u00ad_]")
_BLANKS = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]+")
LONGEST = 200


def folded(raw: str) -> str:
    """Give the one code that can be meant by what was typed, or what was typed where there is none or a choice.

    A person reads a code off paper, so nothing is lost by a guess of its writing; letters and digits are never guessed.
    """
    if len(raw) > LONGEST:
        return raw
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", raw)).upper().strip()
    close = _BLANKS.sub("", plain).strip("-.,;")
    meant = {
        written
        for written in (
            close,
            _BLANKS.sub("-", plain),
            close.replace("-", ""),
            close.replace("-", "").replace(".", ""),
        )
        if not isinstance(normalise(written), Refusal)
    }
    return meant.pop() if len(meant) == 1 else raw.strip()
