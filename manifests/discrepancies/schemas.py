"""What is sent about discrepancies."""

from typing import Annotated

from msgspec import Meta, Struct

from manifests.discrepancies.rules import Discrepancy, Swap
from postal.identity.rules import OrganisationCode, StaffCode

Note = Annotated[str, Meta(min_length=1, max_length=2000)]
"""Words about a case. The ledger keeps a commitment to them, so that they can be erased."""
SealNumber = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z./\-]+$(?!\n)")]
ReasonCode = Annotated[str, Meta(min_length=1, max_length=40)]


class Settlement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a discrepancy ended: the code of a reason in force, and words where the reason wants them."""

    resolution: ReasonCode
    note: Note | None = None


class Assignment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is to work on a case: a person of your organisation, or another party of the manifest."""

    organisation: OrganisationCode | None = None
    person: StaffCode | None = None


class Evidence(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that speaks to a case: words, or the number of a seal. Photos and papers are attached as files."""

    note: Note | None = None
    seal: SealNumber | None = None


class Proposal(Struct, frozen=True, kw_only=True):
    """The swap that explains a case, or none."""

    swap: Swap | None


class Settled(Struct, frozen=True, kw_only=True):
    """The cases that a swap settled, all at once."""

    cases: tuple[Discrepancy, ...]
