"""The station's pages and what its program asks for; they are one app, so they stand apart from the API."""

from manifests.stations.pages.app import HANDLERS as APP
from manifests.stations.pages.enrolment import HANDLERS as ENROLMENT
from manifests.stations.pages.handover import HANDLERS as HANDOVER
from manifests.stations.pages.scanners import HANDLERS as SCANNERS
from manifests.stations.pages.work import HANDLERS as WORK

__all__ = ("PAGE_HANDLERS",)

PAGE_HANDLERS = (*APP, *ENROLMENT, *HANDOVER, *SCANNERS, *WORK)
