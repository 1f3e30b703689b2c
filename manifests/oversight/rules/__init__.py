"""What supervisors' pages decide: in which column of the board a case stands, and how the network is gone through."""

from manifests.oversight.rules.board import LATELY, PRESSING, Column, Left, column_of, left_of
from manifests.oversight.rules.network import SORTS, Province, Queue, Silent, Sort, age, in_words

__all__ = (
    "LATELY",
    "PRESSING",
    "SORTS",
    "Column",
    "Left",
    "Province",
    "Queue",
    "Silent",
    "Sort",
    "age",
    "column_of",
    "in_words",
    "left_of",
)
