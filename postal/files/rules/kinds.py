"""Kinds of files, what each may be, and what files are attached to."""

from enum import StrEnum

from msgspec import Struct

from postal.errors import BadInput, TooLarge

MIB = 1 << 20
DIRECT = 10 * MIB
"""What one request may bring; larger ones come in parts, so that a broken line does not throw much away."""

JPEG, PNG, WEBP, PDF = "image/jpeg", "image/png", "image/webp", "application/pdf"
IMAGES = frozenset({JPEG, PNG, WEBP})


class FileKind(StrEnum):
    """What a file shows; the code says nothing about a person."""

    PHOTO = "photo"
    SIGNATURE = "signature"
    PROXY = "proxy"
    SCAN = "scan"
    RESULT = "result"


class About(StrEnum):
    """What a file is attached to."""

    DOSSIER = "dossier"
    PIECE = "piece"
    MANIFEST = "manifest"
    DISCREPANCY = "discrepancy"
    INCIDENT = "incident"


class Subject(Struct, frozen=True, kw_only=True):
    """A thing that an actor may see, as files know it.

    `code` is its own, `row` the one under which the ledger keeps what happened to it. `dossiers` are those that it is
    about: when the only one of them is erased, its files are too.
    """

    code: str
    row: str
    dossiers: tuple[str, ...] = ()


class KindRule(Struct, frozen=True):
    """The types and the size that a kind allows."""

    media: frozenset[str]
    most: int


KINDS: dict[FileKind, KindRule] = {
    FileKind.PHOTO: KindRule(IMAGES, 10 * MIB),
    FileKind.SIGNATURE: KindRule(IMAGES, 1 * MIB),
    FileKind.PROXY: KindRule(IMAGES | {PDF}, 20 * MIB),
    FileKind.SCAN: KindRule(IMAGES | {PDF}, 100 * MIB),
    FileKind.RESULT: KindRule(IMAGES | {PDF}, 100 * MIB),
}


def limit_of(kind: FileKind) -> int:
    """Give the most bytes that a file of a kind may have."""
    return KINDS[kind].most


def direct_limit(kind: FileKind) -> int:
    """Give the most bytes that one request may bring of a kind."""
    return min(DIRECT, limit_of(kind))


def refuse_size(size: int, most: int) -> None:
    """Raise for a file of no bytes, or of more than may be."""
    if size < 1:
        raise BadInput(
            "file.empty",
            vi="Tệp rỗng; hãy chụp hoặc quét lại.",
            en="The file is empty; take the photo or the scan again.",
        )
    if size > most:
        raise too_large(most)


def too_large(most: int) -> TooLarge:
    """Build the refusal of a file over its limit."""
    shown = f"{most / MIB:g} MiB"
    return TooLarge(
        "file.too_large",
        vi=f"Tệp vượt quá {shown}; hãy giảm cỡ ảnh, hoặc gửi từng phần nếu loại tệp này cho phép lớn hơn.",
        en=f"The file is over {shown}; make the picture smaller, or send it in parts where its kind may be larger.",
        limit=most,
    )
