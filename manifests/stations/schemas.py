"""What a station sends and is answered, beside scans."""

from typing import Annotated

from msgspec import Meta, Struct

from postal.instants import Instant


class BeginShift(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who begins to work."""

    login: Annotated[str, Meta(min_length=1, max_length=256)]
    password: Annotated[str, Meta(min_length=1, max_length=256)]


class BegunShift(Struct, frozen=True, kw_only=True):
    """A shift as a browser may keep it: no name, no login."""

    shift: str
    opened_at: Instant
    organisation: str


class EnrolForm(Struct, frozen=True, kw_only=True):
    """What the form of enrolment sends."""

    code: Annotated[str, Meta(max_length=100)] = ""
