"""What is sent about requests of data subjects."""

from typing import Annotated

from msgspec import Meta, Struct

from shipments.dossiers.schemas import Keyword, Phone, Text
from shipments.privacy.rules import Kind


class NewRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person asks for about a dossier."""

    dossier: Annotated[str, Meta(min_length=1, max_length=64)]
    kind: Kind


class Identified(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By what kind of paper who asks was identified, such as `cccd` or `giay_uy_quyen`; never its number."""

    identity: Keyword


class Refusing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it is refused."""

    reason: Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9_]{1,34}$(?!\n)")]


class Correction(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is right; what is left out stays."""

    name: Text | None = None
    phone: Phone | None = None
    address: Text | None = None
    email: Annotated[str, Meta(pattern=r"^[!-?A-~]{1,64}@[!-?A-~]{1,190}$(?!\n)")] | None = None
    identity_type: Keyword | None = None
    identity_number: Annotated[str, Meta(pattern=r"^[A-Z0-9]{4,20}$(?!\n)")] | None = None


class Erasing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether to erase only what the law does not keep."""

    partly: bool = False
