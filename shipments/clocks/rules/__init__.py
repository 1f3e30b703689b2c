"""The clocks of a dossier: Structs and the computation from rows. Pure."""

from shipments.clocks.rules.compute import compute
from shipments.clocks.rules.marks import marks_of
from shipments.clocks.rules.model import (
    Alternative,
    Clock,
    ClockName,
    Clocks,
    Facts,
    Mark,
    Part,
    Terms,
    Verdict,
    Wait,
)
from shipments.clocks.rules.spans import day_shares

__all__ = [
    "Alternative",
    "Clock",
    "ClockName",
    "Clocks",
    "Facts",
    "Mark",
    "Part",
    "Terms",
    "Verdict",
    "Wait",
    "compute",
    "day_shares",
    "marks_of",
]
