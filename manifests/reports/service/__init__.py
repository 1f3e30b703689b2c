"""What can be done with reports: read, publish, see who owes them, walk to the dossiers behind a figure."""

from manifests.reports.service.computing import compute
from manifests.reports.service.drilling import rows_behind
from manifests.reports.service.owing import REGULAR, owed, owed_to, remind
from manifests.reports.service.publishing import ReportView, Restatement, publish, report_view

__all__ = [
    "REGULAR",
    "ReportView",
    "Restatement",
    "compute",
    "owed",
    "owed_to",
    "publish",
    "remind",
    "report_view",
    "rows_behind",
]
