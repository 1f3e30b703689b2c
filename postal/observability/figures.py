"""Figures of the whole system, as opposed to those of one process: told by the database, some seconds old at most."""

from collections.abc import Iterable, Iterator

import msgspec
from prometheus_client.core import GaugeMetricFamily


class Figure(msgspec.Struct, frozen=True):
    """One value now; figures of one name have the same labels and the same help."""

    name: str
    help: str
    value: float
    labels: dict[str, str] = {}


class Told:
    """A collector of figures that were read before: a scrape itself waits for nothing."""

    def __init__(self, figures: Iterable[Figure]) -> None:
        self._figures = tuple(figures)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give a family for each name."""
        families: dict[str, GaugeMetricFamily] = {}
        for figure in self._figures:
            if figure.name not in families:
                families[figure.name] = GaugeMetricFamily(figure.name, figure.help, labels=[*figure.labels])
            families[figure.name].add_metric([*figure.labels.values()], figure.value)
        yield from families.values()
