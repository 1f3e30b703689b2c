"""The clocks of a dossier: Structs and the computation from rows. Pure."""

from shipments.clocks.rules.compute import compute
from shipments.clocks.rules.judging import near_from
from shipments.clocks.rules.marks import marks_of
from shipments.clocks.rules.model import (
    Alternative,
    Clock,
    ClockName,
    Clocks,
    Doubt,
    Facts,
    Mark,
    Oddity,
    Part,
    StepLimit,
    Terms,
    Verdict,
    Wait,
)
from shipments.clocks.rules.oddities import RULES as ODDITIES
from shipments.clocks.rules.spans import day_shares
from shipments.clocks.rules.statutory import SUBTRACT

__all__ = [
    "ODDITIES",
    "SUBTRACT",
    "Alternative",
    "Clock",
    "ClockName",
    "Clocks",
    "Doubt",
    "Facts",
    "Mark",
    "Oddity",
    "Part",
    "StepLimit",
    "Terms",
    "Verdict",
    "Wait",
    "compute",
    "day_shares",
    "marks_of",
    "near_from",
]
