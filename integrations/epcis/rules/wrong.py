"""What is wrong with an event, and where; both languages, since the answer is read by people."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from postal.errors import BadInput


class Wrong(Struct, frozen=True):
    """One thing that is wrong: a stable code, a JSON pointer from the root of the document, and what to do."""

    pointer: str
    code: str
    vi: str
    en: str

    def refusal(self) -> BadInput:
        """Give it as the refusal of a request."""
        return BadInput(self.code, vi=self.vi, en=self.en, pointer=self.pointer)


class Wrongs(list[Wrong]):
    """Collects what is wrong at places below one pointer."""

    def add(self, at: str, code: str, vi: str, en: str) -> None:
        """Note one more."""
        self.append(Wrong(at, f"epcis.{code}", vi, en))

    def missing(self, at: str, name: str) -> None:
        """Note that a field is not there."""
        self.add(at, "missing", f"Thiếu {name}.", f"{name} is missing.")

    def form(self, at: str, vi: str, en: str) -> None:
        """Note that something has another form than the standard says."""
        self.add(at, "form", vi, en)


def below(at: str, *parts: str | int) -> str:
    """Give the pointer to a part."""
    return at + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def twice(values: Sequence[Any]) -> int | None:
    """Find the first value that was there before, by its index."""
    seen: list[Any] = []
    known: set[Any] = set()
    for index, value in enumerate(values):
        if isinstance(value, str):
            if value in known:
                return index
            known.add(value)
        elif value in seen:
            return index
        else:
            seen.append(value)
    return None
