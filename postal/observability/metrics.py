"""Prometheus figures of this process.

Each server process counts for itself: with several workers behind one port, a scrape sees the one that answered.
Scrape the workers one by one, or set PROMETHEUS_MULTIPROC_DIR, which prometheus_client then reads at exposition.
"""

import os
from collections.abc import Iterable
from functools import cache

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from postal.observability.figures import Figure, Told

REQUESTS = Counter("postal_http_requests", "Requests answered", ("method", "route", "status"))
DURATIONS = Histogram(
    "postal_http_request_duration_seconds",
    "Time from the first byte received to the last sent, by class of status (2xx)",
    ("method", "route", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
IN_FLIGHT = Gauge("postal_http_requests_in_flight", "Requests being answered", multiprocess_mode="livesum")
SCANS = Counter(
    "postal_scans", "Scans answered, by verdict and code: refused ones by their reason", ("verdict", "code")
)
SKEWS = Histogram(
    "postal_sync_clock_skew_seconds",
    "How far the clock of a device was off when it sent, either way",
    buckets=(1, 5, 15, 60, 300, 900, 3600, 86400),
)

METRICS_MEDIA_TYPE = CONTENT_TYPE_LATEST.removesuffix("; charset=utf-8")

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request under its route template; an unheard-of method must not make a new series."""
    known = method if method in _METHODS else "OTHER"
    count, duration = _series(known, route, status)
    count.inc()
    duration.observe(seconds)


def observe_sync(skew_ms: float, verdicts: Iterable[tuple[str, str]]) -> None:
    """Count one sync of a device: how its clock stood, and what each scan was answered (verdict and code)."""
    SKEWS.observe(abs(skew_ms) / 1000)
    for verdict, code in verdicts:
        _scans(verdict, code).inc()


@cache
def _series(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(method, route, str(status)), DURATIONS.labels(method, route, f"{status // 100}xx")


@cache
def _scans(verdict: str, code: str) -> Counter:
    return SCANS.labels(verdict, code)


def exposition(figures: Iterable[Figure] = ()) -> bytes:
    """Write this process' figures and those of the whole in Prometheus' text format."""
    whole = CollectorRegistry()
    whole.register(Told(figures))
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry) + generate_latest(whole)
    return generate_latest(REGISTRY) + generate_latest(whole)
