"""Errors that a person can act on: a stable code, an HTTP status, and a sentence in each language."""

from typing import Any, ClassVar


class PostalError(Exception):
    """An expected refusal; rendered as an RFC 9457 problem document by the HTTP shell."""

    status: ClassVar[int] = 500

    def __init__(self, code: str, *, vi: str, en: str, pointer: str | None = None, **extra: Any) -> None:
        super().__init__(f"{code}: {en}")
        self.code = code
        self.vi = vi
        self.en = en
        self.pointer = pointer
        self.extra = extra


class BadInput(PostalError):
    """The request is malformed; nothing was stored."""

    status = 400


class Unauthenticated(PostalError):
    """No key or session, or one that is unknown, expired or revoked."""

    status = 401


class Forbidden(PostalError):
    """The caller is known and may not do this."""

    status = 403


class NotFound(PostalError):
    """Absent, or not visible to the caller: the two answers are alike."""

    status = 404


class TooSlow(PostalError):
    """The body did not arrive in time; nothing was stored."""

    status = 408


class Conflict(PostalError):
    """The state of the thing does not allow this now."""

    status = 409


class Gone(PostalError):
    """It was there and was erased for good; asking again gives the same answer."""

    status = 410


class TooLarge(PostalError):
    """The body or the batch is over its limit."""

    status = 413


class UnsupportedMedia(PostalError):
    """The body is of a kind that this address does not read."""

    status = 415


class Unprocessable(PostalError):
    """Well-formed, and refused by a rule."""

    status = 422


class TooMany(PostalError):
    """The caller must slow down."""

    status = 429


class Unavailable(PostalError):
    """A part that we need is down; the same request may be sent again."""

    status = 503
