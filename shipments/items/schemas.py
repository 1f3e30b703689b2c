"""What the item API takes and gives."""

from typing import Annotated

from msgspec import Meta, Struct

from postal.identity.rules import OrganisationCode
from shipments.pieces.rules import Direction, PieceKind

PieceCode = Annotated[str, Meta(min_length=1, max_length=60)]
SealNumber = Annotated[str, Meta(pattern=r"^[A-Za-z0-9.\-/]{1,40}$(?!\n)")]


class NewContainer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new item or bag, made at the caller's organisation; `pieces` are packed into it at once.

    `destination` is an organisation or `CITIZEN`. Its direction is `outbound` for the citizen, else `inbound`, unless
    stated.
    """

    destination: OrganisationCode
    pieces: Annotated[tuple[PieceCode, ...], Meta(max_length=500)] = ()
    direction: Direction | None = None
    authority: OrganisationCode | None = None
    service: Annotated[str, Meta(pattern=r"^[a-z0-9_.]{1,40}$(?!\n)")] | None = None
    seal: SealNumber | None = None


class ContainerView(Struct, frozen=True, kw_only=True):
    """A container that was made."""

    code: str
    kind: PieceKind
    origin: str
    destination: str
    direction: Direction
    pieces: tuple[str, ...]
    seal: str | None
