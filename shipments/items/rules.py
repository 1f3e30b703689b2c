"""Sealed items and bags: what may be packed into a new one."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct

from postal.errors import Conflict, NotFound, Unprocessable
from shipments.custody.rules import Custody, Phase
from shipments.pieces.rules import Direction, Piece, PieceKind, s10, s10_check_digit

INDICATOR = re.compile(r"[A-Z]{2}")
BAG_PREFIX = "TUI"

_FITS: dict[PieceKind, frozenset[PieceKind]] = {
    PieceKind.ITEM: frozenset({PieceKind.DOSSIER, PieceKind.RESULT}),
    PieceKind.BAG: frozenset({PieceKind.ITEM, PieceKind.BAG}),
}
_ENDED = frozenset({Phase.DELIVERED, Phase.LOST})


class Packing(Struct, frozen=True, kw_only=True):
    """What somebody wants made: a container of a kind, where it goes, and what is packed into it at once."""

    container: PieceKind
    destination: str
    direction: Direction
    pieces: tuple[str, ...] = ()
    authority: str | None = None
    service: str | None = None
    seal: str | None = None


class Packed(Struct, frozen=True, kw_only=True):
    """The new container and what went into it."""

    code: str
    kind: PieceKind
    origin: str
    destination: str
    direction: Direction
    pieces: tuple[str, ...]
    seal: str | None = None


def item_code(indicator: str, serial: int) -> str:
    """Write the S10 code of a new item; a wrong indicator is a mistake in the settings."""
    if not INDICATOR.fullmatch(indicator):
        raise ValueError(f"{indicator!r} is no S10 service indicator")
    return s10(indicator, serial)


def bag_code(day: date, serial: int) -> str:
    """Write the code of a new bag; its last digit is the check digit of the serial."""
    digits = f"{serial:08d}"
    return f"{BAG_PREFIX}-{day:%Y%m%d}-{digits}{s10_check_digit(digits)}"


def refuse_unless_packable(
    packing: Packing, pieces: Mapping[str, Piece], custody: Mapping[str, Custody], visible: set[str]
) -> None:
    """Raise when a piece is unknown to the packer, of the wrong kind, already inside something, or at its end."""
    if repeated := _repeated(packing.pieces):
        raise Unprocessable(
            "item.piece_repeated",
            vi=f"Mã {repeated} được nêu hai lần",
            en=f"{repeated} is named twice",
            pointer=f"/pieces/{len(packing.pieces) - 1 - packing.pieces[::-1].index(repeated)}",
        )
    for index, code in enumerate(packing.pieces):
        pointer = f"/pieces/{index}"
        piece = pieces.get(code)
        if piece is None or code not in visible:
            raise NotFound(
                "piece.not_found", vi="Không tìm thấy mã này", en="There is no such code", pointer=pointer
            )
        if piece.kind not in _FITS[packing.container]:
            raise Unprocessable(
                "item.does_not_fit",
                vi="Hồ sơ, kết quả vào bưu gửi; bưu gửi, túi vào túi",
                en="Dossiers and results go into items; items and bags into bags",
                pointer=pointer,
                kind=piece.kind.value,
            )
        _refuse_elsewhere(custody.get(code), pointer)


def _refuse_elsewhere(custody: Custody | None, pointer: str) -> None:
    if custody is None:
        return
    if custody.container is not None:
        raise Conflict(
            "item.piece_packed",
            vi=f"Mã này đang ở trong {custody.container}",
            en=f"This piece is inside {custody.container}",
            pointer=pointer,
            container=custody.container,
        )
    if custody.phase in _ENDED:
        raise Conflict(
            "item.piece_ended",
            vi="Mã này đã phát hoặc đã mất",
            en="This piece is delivered or lost",
            pointer=pointer,
            phase=custody.phase.value,
        )


def _repeated(codes: Sequence[str]) -> str | None:
    seen = set[str]()
    for code in codes:
        if code in seen:
            return code
        seen.add(code)
    return None
