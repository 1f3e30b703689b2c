"""The addresses under which our things and words stand in events, and back."""

from typing import Any
from urllib.parse import quote, unquote

from msgspec import Struct

from integrations.epcis.rules.vocabulary import CONTEXT
from shipments.pieces.rules import RESULT_SUFFIX, CodeKind, kind_of

NOWHERE = "https://postal.invalid"
"""Stands where no public address is configured: a name that by RFC 2606 can never lead anywhere."""

PREFIX = "postal"
_STABLE = {CodeKind.ITEM, CodeKind.BAG, CodeKind.MANIFEST, CodeKind.TRIP}


class Names(Struct, frozen=True):
    """Addresses under one public address, such as `https://tracuu.example.vn`."""

    base: str = NOWHERE

    @property
    def space(self) -> str:
        """Give the namespace of our own words and fields."""
        return f"{self.base}/epcis/ns/"

    @property
    def namespaces(self) -> dict[str, str]:
        """Give the prefixes that our documents define."""
        return {PREFIX: self.space}

    @property
    def context(self) -> list[Any]:
        """Give the context of our documents."""
        return [CONTEXT, self.namespaces]

    def word(self, kind: str, word: str) -> str:
        """Give the address of a word of our own: `BizStep`, `Disp`, `BTT` or `ER`."""
        return f"{self.space}{kind}-{word}"

    def thing(self, code: str) -> str:
        """Give the address of a piece, a manifest or a trip by its code.

        What a dossier code looks like is law and changes; so whatever has no form of ours is one for good.
        """
        kind = kind_of(code)
        if kind not in _STABLE:
            kind = CodeKind.RESULT if code.endswith(RESULT_SUFFIX) else CodeKind.DOSSIER
        return f"{self.base}/id/{kind.value}/{quote(code, safe='')}"

    def party(self, organisation: str) -> str:
        """Give the address of an organisation."""
        return f"{self.base}/id/organisation/{quote(organisation, safe='')}"

    def code_of(self, address: str) -> str | None:
        """Read the code of a piece, manifest or trip back; None for any other address."""
        kind, code = self._split(address)
        return code if kind in set(CodeKind) and code and self.thing(code) == address else None

    def organisation_of(self, address: str) -> str | None:
        """Read an organisation back; None for any other address."""
        kind, code = self._split(address)
        return code if kind == "organisation" and code and self.party(code) == address else None

    def _split(self, address: str) -> tuple[str, str]:
        start = f"{self.base}/id/"
        if not address.startswith(start):
            return "", ""
        kind, _, code = address.removeprefix(start).partition("/")
        return kind, unquote(code)
