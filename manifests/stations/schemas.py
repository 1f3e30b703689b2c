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


class LoadTrip(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was put on a trip, by the codes of manifests and bags."""

    trip: Annotated[str, Meta(min_length=1, max_length=64)]
    codes: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=64)]], Meta(min_length=1, max_length=1000)
    ]


class RefusedLoad(Struct, frozen=True, kw_only=True):
    """What could not be loaded, and why."""

    code: str
    message: str


class LoadedTrip(Struct, frozen=True, kw_only=True):
    """What became of each code: aboard now (or before), or refused."""

    loaded: list[str]
    refused: list[RefusedLoad]
