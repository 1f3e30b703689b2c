"""Closing a bag or an item with a seal, and counting what is in one whose seal or cover is broken.

An inventory (biên bản kiểm kê, TT 17/2017 Điều 11) holds the list against what was found: what is missing is in the
container no more, what was found is packed again under the new seal, what was not listed came into the wrong one.
"""

from collections.abc import Collection, Sequence

from msgspec import Struct

from postal.errors import Conflict, Forbidden, Unprocessable
from shipments.custody.rules.model import Custody
from shipments.custody.rules.wire import Counted
from shipments.pieces.rules import Piece, PieceKind

CONTAINERS = frozenset({PieceKind.ITEM, PieceKind.BAG})


class Inventory(Struct, frozen=True, kw_only=True):
    """What an inventory found: the list against what was in the container, and the seals before and after."""

    code: str
    listed: tuple[str, ...]
    found: tuple[str, ...]
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    old_seal: str | None
    seal: str
    listed_documents: int | None = None
    counted: Counted | None = None


def inventory_of(
    custody: Custody,
    listed: Sequence[str],
    found: Sequence[str],
    seal: str,
    listed_documents: int | None,
    counted: Counted | None,
) -> Inventory:
    """Hold what was found against the list."""
    return Inventory(
        code=custody.code,
        listed=tuple(listed),
        found=tuple(found),
        missing=tuple(code for code in listed if code not in found),
        extra=tuple(code for code in found if code not in listed),
        old_seal=custody.seal.number if custody.seal else None,
        seal=seal,
        listed_documents=listed_documents,
        counted=counted,
    )


def holder_of(custody: Custody, organisations: Collection[str]) -> str:
    """Name the one of the actor's organisations that has the container; raises Forbidden if none does."""
    for party in custody.claims:
        if party in organisations:
            return party
    raise Forbidden(
        "piece.not_holder",
        vi="Đơn vị không giữ túi, bưu gửi này; hãy quét nhận trước.",
        en="You do not hold this container; scan its receipt first.",
    )


def refuse_unless_container(piece: Piece) -> None:
    """Raise for what cannot be sealed: papers without a cover."""
    if piece.kind not in CONTAINERS:
        raise Unprocessable(
            "piece.no_container",
            vi="Chỉ túi và bưu gửi mới có niêm phong.",
            en="Only bags and items have a seal.",
            kind=piece.kind.value,
        )


def refuse_same_seal(custody: Custody, number: str) -> None:
    """Raise when the seal to be put on is the one that is on, or was: a seal is used once."""
    if any(note.number == number for note in custody.seals):
        raise Conflict(
            "piece.seal_used",
            vi=f"Niêm phong {number} đã dùng cho túi, bưu gửi này; mỗi niêm phong chỉ dùng một lần.",
            en=f"Seal {number} has been on this container; a seal is used once.",
            pointer="/seal",
        )


def refuse_repeated(found: Sequence[str], container: str) -> None:
    """Raise when a found piece is named twice, or is the container itself."""
    for index, code in enumerate(found):
        if code in found[:index] or code == container:
            raise Unprocessable(
                "piece.found_twice",
                vi=f"{code} được nêu hai lần, hoặc là chính túi này.",
                en=f"{code} is named twice, or is the container itself.",
                pointer=f"/found/{index}",
            )
