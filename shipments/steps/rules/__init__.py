"""Steps of the process against what was planned, and what did not go as the process says. Pure."""

from shipments.steps.rules.analysis import Analysis, Proposal, Steps
from shipments.steps.rules.nonconformity import (
    PREFIX,
    Nonconformity,
    Origin,
    State,
    fold_nonconformity,
)
from shipments.steps.rules.times import Basis, Planned, StepSum, StepTime, step_times, summed

__all__ = [
    "PREFIX",
    "Analysis",
    "Basis",
    "Nonconformity",
    "Origin",
    "Planned",
    "Proposal",
    "State",
    "StepSum",
    "StepTime",
    "Steps",
    "fold_nonconformity",
    "step_times",
    "summed",
]
