"""Documents as files: what a caller may see of a manifest, an item or a dossier, set in the form of its day."""

from manifests.documents.service.cases import control_sheet
from manifests.documents.service.lists import handover_record, manifest_list, manifest_paper
from manifests.documents.service.pieces import consignment, incident_record, label_pdf, label_zpl
from manifests.documents.service.setting import Printed

__all__ = [
    "Printed",
    "consignment",
    "control_sheet",
    "handover_record",
    "incident_record",
    "label_pdf",
    "label_zpl",
    "manifest_list",
    "manifest_paper",
]
