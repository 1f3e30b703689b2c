"""What a connector says that the national portal answered."""

from typing import Annotated

from msgspec import Meta, Struct

Code = Annotated[str, Meta(min_length=1, max_length=64)]


class PortalReceipt(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the national portal answered for the state of a dossier."""

    dossier: Code
    status: Annotated[int, Meta(ge=1, le=10)]
    accepted: bool
    error: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
