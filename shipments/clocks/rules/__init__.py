"""The clocks of a dossier: Structs and the computation from rows. Pure."""

from shipments.clocks.rules.compute import compute
from shipments.clocks.rules.deriving import Derivation, Line, Why, derive
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
from shipments.clocks.rules.moving import Moved, moved_by
from shipments.clocks.rules.nearing import NearDue, near_from
from shipments.clocks.rules.oddities import RULES as ODDITIES
from shipments.clocks.rules.sentences import CLOCKS as CLOCK_NAMES
from shipments.clocks.rules.sentences import Told, told
from shipments.clocks.rules.spans import day_shares
from shipments.clocks.rules.statutory import SUBTRACT

__all__ = [
    "CLOCK_NAMES",
    "ODDITIES",
    "SUBTRACT",
    "Alternative",
    "Clock",
    "ClockName",
    "Clocks",
    "Derivation",
    "Doubt",
    "Facts",
    "Line",
    "Mark",
    "Moved",
    "NearDue",
    "Oddity",
    "Part",
    "StepLimit",
    "Terms",
    "Told",
    "Verdict",
    "Wait",
    "Why",
    "compute",
    "day_shares",
    "derive",
    "marks_of",
    "moved_by",
    "near_from",
    "told",
]
