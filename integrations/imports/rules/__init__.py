"""How files of agencies are read."""

from integrations.imports.rules.fields import FIELDS, Field, field_of, folded
from integrations.imports.rules.mapping import Mapped, Mapper
from integrations.imports.rules.model import (
    LARGEST,
    UNDER_WAY,
    Cell,
    FileError,
    Format,
    Heading,
    Job,
    Kind,
    RawRow,
    RowError,
    Said,
    State,
    Torn,
)
from integrations.imports.rules.packages import format_of
from integrations.imports.rules.profile import (
    Located,
    Profile,
    ProfileError,
    checked,
    profile_from,
    read_profile,
)
from integrations.imports.rules.reading import Reader

__all__ = [
    "FIELDS",
    "LARGEST",
    "UNDER_WAY",
    "Cell",
    "Field",
    "FileError",
    "Format",
    "Heading",
    "Job",
    "Kind",
    "Located",
    "Mapped",
    "Mapper",
    "Profile",
    "ProfileError",
    "RawRow",
    "Reader",
    "RowError",
    "Said",
    "State",
    "Torn",
    "checked",
    "field_of",
    "folded",
    "format_of",
    "profile_from",
    "read_profile",
]
