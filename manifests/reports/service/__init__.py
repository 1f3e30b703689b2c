"""What can be done with reports: read, publish, see who owes them, walk to the dossiers behind a figure."""

from manifests.reports.service.computing import compute
from manifests.reports.service.drilling import rows_behind
from manifests.reports.service.owing import REGULAR, owed, owed_to, remind
from manifests.reports.service.publishing import ReportView, Restatement, public_view, publish, report_view
from manifests.reports.service.registering import register_page, register_pdf, register_workbook
from manifests.reports.service.scoring import scoring, scoring_csv
from manifests.reports.service.setting import in_a_folder, report_csv, report_pdf, report_xlsx

__all__ = [
    "REGULAR",
    "ReportView",
    "Restatement",
    "compute",
    "in_a_folder",
    "owed",
    "owed_to",
    "public_view",
    "publish",
    "register_page",
    "register_pdf",
    "register_workbook",
    "remind",
    "report_csv",
    "report_pdf",
    "report_view",
    "report_xlsx",
    "rows_behind",
    "scoring",
    "scoring_csv",
]
