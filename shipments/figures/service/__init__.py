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
from shipments.figures.service.leading import (
    BEHIND,
    Asked,
    By,
    Leading,
    Which,
    dossiers_behind,
    lead,
    scope_of,
)
from shipments.figures.service.pruning import Unused, unused_procedures
from shipments.figures.service.publishing import (
    LATE,
    Told,
    publish_days,
    statistic_of,
    statistics_before,
)

__all__ = [
    "BEHIND",
    "CHANGED",
    "CLOCKS_CHANGED",
    "LATE",
    "Asked",
    "By",
    "Leading",
    "Told",
    "Unused",
    "Which",
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
