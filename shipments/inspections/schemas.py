"""What is sent about inspections."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct, field

from postal.identity.rules import OrganisationCode

MOST = 1_000
LONGEST_REMARK = 2_000

Seed = Annotated[str, Meta(pattern=r"^[A-Za-z0-9.\-_]{1,64}$(?!\n)")]


class NewInspection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose dossiers, registered from a day up to but not including another, and how many; a seed may be stated."""

    organisation: OrganisationCode
    begin: date = field(name="from")
    end: date = field(name="to")
    size: Annotated[int, Meta(ge=1, le=MOST)]
    seed: Seed | None = None


class Checks(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What of the ledger agrees with the papers: true or false; what does not apply is left out."""

    papers: bool | None = None
    received: bool | None = None
    due: bool | None = None
    handover: bool | None = None
    result: bool | None = None
    money: bool | None = None


class NewFinding(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one dossier of the sample compares."""

    dossier: Annotated[str, Meta(min_length=1, max_length=64)]
    checks: Checks
    remark: Annotated[str, Meta(min_length=1, max_length=LONGEST_REMARK)] | None = None


class Conclusion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What follows, by the code of a conclusion."""

    conclusion: Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9_]{1,34}$(?!\n)")]
