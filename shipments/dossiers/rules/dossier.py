"""A dossier, its applicant and its papers, and what the law lets the post carry (domain.md 1.2)."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from postal.errors import Unprocessable
from postal.ledger.rules import commitment
from shipments.dossiers.rules.moves import Status


class ServiceMode(StrEnum):
    """Which way the post carries (QĐ 45/2016 Đ5)."""

    SUBMIT = "submit"
    RETURN = "return"
    BOTH = "both"


class Channel(StrEnum):
    """How a dossier comes in (NĐ 118/2025): by hand at the desk, online, or by the public post."""

    DIRECT = "direct"
    ONLINE = "online"
    POST = "post"


class Consent(StrEnum):
    """How the citizen's own choice of the post was taken down: signed on the form, spoken at the counter, online."""

    SIGNED = "signed"
    SPOKEN = "spoken"
    ONLINE = "online"


LineForm = Literal["original", "copy", "electronic"]
Count = Annotated[int, Meta(ge=1, le=10_000)]


class Line(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One paper of a dossier; `copies` pieces of `sheets` sheets each."""

    number: Count
    name: Annotated[str, Meta(min_length=1, max_length=300)]
    form: LineForm
    copies: Count = 1
    sheets: Count = 1
    to_return: bool = False

    @property
    def must_return(self) -> bool:
        """Tell an original that has to come back to the citizen (QĐ 45/2016 Đ8 k3)."""
        return self.form == "original" and self.to_return


class Applicant(Struct, frozen=True, kw_only=True):
    """Whose dossier it is: personal data, kept apart from the ledger and erasable."""

    name: str
    phone: str
    address: str | None = None
    email: str | None = None
    identity_type: str | None = None
    identity_number: str | None = None


class Dossier(Struct, frozen=True, kw_only=True):
    """What the ledger says of a dossier, without anything about a person."""

    code: str
    procedure: str
    procedure_version: int | None
    authority: str
    desk: str
    office: str | None
    service_mode: ServiceMode
    registered_at: datetime
    registered_by: str | None
    status: Status
    due_first: datetime | None = None
    due_now: datetime | None = None
    received_at: datetime | None = None
    completed_at: datetime | None = None
    result_at_desk_at: datetime | None = None
    ended_at: datetime | None = None
    closed_at: datetime | None = None
    withdrawn: bool = False
    unit: str | None = None
    supplements: int = 0
    extensions: int = 0
    flags: tuple[str, ...] = ()
    source: str | None = None
    channel: Channel | None = None
    consent: Consent | None = None
    due_moved: datetime | None = None
    """Whither a decision on the calendar moved the promise, where it is read for somebody; no row says it."""

    @property
    def due_that_holds(self) -> datetime | None:
        """Give the promise that is judged by: no decision on the calendar makes it shorter."""
        if self.due_now is None or self.due_moved is None:
            return self.due_now
        return max(self.due_now, self.due_moved)


class Eligibility(Struct, frozen=True):
    """What the version of a procedure in force says about the post."""

    procedure: str
    eligible: bool
    requires_presence: bool
    state_secret: bool


def refuse_unless_eligible(eligibility: Eligibility, mode: ServiceMode) -> None:
    """Raise when the post may not carry this dossier this way.

    Presence bars only the way in: the result of a procedure that asks for presence may still come home by post.
    """
    named = {"procedure": eligibility.procedure}
    if eligibility.state_secret:
        raise Unprocessable(
            "dossier.state_secret",
            vi="Hồ sơ thuộc bí mật nhà nước không được gửi qua bưu chính công ích",
            en="State-secret papers may not go by the public post",
            **named,
        )
    if eligibility.requires_presence and mode is not ServiceMode.RETURN:
        raise Unprocessable(
            "dossier.presence_required",
            vi="Thủ tục này yêu cầu người nộp có mặt, không nhận hồ sơ qua bưu chính",
            en="This procedure asks for the applicant in person; only its result may go by post",
            **named,
        )
    if not eligibility.eligible:
        raise Unprocessable(
            "dossier.not_eligible",
            vi="Thủ tục không thuộc danh mục thực hiện qua bưu chính công ích",
            en="The procedure is not on the list for the public post",
            **named,
        )


def applicant_commitment(salt: bytes, applicant: Applicant) -> str:
    """Commit to all that is held about the applicant, in canonical order."""
    return commitment(salt, msgspec.json.encode(applicant, order="deterministic").decode())


def lines_commitment(salt: bytes, lines: Sequence[Line]) -> str:
    """Commit to the list of papers as it was counted at registration."""
    return commitment(salt, msgspec.json.encode(list(lines), order="deterministic").decode())


def last4(phone: str) -> str | None:
    """Give the second factor of anonymous tracking, or None when the number is too short to have one."""
    digits = "".join(character for character in phone if character.isascii() and character.isdigit())
    return digits[-4:] if len(digits) >= 8 else None
