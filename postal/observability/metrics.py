"""Prometheus figures of this process.

Each server process counts for itself: with several workers behind one port, a scrape sees the one that answered.
Scrape the workers one by one, or set PROMETHEUS_MULTIPROC_DIR, which prometheus_client then reads at exposition.
"""

import os
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

REQUESTS = Counter("postal_http_requests", "Requests answered", ("method", "route", "status"))
DURATIONS = Histogram(
    "postal_http_request_duration_seconds",
    "Time from the first byte received to the last sent",
    ("method", "route"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
IN_FLIGHT = Gauge("postal_http_requests_in_flight", "Requests being answered", multiprocess_mode="livesum")

METRICS_MEDIA_TYPE = CONTENT_TYPE_LATEST.removesuffix("; charset=utf-8")

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request under its route template; an unheard-of method must not make a new series."""
    known = method if method in _METHODS else "OTHER"
    count, duration = _series(known, route, status)
    count.inc()
    duration.observe(seconds)


@cache
def _series(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(method, route, str(status)), DURATIONS.labels(method, route)


def exposition() -> bytes:
    """Write the figures in Prometheus' text format."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
    return generate_latest(REGISTRY)
