"""Steps of the process against what was planned, and what did not go as the process says. Pure."""

from shipments.steps.rules.analysis import Analysis, Proposal, Steps
from shipments.steps.rules.nonconformity import (
    PREFIX,
    Nonconformity,
    Origin,
    State,
    fold_nonconformity,
)
from shipments.steps.rules.rollup import CASE, StepPart, counts, parts_of
from shipments.steps.rules.times import (
    Basis,
    Planned,
    StepSum,
    StepTime,
    longest_first,
    step_times,
    summed,
)

__all__ = [
    "CASE",
    "PREFIX",
    "Analysis",
    "Basis",
    "Nonconformity",
    "Origin",
    "Planned",
    "Proposal",
    "State",
    "StepPart",
    "StepSum",
    "StepTime",
    "Steps",
    "counts",
    "fold_nonconformity",
    "longest_first",
    "parts_of",
    "step_times",
    "summed",
]
