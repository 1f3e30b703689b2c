"""Use cases of stations: what a device is told to expect, and shifts that a person opens on it."""

from manifests.stations.service.shifts import begin_shift, end_shift
from manifests.stations.service.work import overview, work_list

__all__ = ("begin_shift", "end_shift", "overview", "work_list")
