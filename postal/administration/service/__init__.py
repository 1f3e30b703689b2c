"""Use cases of the administrators' pages; this is the door for everybody else."""

from postal.administration.service.looking import about_dossier, entries, readings_of
from postal.administration.service.staff import (
    GOOD_FOR,
    Scoped,
    devices_of,
    keys_of,
    new_password,
    organisations_of,
    people_of,
    register_person,
    reset_password,
)

__all__ = [
    "GOOD_FOR",
    "Scoped",
    "about_dossier",
    "devices_of",
    "entries",
    "keys_of",
    "new_password",
    "organisations_of",
    "people_of",
    "readings_of",
    "register_person",
    "reset_password",
]
