"""What documents are filled with: dossiers with their person and papers, parties, and counts of a handover."""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct

from manifests.documents.rules import words
from postal.identity.rules import Actor, Role
from postal.network.rules import Organisation
from shipments.dossiers.rules import Line
from shipments.pieces.rules import CITIZEN

DELIVERS = frozenset({Role.CLERK, Role.COURIER, Role.POST_DESK, Role.SUPERVISOR})
"""Roles that need a person's name for their work, as in reading a dossier."""


class Person(Struct, frozen=True, kw_only=True):
    """Whose papers they are: personal data, from erasable tables alone."""

    name: str
    address: str | None = None
    phone: str | None = None
    email: str | None = None


class Papers(Struct, frozen=True, kw_only=True):
    """A dossier as documents print it. `person` is absent where nobody was named, or the person was erased.

    `fee` is what the procedure asks for, `paid` what was taken for it less what was given back, `fare` the same for
    the post's own price, in đồng.
    """

    code: str
    procedure: str
    version: int | None
    authority: str
    desk: str
    unit: str | None
    office: str | None
    registered_at: datetime
    received_at: datetime | None
    due_first: datetime | None
    due_now: datetime | None
    person: Person | None
    erased: bool
    lines: tuple[Line, ...]
    procedure_name: str | None = None
    fee: int | None = None
    paid: int = 0
    fare: int = 0
    receipts: str | None = None

    @property
    def documents(self) -> int:
        """Count the papers on the list, each copy for itself."""
        return sum(line.copies for line in self.lines)

    @property
    def originals(self) -> int:
        """Count the originals on the list."""
        return sum(line.copies for line in self.lines if line.form == "original")


class Counted(Struct, frozen=True, kw_only=True):
    """What the receiver counted of one line, where it said so."""

    documents: int | None = None
    originals: int | None = None
    condition: str | None = None
    seal: str | None = None


class Names(Struct, frozen=True):
    """Names of parties as papers show them."""

    organisations: dict[str, Organisation]

    def of(self, code: str | None) -> str | None:
        """Give the name of a party; one that is not registered goes by its code."""
        if code is None:
            return None
        if code == CITIZEN:
            return words.CITIZEN_WORDS
        known = self.organisations.get(code)
        return known.name if known else code

    def with_code(self, code: str | None) -> str | None:
        """Give name and code of a party."""
        name = self.of(code)
        return name if name is None or code in (CITIZEN, name) else f"{name} ({code})"

    def address(self, code: str | None) -> str | None:
        """Give the public address of a party."""
        known = self.organisations.get(code or "")
        return known.address_public if known else None

    def issuer(self, code: str) -> dict[str, str]:
        """Give the head of a paper that a party issues: itself and who is above it."""
        known = self.organisations.get(code)
        return {"name": self.of(code) or code, "parent": (self.of(known.parent) or "") if known else ""}


def owner_of(papers: Papers, actor: Actor) -> str | None:
    """Give the name that a paper shows of whose dossier it is; none where this caller may not know it."""
    if not may_know(papers, actor):
        return None
    if papers.erased:
        return words.ERASED
    return papers.person.name if papers.person else None


def may_know(papers: Papers, actor: Actor) -> bool:
    """Tell whether a caller needs to know the person for its work, as in reading a dossier."""
    agencies: Collection[str | None] = {papers.desk, papers.authority, papers.unit}
    return (
        bool(set(agencies) & actor.sees)
        or bool(DELIVERS & actor.roles)
        or (papers.office in actor.sees and Role.SYSTEM in actor.roles)
    )
