"""What somebody typed to find a dossier by: a name in whatever spelling, or a part of a code. Pure."""

import re
import unicodedata

from msgspec import Struct

from postal.network.rules import search_key

SHORTEST = 2
"""Letters that a search needs, without spaces."""

ANYWHERE_FROM = 3
"""Shorter ones are looked for at the beginning of words only: three letters are what the index knows."""

_CODE = re.compile(r"[A-Z0-9.\-]{3,64}")


class Asked(Struct, frozen=True, kw_only=True):
    """A search as it is run: `key` is the name without diacritics, `code` a part of a code; either may be absent."""

    typed: str
    key: str | None
    code: str | None

    @property
    def patterns(self) -> tuple[str, ...]:
        """Give what a name's key must be like; a key has no character that means something there."""
        if self.key is None:
            return ()
        if len(self.key) < ANYWHERE_FROM:
            return (f"{self.key}%", f"% {self.key}%")
        return (f"%{self.key}%",)


def asked_of(raw: str) -> Asked:
    """Read what was typed or scanned; NFC and NFD, either placement of a tone, đ and d come to the same key.

    A code that an input method wrote with accents is looked for without them; what has a digit may be a code, and
    what has none is a name.
    """
    typed = " ".join(unicodedata.normalize("NFC", raw).split())[:200]
    key = search_key(typed)
    if len(key.replace(" ", "")) < SHORTEST:
        return Asked(typed=typed, key=None, code=None)
    has_digit = any(character.isdigit() for character in key)
    plain = "".join(_plain(typed).upper().split())
    code = plain if has_digit and _CODE.fullmatch(plain) else None
    return Asked(typed=typed, key=None if has_digit else key, code=code)


def _plain(text: str) -> str:
    stripped = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(character for character in stripped if not unicodedata.combining(character))
