"""What files look like over HTTP."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from postal.files.rules import About, Attached, FileKind, NewUpload, Upload
from postal.http.parameters import LONGEST_CODE
from postal.instants import Instant


class FileView(Struct, frozen=True, kw_only=True):
    """What is known of a file without opening it.

    The ledger holds `commitment`, a salted hash of the bytes. When `erased_at` is there, the bytes are gone for good.
    """

    id: UUID
    about: About
    code: str
    kind: FileKind
    media_type: str
    size: int
    commitment: str
    organisation: str
    created_at: Instant
    erased_at: Instant | None


class UploadOrder(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file that will come in parts: what it is attached to, and its exact size and SHA-256."""

    about: About
    code: Annotated[str, Meta(min_length=1, max_length=LONGEST_CODE)]
    kind: FileKind
    # That no file is empty is refused by the rule, whose words help more than those of a bound.
    size: Annotated[int, Meta(le=1 << 40, extra_json_schema={"minimum": 1})]
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]


class UploadView(Struct, frozen=True, kw_only=True):
    """How far an upload is: send what follows `offset`. `file` is what it has become, once complete."""

    id: UUID
    about: About
    code: str
    kind: FileKind
    size: int
    offset: int
    expires_at: Instant
    file: UUID | None


def view(file: Attached) -> FileView:
    """Show a file."""
    return FileView(
        id=file.id,
        about=file.key.about,
        code=file.key.subject,
        kind=file.kind,
        media_type=file.media,
        size=file.size,
        commitment=file.commitment,
        organisation=file.organisation,
        created_at=file.created_at,
        erased_at=file.key.erased_at,
    )


def upload_view(upload: Upload) -> UploadView:
    """Show an upload."""
    return UploadView(
        id=upload.id,
        about=upload.key.about,
        code=upload.key.subject,
        kind=upload.kind,
        size=upload.size,
        offset=upload.size if upload.file is not None else upload.received,
        expires_at=upload.expires_at,
        file=upload.file,
    )


def ordered(order: UploadOrder) -> NewUpload:
    """Read an order."""
    return NewUpload(
        about=order.about, code=order.code, kind=order.kind, size=order.size, sha256=order.sha256
    )
