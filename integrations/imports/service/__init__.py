"""Use cases of imports."""

from integrations.imports.service.intake import BRINGS, cancel, run_for_real, submit, too_large
from integrations.imports.service.keeping import clear, erase_about, export_about
from integrations.imports.service.profiles import KnownProfile, known_to
from integrations.imports.service.profiles import state as state_profile
from integrations.imports.service.stepping import step
from integrations.imports.service.viewing import (
    Download,
    errors_of,
    find,
    name_of,
    page_of,
    refused_rows,
    template,
)
from integrations.imports.service.watching import actor_for, watch

__all__ = [
    "BRINGS",
    "Download",
    "KnownProfile",
    "actor_for",
    "cancel",
    "clear",
    "erase_about",
    "errors_of",
    "export_about",
    "find",
    "known_to",
    "name_of",
    "page_of",
    "refused_rows",
    "run_for_real",
    "state_profile",
    "step",
    "submit",
    "template",
    "too_large",
    "watch",
]
