"""Pieces and their codes: what may be scanned, how it is written, and how new codes are chosen. Pure."""

from shipments.pieces.rules.codes import (
    RESULT_SUFFIX,
    SHIPPED,
    CodeKind,
    Written,
    dossier_of,
    dossier_patterns,
    hold_patterns,
    is_dossier_code,
    is_s10,
    kind_of,
    result_code,
    s10,
    s10_check_digit,
)
from shipments.pieces.rules.piece import (
    CITIZEN,
    Direction,
    Piece,
    PieceKind,
    Registration,
    body_of,
    piece_of,
)
from shipments.pieces.rules.serials import SERIALS, Allotment, allot, permuted
from shipments.pieces.rules.typed import Refusal, candidates, normalise

__all__ = [
    "CITIZEN",
    "RESULT_SUFFIX",
    "SERIALS",
    "SHIPPED",
    "Allotment",
    "CodeKind",
    "Direction",
    "Piece",
    "PieceKind",
    "Refusal",
    "Registration",
    "Written",
    "allot",
    "body_of",
    "candidates",
    "dossier_of",
    "dossier_patterns",
    "hold_patterns",
    "is_dossier_code",
    "is_s10",
    "kind_of",
    "normalise",
    "permuted",
    "piece_of",
    "result_code",
    "s10",
    "s10_check_digit",
]
