"""What is counted of a dossier, how lengths are distributed, and how rates of small numbers are told. Pure."""

from shipments.dossiers.rules import Channel
from shipments.figures.rules.counting import contribution_of, deltas, place_of
from shipments.figures.rules.intervals import Rate, best_first, worst_first
from shipments.figures.rules.model import (
    BY_WORKING_TIME,
    CLOCKS,
    DONE,
    JUDGED,
    VERDICTS,
    Amount,
    Cell,
    ClockRow,
    Contribution,
    Cut,
    Deltas,
    DossierFacts,
    Grain,
    Part,
    Place,
)
from shipments.figures.rules.spread import ERROR, bounds, bucket_of, middle, quantile

__all__ = [
    "BY_WORKING_TIME",
    "CLOCKS",
    "DONE",
    "ERROR",
    "JUDGED",
    "VERDICTS",
    "Amount",
    "Cell",
    "Channel",
    "ClockRow",
    "Contribution",
    "Cut",
    "Deltas",
    "DossierFacts",
    "Grain",
    "Part",
    "Place",
    "Rate",
    "best_first",
    "bounds",
    "bucket_of",
    "contribution_of",
    "deltas",
    "middle",
    "place_of",
    "quantile",
    "worst_first",
]
