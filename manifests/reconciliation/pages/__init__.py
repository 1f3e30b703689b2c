"""Pages of reconciliation: a manifest against its scans, and the cases that it left."""

from manifests.reconciliation.pages.actions import HANDLERS as ACTIONS
from manifests.reconciliation.pages.cases import HANDLERS as CASES
from manifests.reconciliation.pages.cases import HOME_SECTIONS
from manifests.reconciliation.pages.manifest import HANDLERS as MANIFEST

__all__ = ("HOME_SECTIONS", "PAGE_HANDLERS")

PAGE_HANDLERS = (*MANIFEST, *CASES, *ACTIONS)
