"""JSON and files over HTTP."""

from manifests.reports.api.files import HANDLERS as FILES
from manifests.reports.api.portal import PortalController
from manifests.reports.api.reports import ReportController

HANDLERS = (ReportController, PortalController, *FILES)
