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
from shipments.figures.service.publishing import (
    LATE,
    Told,
    publish_days,
    statistic_of,
    statistics_before,
)

__all__ = [
    "CHANGED",
    "CLOCKS_CHANGED",
    "LATE",
    "Told",
    "count",
    "export",
    "project",
    "publish_days",
    "recount",
    "refresh",
    "statistic_of",
    "statistics_before",
]
