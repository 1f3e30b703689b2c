"""What is sent about feedback."""

from typing import Annotated

from msgspec import Meta, Struct

from postal.http.limits import Limit
from postal.identity.rules import OrganisationCode
from postal.instants import Instant
from shipments.feedback.rules import Category, Channel

LONGEST_TEXT = 10_000
LONGEST_FOLLOW = 64

STRANGERS = Limit("feedback", 5, 3600)
"""How often an address may write in an hour: enough for a family, too little for a flood."""

Text = Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT)]
FollowCode = Annotated[str, Meta(min_length=1, max_length=LONGEST_FOLLOW)]
ReasonCode = Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9_]{1,34}$(?!\n)")]


class NewContact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How its author wants to be reached; all of it may be left out."""

    name: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    phone: Annotated[str, Meta(pattern=r"^\+?[0-9 .\-()]{8,20}$(?!\n)")] | None = None
    address: Annotated[str, Meta(min_length=1, max_length=500)] | None = None
    email: Annotated[str, Meta(pattern=r"^[!-?A-~]{1,64}@[!-?A-~]{1,190}$(?!\n)")] | None = None


class NewFeedback(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody says. Staff state the channel, and for a letter when it came."""

    text: Text
    category: Category = Category.OTHER
    channel: Channel = Channel.ONLINE
    contact: NewContact | None = None
    dossier: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    organisation: OrganisationCode | None = None
    received_at: Instant | None = None


class FollowedBy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The code that was shown once."""

    follow: FollowCode


class Added(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What its author adds when asked."""

    follow: FollowCode
    text: Text


class Assigning(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What it is about, and who answers for it; the caller's own organisation if nobody does yet."""

    category: Category
    organisation: OrganisationCode | None = None


class Question(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What its author is asked."""

    text: Text


class Refusing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it is refused."""

    reason: ReasonCode


class Answering(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The outcome and what its author is told."""

    outcome: ReasonCode
    text: Text


class Publishing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What everybody may read: in words that tell nobody's name."""

    title: Annotated[str, Meta(min_length=1, max_length=200)]
    question: Text
    answer: Text
