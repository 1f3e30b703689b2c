"""What is sent about manifests and what is answered."""

from typing import Annotated

from msgspec import Meta, Struct

from postal.identity.rules import OrganisationCode
from postal.instants import Instant

MOST_LINES = 5_000

Pieces = Annotated[list[Annotated[str, Meta(min_length=1, max_length=60)]], Meta(max_length=MOST_LINES)]
Short = Annotated[str, Meta(max_length=64)]
Note = Annotated[str, Meta(max_length=500)]


class NewManifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A draft to be made; the giver is the caller's organisation unless it names one of its predecessors."""

    receiver: OrganisationCode
    giver: OrganisationCode | None = None
    carrier: OrganisationCode | None = None
    route: Short | None = None
    cut_off: Instant | None = None
    note: Note | None = None
    lines: Pieces = []


class DraftLines(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole list of a draft, in order."""

    lines: Pieces


class Reception(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the receiver takes a manifest over: when it scanned the manifest's barcode, if not just now."""

    at: Instant | None = None
