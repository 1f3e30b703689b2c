"""Figures over HTTP: what is published for anybody, and what leaders read."""

from typing import Any

from shipments.figures.api.figures import FigureController
from shipments.figures.api.statistics import StatisticController

HANDLERS: tuple[Any, ...] = (StatisticController, FigureController)
