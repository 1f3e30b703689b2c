"""What a partner's settings say of the portal's fields."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

Code = Annotated[str, Meta(pattern=r"^[A-Z0-9][A-Z0-9.\-]{0,34}$")]


class PortalSettings(Struct, frozen=True, kw_only=True):
    """How a partner speaks the portal's fields.

    `sync`: an agency's system is told what happens to its dossiers (a portal always is). `desk` and `authority` are
    those of the dossiers that it sends, its own organisation where they are not said; `office` takes them in, or by
    the name of the place (`NoiNopHoSo`) one of `offices`. `within_seconds` is how late it may be told.
    """

    sync: bool = False
    within_seconds: Annotated[int, Meta(ge=1, le=86_400)] = 300
    madonvi: Annotated[str, Meta(max_length=64)] = ""
    desk: Code | None = None
    authority: Code | None = None
    office: Code | None = None
    offices: Annotated[dict[str, Code], Meta(max_length=1_000)] = {}

    def office_of(self, place: str) -> str | None:
        """Name the post office that takes a dossier in."""
        return self.offices.get(place, self.office)


def settings_of(settings: Mapping[str, Any]) -> PortalSettings:
    """Read the settings of a partner; what is mistaken there counts as unsaid."""
    try:
        return msgspec.convert(dict(settings), PortalSettings)
    except msgspec.ValidationError:
        return PortalSettings()
