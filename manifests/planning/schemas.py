"""What is asked of planning and what it answers."""

from typing import Annotated

from msgspec import Meta, Struct

from manifests.manifests.rules import Manifest
from postal.identity.rules import OrganisationCode
from postal.instants import Instant


class PlanRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose demand, for whom, before which cut-off, and how long a manifest may be."""

    giver: OrganisationCode | None = None
    receiver: OrganisationCode | None = None
    carrier: OrganisationCode | None = None
    cut_off: Instant | None = None
    max_items: Annotated[int, Meta(ge=1, le=5_000)] | None = None


class Plan(Struct, frozen=True, kw_only=True):
    """The drafts made, and how many pieces wait whose next party could not be told."""

    manifests: list[Manifest]
    left: int
