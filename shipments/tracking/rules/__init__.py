"""What a citizen is told, how codes are read, whose move it is, and who may see how much. Pure."""

from shipments.tracking.rules.answers import (
    ATTEMPTS,
    LOCKED_FOR,
    POST_KINDS,
    STAGE_NAMES,
    Answer,
    CaseState,
    Entry,
    HolderKind,
    Stage,
    Tracked,
    Unlocked,
    Whereabouts,
    answer_for_case,
    answer_for_item,
    holder_kind,
    masked,
)
from shipments.tracking.rules.links import SALT, link_token, token_hash, typed_token
from shipments.tracking.rules.moves import headline, moment_words, mover, to_do
from shipments.tracking.rules.writing import folded

__all__ = [
    "ATTEMPTS",
    "LOCKED_FOR",
    "POST_KINDS",
    "SALT",
    "STAGE_NAMES",
    "Answer",
    "CaseState",
    "Entry",
    "HolderKind",
    "Stage",
    "Tracked",
    "Unlocked",
    "Whereabouts",
    "answer_for_case",
    "answer_for_item",
    "folded",
    "headline",
    "holder_kind",
    "link_token",
    "masked",
    "moment_words",
    "mover",
    "to_do",
    "token_hash",
    "typed_token",
]
