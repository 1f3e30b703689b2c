"""Pages of the desk; each form ends at a page by 303, or comes back with what was refused and all that was typed."""

from manifests.desks.pages import dossier, finding, intake, register, today

PAGE_HANDLERS = (
    *today.HANDLERS,
    *finding.HANDLERS,
    *intake.HANDLERS,
    *register.HANDLERS,
    *dossier.HANDLERS,
)

__all__ = ["PAGE_HANDLERS"]
