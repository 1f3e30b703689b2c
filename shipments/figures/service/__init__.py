"""Keeping figures, publishing them day by day, and reading them."""

from shipments.figures.service.counting import (
    CHANGED,
    CLOCKS_CHANGED,
    count,
    export,
    project,
    recount,
    refresh,
)
from shipments.figures.service.leading import dossiers_behind, lead, scope_of
from shipments.figures.service.pruning import unused_procedures
from shipments.figures.service.publishing import publish_days, statistic_of, statistics_before

__all__ = [
    "CHANGED",
    "CLOCKS_CHANGED",
    "count",
    "dossiers_behind",
    "export",
    "lead",
    "project",
    "publish_days",
    "recount",
    "refresh",
    "scope_of",
    "statistic_of",
    "statistics_before",
    "unused_procedures",
]
