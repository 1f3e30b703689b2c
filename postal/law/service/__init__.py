"""The law: read by everybody, changed by the office that answers for it."""

from postal.law.service.authority import EDITORS, is_national
from postal.law.service.numbers import change_constant, change_pattern, change_transit, decide_list
from postal.law.service.procedures import add_procedure, add_version, end_procedure
from postal.law.service.reading import (
    Published,
    history_of,
    in_force,
    list_procedures,
    newest_of,
    postage,
    published,
)
from postal.law.service.withdrawing import rules_of, subject_of, withdraw

__all__ = [
    "EDITORS",
    "Published",
    "add_procedure",
    "add_version",
    "change_constant",
    "change_pattern",
    "change_transit",
    "decide_list",
    "end_procedure",
    "history_of",
    "in_force",
    "is_national",
    "list_procedures",
    "newest_of",
    "postage",
    "published",
    "rules_of",
    "subject_of",
    "withdraw",
]
