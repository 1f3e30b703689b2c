"""Pages of losses: incidents for supervisors, claims at the counter, and how a claim stands for whoever lodged it."""

from manifests.incidents.pages.claims import HANDLERS as CLAIMS
from manifests.incidents.pages.incidents import HOME_SECTIONS
from manifests.incidents.pages.incidents import PAGE_HANDLERS as INCIDENTS

__all__ = ("HOME_SECTIONS", "PAGE_HANDLERS")

PAGE_HANDLERS = (*INCIDENTS, *CLAIMS)
