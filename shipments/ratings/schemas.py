"""What is sent about ratings."""

from typing import Annotated

from msgspec import Meta, Struct

from shipments.ratings.rules import Score

LONGEST_NOTE = 1_000


class NewRating(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rating of a delivered dossier by whoever knows the end of the phone number that the slip bears."""

    code: Annotated[str, Meta(min_length=1, max_length=64)]
    last4: Annotated[str, Meta(pattern=r"^[0-9]{4}$(?!\n)")]
    score: Score
    attitude: Score | None = None
    note: Annotated[str, Meta(min_length=1, max_length=LONGEST_NOTE)] | None = None
