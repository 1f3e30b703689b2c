"""Use cases of stations: what a device is told to expect, shifts that a person opens on it, handovers at a counter."""

from manifests.stations.service.handover import CONDITIONS, Handover, confirm, count, handover, settle
from manifests.stations.service.loading import load_trip
from manifests.stations.service.shifts import begin_shift, end_shift
from manifests.stations.service.work import overview, work_list

__all__ = (
    "CONDITIONS",
    "Handover",
    "begin_shift",
    "confirm",
    "count",
    "end_shift",
    "handover",
    "load_trip",
    "overview",
    "settle",
    "work_list",
)
