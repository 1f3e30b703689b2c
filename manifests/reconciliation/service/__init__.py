"""Use cases of reconciliation."""

from manifests.reconciliation.service.closing import TOPIC, close, look_again, notice_late, recheck
from manifests.reconciliation.service.evidence import CaseFile, Deed, Sighting, case_file
from manifests.reconciliation.service.judging import judge, judge_by_rows, reconciliation

__all__ = (
    "TOPIC",
    "CaseFile",
    "Deed",
    "Sighting",
    "case_file",
    "close",
    "judge",
    "judge_by_rows",
    "look_again",
    "notice_late",
    "recheck",
    "reconciliation",
)
